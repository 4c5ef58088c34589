"""`/_mock/requests`: the request journal."""

from collections.abc import Callable
from itertools import islice

from aiohttp import web
from multidict import MultiMapping

from mockserver.clock import from_iso
from mockserver.control import background, names
from mockserver.control.resource import Call, Parts, json_response, no_content, problem
from mockserver.errors import did_you_mean, nearest, quoted
from mockserver.http.json_encoding import encoded
from mockserver.journal import critic, har, show
from mockserver.journal.entry import Entry
from mockserver.journal.explain import Replayed, Rules, explanation
from mockserver.journal.page import page

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100
HAR = "application/har+json"
LATEST = "latest"
"""Alias of the id of the newest exchange."""
_FILTERS = frozenset(("world", "operation", "status", "rule", "since", "warning", "warnings"))
_NAMES = ("world", "operation", "rule", "warning")


async def listing(call: Call) -> web.Response:
    """Return the exchanges that match the filters, newest first, in brief or, by `Accept`, as HAR."""
    if HAR in call.request.headers.get("Accept", ""):
        return await archive(call)
    found = _found(call)
    if isinstance(found, web.Response):
        return found
    journal = call.parts.journal
    counts = {"kept": len(journal), "bytes": journal.bytes, "evicted": journal.evicted}
    return json_response({"requests": await background.each(show.line, found), **counts})


async def archive(call: Call) -> web.Response:
    """Return the same exchanges as an HTTP Archive 1.2, oldest first."""
    found = _found(call)
    if isinstance(found, web.Response):
        return found
    shown = await background.each(lambda entry: har.shown(entry, call.request.scheme), reversed(found))
    content = encoded(har.archive(shown, call.parts.version))
    return web.Response(body=content, headers={"Content-Type": HAR})


def _found(call: Call) -> list[Entry] | web.Response:
    """Return the entries that the query selects, newest first, or a 400 for a wrong query."""
    query, journal = call.request.query, call.parts.journal
    wanted = filter_of(call.parts, query, _FILTERS | {"limit"})
    if isinstance(wanted, web.Response):
        return wanted
    try:
        limit = _integer(query, "limit") if "limit" in query else DEFAULT_LIMIT
    except ValueError as error:
        return problem(400, "BadQuery", str(error))
    if not 0 <= limit <= MAX_LIMIT:
        return problem(400, "BadQuery", f"limit must be an integer from 0 to {MAX_LIMIT}, got {limit}")
    return list(islice(filter(wanted, journal.newest_first(query.get("world"))), limit))


def filter_of(parts: Parts, query: MultiMapping[str], known: frozenset[str]) -> Callable[[Entry], bool] | web.Response:
    """Return the predicate that a query describes, or a 400 for a filter, value or name that does not exist."""
    unknown = sorted(set(query) - known)
    if unknown:
        near = did_you_mean(nearest(unknown[0], known))
        reason = f"No such filter: {', '.join(unknown)}.{near} It must be one of {', '.join(sorted(known))}."
        return problem(400, "BadQuery", reason)
    try:
        status = _integer(query, "status") if "status" in query else None
        since = _moment(query["since"]) if "since" in query else None
        warned = {"true": True, "false": False}[query["warnings"]] if "warnings" in query else None
    except KeyError:
        return problem(400, "BadQuery", "warnings must be true or false")
    except ValueError as error:
        return problem(400, "BadQuery", str(error))
    typed = {name: query[name] for name in _NAMES if name in query} | ({} if status is None else {"status": status})
    mistyped = names.unknown_name(parts, typed)
    return _predicate(query, status, since, warned) if mistyped is None else names.rejected(mistyped)


def _integer(query: MultiMapping[str], name: str) -> int:
    try:
        return int(query[name])
    except ValueError:
        raise ValueError(f"{name} must be an integer, got {quoted(query[name])}") from None


def _moment(text: str) -> int:
    try:
        return from_iso(text.replace(" ", "+"))  # a query decodes the + of a time zone as a space
    except (ValueError, OverflowError):
        raise ValueError(f"since must be a time in ISO 8601 with a zone, got {quoted(text)}") from None


def _predicate(
    query: MultiMapping[str], status: int | None, since: int | None, warned: bool | None
) -> Callable[[Entry], bool]:
    warning = query.get("warning")
    world, operation, rule = query.get("world"), query.get("operation"), query.get("rule")

    def wanted(entry: Entry) -> bool:
        return (
            (world is None or entry.world == world)
            and (operation is None or entry.operation == operation)
            and (status is None or entry.status == status)
            and (rule is None or entry.rule == rule)
            and (since is None or entry.at >= since)
            and (warned is None or bool(critic.warnings(entry)) is warned)
            and (warning is None or any(each["code"] == warning for each in critic.warnings(entry)))
        )

    return wanted


async def one(call: Call) -> web.Response:
    """Return an exchange with headers, bodies and rules; 404 if the journal does not have it."""
    entry, parts = entry_of(call), call.parts
    if isinstance(entry, web.Response):
        return entry
    return json_response(show.whole(entry, parts.rulebooks, parts.docs_url))


async def explain(call: Call) -> web.Response:
    """Return the explanation of an exchange, as JSON or, by `Accept: text/plain`, as text for a terminal."""
    entry, parts = entry_of(call), call.parts
    if isinstance(entry, web.Response):
        return entry
    public = frozenset(each.id for each in parts.contract.operations.values() if not each.needs_token)
    rules = Rules(parts.stages, parts.rulebooks, parts.ledger, public)
    said = explanation(entry, rules, parts.replay(entry) if entry.judged else Replayed(), parts.docs_url)
    if "text/plain" in call.request.headers.get("Accept", ""):
        text = page(said).encode("utf-8", "replace")
        return web.Response(body=text, headers={"Content-Type": "text/plain; charset=utf-8"})
    return json_response(said)


def entry_of(call: Call) -> Entry | web.Response:
    """Return the exchange that the path names; 404 if the journal does not have it."""
    wanted, journal = call.parameters["id"], call.parts.journal
    entry = next(journal.newest_first(), None) if wanted == LATEST else journal.find(wanted)
    if entry is None:
        evicted = journal.evicted
        return problem(404, "NotFound", f"The journal has no request {wanted} ({evicted} older ones have been evicted)")
    return entry


async def clear(call: Call) -> web.Response:
    """Delete all exchanges."""
    call.parts.journal.clear()
    return no_content()
