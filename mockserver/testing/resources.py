"""The parts of a world beside its vendor API: clock, faults, journal, state."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Unpack
from urllib.parse import urlencode

import orjson

from mockserver.errors import did_you_mean, nearest
from mockserver.testing.calls import Answer, Call, MockError, Resource, W, call, json_call, nothing
from mockserver.testing.vocabulary import KINDS, FaultKind, FaultSettings, Filters, mistake, mistake_in

Json = dict[str, Any]
Rows = list[Json]
Fixtures = Mapping[str, Any] | Path | str


class Clock(Resource[W]):
    """The clock of the world. Each call returns the time after it, in ISO 8601."""

    @call
    def now(self) -> Call[str]:
        """Return the time."""
        return Call("GET", f"{self._path}/clock", _moment)

    @call
    def freeze(self, now: datetime | str) -> Call[str]:
        """Freeze the time at `now`: ISO 8601 with a zone, or a datetime with one."""
        moment = now.isoformat() if isinstance(now, datetime) else now
        return json_call("PUT", f"{self._path}/clock", _moment, {"now": moment})

    @call
    def advance(self, seconds: float | timedelta) -> Call[str]:
        """Move the time ahead, frozen or not."""
        ahead = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
        return json_call("PUT", f"{self._path}/clock", _moment, {"advance": ahead})

    @call
    def run(self) -> Call[str]:
        """Let the time run on from where it stands."""
        return Call("DELETE", f"{self._path}/clock", _moment)


class Faults(Resource[W]):
    """The faults of the world."""

    @call
    def add(self, /, kind: FaultKind, **fault: Unpack[FaultSettings]) -> Call[Json]:
        """Arm a fault, with the properties of `POST /_mock/worlds/{world}/faults`, and return it with its id.

        Raises MockError for names that do not exist and for a fault that can never fire.
        """
        __tracebackhide__ = True
        _check(mistake("fault kind", kind, KINDS) or mistake_in(fault))
        return json_call("POST", f"{self._path}/faults", _json, {"kind": kind, **fault})

    @call
    def list(self) -> Call[Rows]:
        """Return the faults of the world, consumed ones included."""
        return Call("GET", f"{self._path}/faults", lambda answer: _rows(answer, "faults"))

    @call
    def clear(self) -> Call[None]:
        """Remove all faults."""
        return Call("DELETE", f"{self._path}/faults", nothing)


class Journal(Resource[W]):
    """The journal of the world: its requests, their responses, and the reasons."""

    @call
    def requests(self, /, *, limit: int = 1000, **filters: Unpack[Filters]) -> Call[Rows]:
        """Return the latest exchanges in short form, newest first, by the filters of `GET /_mock/requests`.

        Raises MockError for names that do not exist.
        """
        __tracebackhide__ = True
        _check(mistake_in(filters))
        query = urlencode({"world": self._world, "limit": limit, **filters})
        return Call("GET", f"/_mock/requests?{query}", lambda answer: _rows(answer, "requests"))

    @call
    def request(self, id: str) -> Call[Json]:
        """Return one exchange in full; `id` is the response header `Mock-Request-Id`."""
        return Call("GET", f"/_mock/requests/{id}", _json)

    @call
    def explain(self, id: str) -> Call[str]:
        """Return the explanation of an exchange as text, with all rules."""
        return Call(
            "GET", f"/_mock/requests/{id}/explain", lambda answer: answer.text, headers={"Accept": "text/plain"}
        )

    @call
    def explanation(self, id: str) -> Call[Json]:
        """Return the explanation of an exchange as JSON."""
        return Call("GET", f"/_mock/requests/{id}/explain", _json)


class State(Resource[W]):
    """The state of the world, in the format of fixtures."""

    @call
    def get(self) -> Call[Json]:
        """Return the whole state, secrets in clear."""
        return Call("GET", f"{self._path}/state?secrets=clear", _json)

    @call
    def identity(self, name: str) -> Call[Json]:
        """Return the identity of that name or id with its auth methods. Raises KeyError if there is none."""

        def read(answer: Answer) -> Json:
            for each in _rows(answer, "identities"):
                if name in (each["id"], each["name"]):
                    return each
            raise UnknownKey(name, [each["name"] for each in _rows(answer, "identities")])

        return Call("GET", f"{self._path}/state?secrets=clear", read)

    @call
    def put(self, fixtures: Fixtures) -> Call[None]:
        """Replace the state by a mapping, the text of a YAML document, or the path of a fixture file."""
        loaded = content_of(fixtures)
        if not isinstance(loaded, str):
            return json_call("PUT", f"{self._path}/state", nothing, loaded)
        headers = {"Content-Type": "application/yaml"}
        return Call("PUT", f"{self._path}/state", nothing, loaded.encode(), headers)

    @call
    def snapshot(self, name: str) -> Call[None]:
        """Save the state under a name."""
        return json_call("POST", f"{self._path}/snapshots", nothing, {"name": name})

    @call
    def snapshots(self) -> Call[list[str]]:
        """Return the names of the snapshots, oldest first."""
        return Call(
            "GET", f"{self._path}/snapshots", lambda answer: [row["name"] for row in _rows(answer, "snapshots")]
        )

    @call
    def restore(self, name: str) -> Call[None]:
        """Restore a snapshot."""
        return Call("POST", f"{self._path}/snapshots/{name}/restore", nothing)

    @call
    def revisions(self, *, since: int = 0, limit: int = 1000) -> Call[Rows]:
        """Return the accepted changes after revision `since`, newest first: number, time, request, fields."""
        query = urlencode({"since": since, "limit": limit})
        return Call("GET", f"{self._path}/revisions?{query}", lambda answer: _rows(answer, "revisions"))


def content_of(fixtures: Fixtures) -> Mapping[str, Any] | str:
    """Return fixtures as a mapping or as the text of a document. A text without a line break is the path of a file."""
    if isinstance(fixtures, Mapping):
        return fixtures
    if isinstance(fixtures, str) and "\n" in fixtures:
        return fixtures
    return Path(fixtures).read_text("utf-8-sig")


class UnknownKey(KeyError):
    """A name that a mapping does not have; the text lists those that it has."""

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = sorted(known)
        super().__init__(f"{name!r}: this world has {', '.join(names) or 'none'}.{did_you_mean(nearest(name, names))}")

    def __str__(self) -> str:
        return str(self.args[0])  # a KeyError shows its text in quotation marks


def _check(mistake: str) -> None:
    __tracebackhide__ = True
    if mistake:
        raise MockError(mistake)


def _json(answer: Answer) -> Json:
    found: Json = orjson.loads(answer.content)
    return found


def _rows(answer: Answer, key: str) -> Rows:
    found: Rows = answer.json[key]
    return found


def _moment(answer: Answer) -> str:
    now: str = answer.json["now"]
    return now
