"""The interface of control API handlers: the call that they receive and the responses that they return."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from aiohttp import web

from mockserver.errors import lacking
from mockserver.http.json_encoding import encoded
from mockserver.settings import BODY_SECONDS

if TYPE_CHECKING:  # explanations are imported on first use
    from mockserver.contract.compiled import Contract
    from mockserver.coverage.collect import Coverage
    from mockserver.faults.reading import Offer
    from mockserver.journal.entry import Entry
    from mockserver.journal.explain import Replayed
    from mockserver.journal.journal import Journal
    from mockserver.rules.edition import Edition
    from mockserver.rules.generation import Generation
    from mockserver.rules.rule import Rule, Rulebook
    from mockserver.worlds.registry import Worlds

JSON = "application/json; charset=utf-8"
YAML = "application/yaml; charset=utf-8"


class Pages(Protocol):
    """The inspector. `send` returns the response to a call of the control API."""

    def __call__(
        self, call: Call, send: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], *, allowed: bool
    ) -> Awaitable[web.StreamResponse]:
        """Return the page. Unless `allowed`, the request lacks the control token: return the page that asks for it."""


class Parts(NamedTuple):
    """The parts of the server that the control API reads and changes.

    `contracts` returns the contract of a generation. `first_time` is the time, in milliseconds, at which the clock of a
    new world is frozen; None lets it run. `ledger` lists every rule with its stage, `rulebooks` the rules of each
    operation, `stages` those of the stages before it. `offers` lists faults by operation, for a generation. `seed`
    seeds the random choices of faults; None draws a seed. `replay` evaluates a journal entry again. `as_of` is the
    generation that `--as-of` selects, if it is given. `body_timeout` is the time limit for reading a body, in seconds.
    `docs_url` is the URL of the documentation site. `pages` is the inspector, if it is on.
    `allowed_hosts` are names under which the API may be called. `unavailable` are handlers that this server does not
    have, such as `faults.add`, each with the reason.
    """

    version: str
    edition: Edition
    contract: Contract
    contracts: Callable[[Generation], Contract]
    worlds: Worlds
    journal: Journal
    ledger: Iterable[tuple[str, Rule[Any]]]
    rulebooks: Mapping[str, Rulebook[Any]]
    offers: Callable[[Generation], Mapping[str, Offer]]
    coverage: Coverage
    mask_key: str
    stages: tuple[tuple[str, Rulebook[Any]], ...]
    replay: Callable[[Entry], Replayed]
    first_time: int | None = None
    control_token: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    seed: int | None = None
    body_timeout: float = BODY_SECONDS
    as_of: Generation | None = None
    fail_on_warning: bool = False
    docs_url: str = ""
    pages: Pages | None = None
    unavailable: Mapping[str, str] = MappingProxyType({})


class Call(NamedTuple):
    """A request to the control API. `parameters` are those of the path."""

    parts: Parts
    request: web.BaseRequest
    parameters: Mapping[str, str] = MappingProxyType({})


Handler = Callable[[Call], Awaitable[web.StreamResponse]]


def json_response(value: Any, status: int = 200) -> web.Response:
    """Return a JSON response."""
    return web.Response(body=encoded(value), status=status, headers={"Content-Type": JSON})


def problem(status: int, error: str, message: str, **more: Any) -> web.Response:
    """Return an error response: a name, a message and further properties."""
    return json_response({"error": error, "message": message, **more}, status)


def crash(error: BaseException) -> web.Response:
    """Return the response to a request that an unexpected exception has ended: 503 if the machine lacks something."""
    lacks = lacking(error)
    if lacks:
        return problem(503, "ServiceUnavailable", f"The request cannot be handled: {lacks}")
    return problem(500, "InternalServerError", "A bug of this mock: see its log")


def no_content() -> web.Response:
    """Return a 204 response."""
    return web.Response(status=204)
