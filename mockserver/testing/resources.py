"""What a world has besides its vendor API: clock, faults, journal, state."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson

from mockserver.testing.calls import Answer, Call, Resource, W, call, json_call, nothing

Json = dict[str, Any]
Rows = list[Json]
Fixtures = Mapping[str, Any] | Path | str


class Clock(Resource[W]):
    """The time of the world. Each call gives the time as it is then, as ISO 8601."""

    @call
    def now(self) -> Call[str]:
        """The time."""
        return Call("GET", f"{self._path}/clock", _moment)

    @call
    def freeze(self, now: datetime | str) -> Call[str]:
        """Lets the time stand still at `now`: ISO 8601 with a zone, or a datetime with one."""
        moment = now.isoformat() if isinstance(now, datetime) else now
        return json_call("PUT", f"{self._path}/clock", _moment, {"now": moment})

    @call
    def advance(self, seconds: float | timedelta) -> Call[str]:
        """Moves the time ahead, frozen or not."""
        ahead = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        return json_call("PUT", f"{self._path}/clock", _moment, {"advance": ahead})

    @call
    def run(self) -> Call[str]:
        """Lets the time run on from where it stands."""
        return Call("DELETE", f"{self._path}/clock", _moment)


class Faults(Resource[W]):
    """What goes wrong in the world when it is told to."""

    @call
    def add(self, /, kind: str, **fault: Any) -> Call[Json]:
        """Plans a fault, with the properties of `POST /_mock/worlds/{world}/faults`; gives it with its id."""
        return json_call("POST", f"{self._path}/faults", _json, {"kind": kind, **fault})

    @call
    def list(self) -> Call[Rows]:
        """The faults of the world, those that are used up among them."""
        return Call("GET", f"{self._path}/faults", lambda answer: _rows(answer, "faults"))

    @call
    def clear(self) -> Call[None]:
        """Takes all faults away."""
        return Call("DELETE", f"{self._path}/faults", nothing)


class Journal(Resource[W]):
    """What was asked of the world, what it answered, and why."""

    @call
    def requests(self, /, *, limit: int = 1000, **filters: Any) -> Call[Rows]:
        """The latest exchanges in brief, the newest first; filters are those of `GET /_mock/requests`."""
        query = urlencode({"world": self._world, "limit": limit, **filters})
        return Call("GET", f"/_mock/requests?{query}", lambda answer: _rows(answer, "requests"))

    @call
    def request(self, id: str) -> Call[Json]:
        """One exchange, whole; `id` is the answer's header `Mock-Request-Id`."""
        return Call("GET", f"/_mock/requests/{id}", _json)

    @call
    def explain(self, id: str) -> Call[str]:
        """Why that exchange ended as it did, as a page of text."""
        return Call(
            "GET", f"/_mock/requests/{id}/explain", lambda answer: answer.text, headers={"Accept": "text/plain"}
        )


class State(Resource[W]):
    """What the world holds, in the format of fixtures."""

    @call
    def get(self) -> Call[Json]:
        """The whole state, secrets in clear."""
        return Call("GET", f"{self._path}/state?secrets=clear", _json)

    @call
    def identity(self, name: str) -> Call[Json]:
        """The identity of that name or id; what is attached to it stands inside. Raises KeyError if there is none."""

        def read(answer: Answer) -> Json:
            for each in _rows(answer, "identities"):
                if name in (each["id"], each["name"]):
                    return each
            raise KeyError(name)

        return Call("GET", f"{self._path}/state?secrets=clear", read)

    @call
    def put(self, fixtures: Fixtures) -> Call[None]:
        """Puts another state in place: a mapping, the text of a YAML document, or the path of a fixture file."""
        loaded = content_of(fixtures)
        if not isinstance(loaded, str):
            return json_call("PUT", f"{self._path}/state", nothing, loaded)
        headers = {"Content-Type": "application/yaml"}
        return Call("PUT", f"{self._path}/state", nothing, loaded.encode(), headers)

    @call
    def snapshot(self, name: str) -> Call[None]:
        """Keeps the state as it stands under a name."""
        return json_call("POST", f"{self._path}/snapshots", nothing, {"name": name})

    @call
    def snapshots(self) -> Call[list[str]]:
        """The names of what is kept, the oldest first."""
        return Call(
            "GET", f"{self._path}/snapshots", lambda answer: [row["name"] for row in _rows(answer, "snapshots")]
        )

    @call
    def restore(self, name: str) -> Call[None]:
        """Puts a kept state in place."""
        return Call("POST", f"{self._path}/snapshots/{name}/restore", nothing)

    @call
    def revisions(self, *, since: int = 0, limit: int = 1000) -> Call[Rows]:
        """The accepted changes behind revision `since`, the newest first: number, time, request, fields."""
        query = urlencode({"since": since, "limit": limit})
        return Call("GET", f"{self._path}/revisions?{query}", lambda answer: _rows(answer, "revisions"))


def content_of(fixtures: Fixtures) -> Mapping[str, Any] | str:
    """Fixtures as a mapping, or as the text of a document: text without a line break is the path of a file."""
    if isinstance(fixtures, Mapping):
        return fixtures
    if isinstance(fixtures, str) and "\n" in fixtures:
        return fixtures
    return Path(fixtures).read_text("utf-8-sig")


def _json(answer: Answer) -> Json:
    found: Json = orjson.loads(answer.content)
    return found


def _rows(answer: Answer, key: str) -> Rows:
    found: Rows = answer.json[key]
    return found


def _moment(answer: Answer) -> str:
    now: str = answer.json["now"]
    return now
