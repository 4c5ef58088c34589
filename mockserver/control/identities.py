"""`GET /_mock/worlds/{world}/identities`: a page of the identities of a world, in the fixture format."""

from typing import Any, NamedTuple

from aiohttp import web
from multidict import MultiMapping
from rpds import HashTrieMap

from mockserver.control import names, secrets
from mockserver.control.own_contract import refused
from mockserver.control.resource import Call, json_response, problem
from mockserver.control.state import shown_state
from mockserver.control.world_handler import with_world
from mockserver.errors import did_you_mean, nearest, quoted
from mockserver.http.turns import result_of
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.state import State
from mockserver.seeding.dump import LONG_SECTIONS, head, long_section
from mockserver.steps import Steps, batched, in_order, page_of
from mockserver.worlds.world import World

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
MAX_START = 1_000_000_000
_DUMPED_AT_ONCE = 128
_PARAMETERS = ("search", "identity", "start", "limit")


class _Wanted(NamedTuple):
    """The page that a query asks for. `identity` is a name or id, or empty; `search` is in lower case."""

    search: str
    identity: str
    start: int
    limit: int


@with_world
async def listing(call: Call, world: World) -> web.Response:
    """Return a page of the matching identities, sorted by id, with their tokens and the rest of the state, masked.

    404 if `identity` is neither the name nor the id of an identity of the world.
    """
    try:
        wanted = _wanted(call.request.query)
    except ValueError as error:
        return problem(400, "BadQuery", str(error))
    state, mask_key = shown_state(world), call.parts.mask_key
    answer = await result_of(_answer(state, wanted, mask_key))
    if answer is not None:
        return answer
    unknown = names.Names(call.parts).identity(wanted.identity, world.id)
    reason = f"there is no identity {quoted(wanted.identity)} in this world" if unknown is None else unknown.reason
    return refused("NotFound", "/identity", reason, 404)


def _wanted(query: MultiMapping[str]) -> _Wanted:
    """Return the page that the query asks for. Raises ValueError for a wrong query."""
    unknown = sorted(set(query) - set(_PARAMETERS))
    if unknown:
        near = did_you_mean(nearest(unknown[0], _PARAMETERS))
        reason = f"No such parameter: {', '.join(unknown)}.{near} It must be one of {', '.join(_PARAMETERS)}."
        raise ValueError(reason)
    return _Wanted(
        query.get("search", "").strip().lower(),
        query.get("identity", "").strip(),
        _integer(query, "start", 0, MAX_START),
        _integer(query, "limit", DEFAULT_LIMIT, MAX_LIMIT),
    )


def _integer(query: MultiMapping[str], name: str, default: int, most: int) -> int:
    text = query.get(name, str(default))
    if text.isascii() and text.isdecimal() and len(text) <= len(str(most)) and int(text) <= most:
        return int(text)
    raise ValueError(f"{name} must be an integer from 0 to {most}, got {quoted(text)}")


def _answer(state: State, wanted: _Wanted, mask_key: str) -> Steps[web.Response | None]:
    """Return the page; None if the identity that it asks for does not exist."""
    found: list[str] = []
    for batch in batched(state.identities.values()):
        found += [each.id for each in batch if _is_found(each, wanted)]
        yield
    if wanted.identity and not found and not wanted.search:
        return None
    ordered = yield from in_order(found, str)
    start = min(wanted.start, len(found))
    shown = yield from page_of(ordered, start, min(start + wanted.limit, len(found)))
    document = secrets.masked((yield from _document(state, shown)), mask_key)
    return json_response(
        {"total": len(state.identities), "found": len(found), "start": wanted.start, "state": document}
    )


def _is_found(each: Identity, wanted: _Wanted) -> bool:
    name, folded, search = wanted.identity, wanted.identity.lower(), wanted.search
    return (not name or each.name == name or each.id == folded) and (search in each.name.lower() or search in each.id)


def _document(state: State, shown: list[str]) -> Steps[dict[str, Any]]:
    """Return the state in the fixture format with these identities, their tokens, and everything else."""
    page = state._replace(identities=HashTrieMap({each: state.identities[each] for each in shown}))
    document = head(page)
    for name in LONG_SECTIONS:
        document[name] = []
        for batch in long_section(name, page, _DUMPED_AT_ONCE):
            document[name] += batch
            yield
    return document
