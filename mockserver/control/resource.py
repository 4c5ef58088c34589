"""The seam of the control API: what its handlers are given, and how they answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import web

from mockserver.http.json_encoding import encoded
from mockserver.settings import BODY_SECONDS

if TYPE_CHECKING:  # an explanation is loaded when it is asked for
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


class Parts(NamedTuple):
    """What the control API looks at and changes.

    `first_time` is where the clock of a new world is frozen, in milliseconds; None lets it run. `ledger` holds every
    rule by the stage that asks it, `rulebooks` those of each operation, `stages` those of what comes before it;
    `offers` says what faults may do to each operation, `seed` begins the chances of a world's faults (None draws one).
    `replay` judges an exchange of the journal again. `as_of` is the generation that was asked for, if one was.
    `body_timeout` is how many seconds a body has to come.
    """

    version: str
    edition: Edition
    contract: Contract
    worlds: Worlds
    journal: Journal
    ledger: tuple[tuple[str, Rule[Any]], ...]
    rulebooks: Mapping[str, Rulebook[Any]]
    offers: Mapping[str, Offer]
    coverage: Coverage
    mask_key: str
    stages: tuple[tuple[str, Rulebook[Any]], ...]
    replay: Callable[[Entry], Replayed]
    first_time: int | None = None
    control_token: str | None = None
    seed: int | None = None
    body_timeout: float = BODY_SECONDS
    as_of: Generation | None = None
    fail_on_warning: bool = False


class Asked(NamedTuple):
    """One request to the control API."""

    parts: Parts
    request: web.BaseRequest
    parameters: Mapping[str, str] = MappingProxyType({})


Handler = Callable[[Asked], Awaitable[web.StreamResponse]]


def json_response(value: Any, status: int = 200) -> web.Response:
    """A JSON answer."""
    return web.Response(body=encoded(value), status=status, headers={"Content-Type": JSON})


def problem(status: int, error: str, message: str, **more: Any) -> web.Response:
    """An error of the control API: a name, a sentence, and whatever else helps."""
    return json_response({"error": error, "message": message, **more}, status)


def no_content() -> web.Response:
    """Done, and nothing to say."""
    return web.Response(status=204)
