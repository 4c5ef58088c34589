"""A world as a test uses it, and the server that it belongs to."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Unpack
from urllib.parse import quote

from mockserver.clock import IdSource
from mockserver.settings import ExpiryStatus
from mockserver.testing.calls import (
    WORLD_HEADER,
    Answer,
    Call,
    MockError,
    Now,
    Resource,
    W,
    call,
    fetched,
    json_call,
    nothing,
)
from mockserver.testing.resources import Clock, Faults, Fixtures, Journal, State, UnknownKey, content_of
from mockserver.testing.vocabulary import PROFILES, AsOf, Expectation, ProfileName, RateLimits, mistake, mistake_in

DEFAULT = "default"
_IDS = IdSource()
_LONGEST_ID = 64
_ANYWHERE = {"0.0.0.0/0", "::/0"}


class Names(NamedTuple):
    """Ids and tokens of the identities by name: only tokens that are valid at any time and from any address."""

    identities: Mapping[str, str]
    tokens: Mapping[str, str]


class World(Resource[W]):
    """An isolated world. A client uses `url` in place of the vendor's address.

    A `with` block (`async with` for a `World[Later]`) deletes the world at its end. `profile` and `generation` are
    empty while they are unknown, as on a server that was not asked for its health. `tls_ca_file` is the PEM file with
    which clients trust an HTTPS `url`; None if the system does, and for HTTP.
    """

    def __init__(
        self,
        send: Callable[[Call[Any]], Any],
        server_url: str,
        id: str,
        profile: str = "",
        generation: str = "",
        tls_ca_file: Path | None = None,
    ) -> None:
        super().__init__(send, id)
        self.id = id
        self.tls_ca_file = tls_ca_file
        self.profile = profile
        self.generation = generation
        self.url = server_url if id == DEFAULT else f"{server_url}/w/{id}"
        self.clock: Clock[W] = Clock(send, id)
        self.faults: Faults[W] = Faults(send, id)
        self.journal: Journal[W] = Journal(send, id)
        self.state: State[W] = State(send, id)

    def __repr__(self) -> str:
        return (
            f"<{type(self).__name__} {self.id} at {self.url}, profile {self.profile or 'unknown'}, "
            f"generation {self.generation or 'unknown'}>"
        )

    @call
    def names(self) -> Call[Names]:
        """Return ids and tokens of the identities as the state has them now."""
        return Call("GET", f"{self._path}/state?secrets=clear", lambda answer: _names(answer.json))

    @fetched
    def identities(self) -> Call[Mapping[str, str]]:
        """Ids of the identities by name, as the state had them at the first access."""
        return Call("GET", f"{self._path}/state?secrets=clear", lambda answer: _names(answer.json).identities)

    @fetched
    def tokens(self) -> Call[Mapping[str, str]]:
        """Bearer tokens by the name of the identity, as the state had them at the first access."""
        return Call("GET", f"{self._path}/state?secrets=clear", lambda answer: _names(answer.json).tokens)

    @call
    def verify(self, /, **expectation: Unpack[Expectation]) -> Call[dict[str, Any]]:
        """Check an expectation of `POST /_mock/requests/verify`, and return the verdict.

        Raises AssertionError with the reason if it does not hold, and MockError for names that do not exist.
        """
        __tracebackhide__ = True
        mistaken = mistake_in(expectation)
        if mistaken:
            raise MockError(mistaken)
        body: dict[str, Any] = {"world": self.id, **expectation}
        if "state" in expectation:
            body = {**expectation, "state": {"world": self.id, **expectation["state"]}}
        return json_call("POST", "/_mock/requests/verify", _holds, body, accepted=(406,))

    @call
    def reset(self) -> Call[None]:
        """Return the world to its beginning: state, clock, journal, faults."""
        return Call("POST", f"{self._path}/reset", nothing)

    @call
    def delete(self) -> Call[None]:
        """Delete the world. A world that is gone already is no error."""
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
    """A running mock: its default world, and the means to create others."""

    def __init__(
        self,
        send: Callable[[Call[Any]], Any],
        url: str,
        profile: str = "",
        generation: str = "",
        tls_ca_file: Path | None = None,
    ) -> None:
        super().__init__(send, url.rstrip("/"), DEFAULT, profile, generation, tls_ca_file)

    @call
    def world(
        self,
        id: str | None = None,
        *,
        profile: ProfileName | None = None,
        as_of: AsOf | None = None,
        now: datetime | str | None = None,
        fixtures: Fixtures | None = None,
        origin: str | None = None,
        trusted_proxies: Sequence[str] | None = None,
        rate_limits: RateLimits | None = None,
        token_secret: str | None = None,
        token_expiry_status: ExpiryStatus | None = None,
    ) -> Call[World[W]]:
        """Create a world from the server's fixtures, from `fixtures`, or from the present state of the world `origin`.

        `as_of` selects the generation of the service: its name, a date, or a release of the vendor. `now` freezes its
        time. `trusted_proxies` are CIDR blocks: with one at least, only `X-Forwarded-For` from such a proxy says the
        client address. `rate_limits` counts requests by client address. `token_expiry_status` is that of the response
        to an expired token. Other values default to those of the server, and the id to a random one. A world that was
        created with the same arguments is returned as it is. Raises MockError if it is rejected, as with other
        arguments for an id that is in use.
        """
        __tracebackhide__ = True
        mistaken = "" if profile is None else mistake("profile", profile, PROFILES)
        if mistaken or id == "":
            raise MockError(mistaken or "the id of a world must not be empty")
        given = {
            "profile": profile,
            "asOf": as_of,
            "now": now.isoformat() if isinstance(now, datetime) else now,
            "fixtures": None if fixtures is None else content_of(fixtures),
            "from": origin,
            "trustedProxies": trusted_proxies if trusted_proxies is None else list(trusted_proxies),
            "rateLimits": rate_limits,
            "tokenSecret": token_secret,
            "tokenExpiryStatus": token_expiry_status,
        }
        body = {name: value for name, value in given.items() if value is not None}
        name = _new_id(origin) if id is None else id
        path = f"/_mock/worlds/{quote(name, safe='')}"
        return json_call("PUT", path, self._made, body, headers={WORLD_HEADER: name})

    def _made(self, answer: Answer) -> World[W]:
        made = answer.json
        return World(
            self._send, self.url, made["id"], made["profile"], made["generation"], tls_ca_file=self.tls_ca_file
        )

    @call
    def health(self) -> Call[dict[str, Any]]:
        """Return version, profile, generation and the number of worlds."""

        def read(answer: Answer) -> dict[str, Any]:
            found: dict[str, Any] = answer.json
            self.profile, self.generation = found["profile"], found["generation"]
            return found

        return Call("GET", "/_mock/health", read)


def _new_id(origin: str | None) -> str:
    """Return a random id. That of a copy begins as its origin's, so that both are on one of several servers."""
    drawn = _IDS.uuid()
    family = "" if origin is None else origin.partition(".")[0]
    copy = f"{family}.{drawn[:8]}{drawn[9:13]}{drawn[19:23]}"
    return copy if family and len(copy) <= _LONGEST_ID else drawn


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
    """A mapping whose KeyError lists the keys."""

    def __missing__(self, name: str) -> str:
        raise UnknownKey(name, self)
