"""A world as a test sees it, and the server that it lives on."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from types import TracebackType
from typing import Any, NamedTuple

from mockserver.testing.calls import Answer, Call, Now, Resource, W, call, json_call, nothing
from mockserver.testing.resources import Clock, Faults, Fixtures, Journal, State, content_of

DEFAULT = "default"
_ANYWHERE = {"0.0.0.0/0", "::/0"}


class Names(NamedTuple):
    """Identities by name: the id of each, and a token of those who have one that is good at any time and place."""

    identities: Mapping[str, str]
    tokens: Mapping[str, str]


class World(Resource[W]):
    """One isolated world. A client is given `url` in place of the vendor's address.

    In a `with` block (`async with`, if its calls are awaited) it is deleted at the end.
    """

    def __init__(self, send: Callable[[Call[Any]], Any], server_url: str, id: str) -> None:
        super().__init__(send, id)
        self.id = id
        self.url = server_url if id == DEFAULT else f"{server_url}/w/{id}"
        self.clock: Clock[W] = Clock(send, id)
        self.faults: Faults[W] = Faults(send, id)
        self.journal: Journal[W] = Journal(send, id)
        self.state: State[W] = State(send, id)

    @call
    def names(self) -> Call[Names]:
        """Ids and tokens of the identities, as the state has them now."""
        return Call("GET", f"{self._path}/state?secrets=clear", lambda answer: _names(answer.json))

    @cached_property
    def identities(self: "World[Now]") -> Mapping[str, str]:
        """Ids by name, as the state had them when this was first asked for."""
        return self._names.identities

    @cached_property
    def tokens(self: "World[Now]") -> Mapping[str, str]:
        """Bearer tokens by the name of the identity, as the state had them when this was first asked for."""
        return self._names.tokens

    @cached_property
    def _names(self: "World[Now]") -> Names:
        return self.names()

    @call
    def verify(self, /, **expectation: Any) -> Call[dict[str, Any]]:
        """Holds the world to an expectation of `POST /_mock/requests/verify`. Raises AssertionError with the reason."""
        if "state" in expectation:
            body = {**expectation, "state": {"world": self.id, **expectation["state"]}}
        else:
            body = {"world": self.id, **expectation}
        return json_call("POST", "/_mock/requests/verify", _holds, body, accepted=(406,))

    @call
    def reset(self) -> Call[None]:
        """The world as it was made: state, clock, journal, faults."""
        return Call("POST", f"{self._path}/reset", nothing)

    @call
    def delete(self) -> Call[None]:
        """Lets the world go; one that has gone already is as good."""
        return Call("DELETE", self._path, nothing, accepted=(404,))

    def __enter__(self: "World[Now]") -> "World[Now]":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._send(World.delete.of(self))

    async def __aenter__(self) -> "World[W]":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._send(World.delete.of(self))


class Server(World[W]):
    """A running mock: its default world, and further ones on request."""

    def __init__(self, send: Callable[[Call[Any]], Any], url: str) -> None:
        super().__init__(send, url.rstrip("/"), DEFAULT)

    @call
    def world(
        self,
        id: str | None = None,
        *,
        profile: str | None = None,
        as_of: str | None = None,
        now: datetime | str | None = None,
        fixtures: Fixtures | None = None,
        origin: str | None = None,
        token_secret: str | None = None,
    ) -> Call[World[W]]:
        """A new world: from the server's fixtures, from others, or from the present state of the world `origin`.

        `as_of` selects the generation of the service: its name, a date, or a release of the vendor. `now` freezes its
        time. What is not given is as on the server; an id is made up.
        """
        given = {
            "id": id,
            "profile": profile,
            "asOf": as_of,
            "now": now.isoformat() if isinstance(now, datetime) else now,
            "fixtures": None if fixtures is None else content_of(fixtures),
            "from": origin,
            "tokenSecret": token_secret,
        }
        body = {name: value for name, value in given.items() if value is not None}

        def read(answer: Answer) -> World[W]:
            return World(self._send, self.url, answer.json["id"])

        return json_call("POST", "/_mock/worlds", read, body)

    @call
    def health(self) -> Call[dict[str, Any]]:
        """Version, profile, generation and number of worlds."""

        def read(answer: Answer) -> dict[str, Any]:
            found: dict[str, Any] = answer.json
            return found

        return Call("GET", "/_mock/health", read)


def _holds(answer: Answer) -> dict[str, Any]:
    __tracebackhide__ = True
    found: dict[str, Any] = answer.json
    if answer.status != 406:
        return found
    closest = found.get("closest")
    near = f"\nThe closest is {closest['request']['id']}: {closest['difference']}" if closest else ""
    raise AssertionError(f"{found['reason']}{near}")


def _names(state: dict[str, Any]) -> Names:
    ids: dict[str, str] = {}
    for each in state["identities"]:
        ids.setdefault(each["name"], each["id"])
    by_id = {found: name for name, found in ids.items()}
    tokens: dict[str, str] = {}
    for each in state["accessTokens"]:
        anywhere = {row["ipAddress"] for row in each["trustedIps"]} >= _ANYWHERE
        if anywhere and not (each["revoked"] or each["numUsesLimit"] or "expiresAt" in each):
            tokens.setdefault(by_id.get(each["identity"], each["identity"]), each["token"])
    return Names(_Known(ids), _Known(tokens))


class _Known(dict[str, str]):
    """A mapping that says what there is when asked for what is not."""

    def __missing__(self, name: str) -> str:
        raise KeyError(f"{name!r}: this world has {', '.join(sorted(self)) or 'none'}")
