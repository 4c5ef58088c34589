"""`POST /_mock/requests/find`, `/count` and `/verify`: assertions about requests and state changes."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aiohttp import web

from mockserver.clock import from_iso
from mockserver.control import background, names, own_contract
from mockserver.control.own_contract import refused
from mockserver.control.resource import Call, json_response
from mockserver.control.revisions import is_large
from mockserver.errors import quoted
from mockserver.infisical.state import State
from mockserver.journal import globs, show, verify
from mockserver.journal.entry import Entry
from mockserver.journal.matching import PROPERTIES, Matcher, matcher, same
from mockserver.journal.verify import Verdict
from mockserver.worlds.changes import changes
from mockserver.worlds.expected import difference
from mockserver.worlds.registry import DEFAULT
from mockserver.worlds.world import KEPT_REVISIONS, Touched, World

_RATE = "maxRequestsPerMinute"
IGNORED = ("**/updatedAt",)
"""Fields whose changes an expectation on the state ignores by default."""


class _Range(NamedTuple):
    """The requests to examine, oldest first. `evicted` counts lost ones; `lost` says why the range is unknown."""

    entries: list[Entry]
    evicted: int
    lost: str = ""


async def find(call: Call) -> web.Response:
    """Return the matching requests in brief, oldest first."""
    found = await _matching(call, "findRequests")
    if isinstance(found, web.Response):
        return found
    matched, evicted = found
    return json_response({"requests": await background.each(show.line, matched), "evicted": evicted})


async def count(call: Call) -> web.Response:
    """Return the number of matching requests."""
    found = await _matching(call, "countRequests")
    if isinstance(found, web.Response):
        return found
    matched, evicted = found
    return json_response({"count": len(matched), "evicted": evicted})


async def _matching(call: Call, operation: str) -> tuple[list[Entry], int] | web.Response:
    body = await own_contract.body_of(call, operation)
    if isinstance(body, web.Response):
        return body
    lookup = await names.looked_up(call.parts, body)
    unknown = names.unknown_name(call.parts, body, lookup=lookup)
    chosen = _range(call, body) if unknown is None else names.rejected(unknown)
    if isinstance(chosen, web.Response):
        return chosen
    wanted = _matcher(call, body, lookup)
    return list(filter(wanted.accepts, chosen.entries)), chosen.evicted


def _matcher(call: Call, wanted: Mapping[str, Any], lookup: names.Lookup) -> Matcher:
    def named(world: str, name: str) -> frozenset[str]:
        found = call.parts.worlds.find(world)
        return frozenset() if found is None else lookup.named(found, name)

    return matcher(wanted, named)


async def check(call: Call) -> web.Response:
    """Check an expectation: 200 if it holds, 406 with the reason if it does not."""
    body = await own_contract.body_of(call, "verifyRequests")
    if isinstance(body, web.Response):
        return body
    strict = body.get("failOnWarning", call.parts.fail_on_warning)
    if "state" in body:
        others = sorted(set(body) - {"state", "failOnWarning"})
        if others:
            return refused(
                "BadExpectation", f"/{others[0]}", "an expectation is either about requests or about the state"
            )
        return await _state(call, body["state"], strict=strict)
    return await _requests(call, body, strict=strict)


async def _requests(call: Call, body: dict[str, Any], *, strict: bool) -> web.Response:
    if "order" in body:
        beside = sorted(set(body) & ({"count", _RATE, *PROPERTIES} - {"world"}))
        if beside:
            return refused(
                "BadExpectation", f"/{beside[0]}", "`order` can be combined only with world, since and failOnWarning"
            )
    if "count" in body and _RATE in body:
        return refused("BadExpectation", "/count", f"an expectation has either count or {_RATE}")
    lookup = await names.looked_up(call.parts, body)
    unknown = _unknown_name(call, body, lookup)
    if unknown is not None:
        return names.rejected(unknown)
    bounds = verify.count_of(body.get("count", {"atLeast": 1}))
    if bounds.most is not None and bounds.least > bounds.most:
        return refused(
            "BadExpectation", "/count/atMost", f"must not be below atLeast: {bounds.most} is less than {bounds.least}"
        )
    chosen = _range(call, body)
    if isinstance(chosen, web.Response):
        return chosen
    if chosen.lost:
        return _answer(Verdict(chosen.lost, (), 0), chosen.evicted, {"matched": 0, "of": 0}, strict=strict)
    if "order" in body:
        verdict = verify.in_order(
            chosen.entries, [_matcher(call, each, lookup) for each in body["order"]], chosen.evicted
        )
    elif _RATE in body:
        verdict = verify.per_minute(chosen.entries, _matcher(call, body, lookup), int(body[_RATE]), chosen.evicted)
    else:
        verdict = verify.counted(chosen.entries, _matcher(call, body, lookup), bounds, chosen.evicted)
    counts = {"matched": len(verdict.looked_at), "of": verdict.of}
    return _answer(verdict, chosen.evicted, counts, strict=strict)


def _unknown_name(call: Call, body: Mapping[str, Any], lookup: names.Lookup) -> names.UnknownName | None:
    """Return the first name in the expectation, or in its ordered matchers, that does not exist."""
    matchers = [("", body), *((f"/order/{index}", each) for index, each in enumerate(body.get("order", ())))]
    checked = (names.unknown_name(call.parts, wanted, body.get("world"), at, lookup) for at, wanted in matchers)
    return next(filter(None, checked), None)


def _range(call: Call, body: dict[str, Any]) -> _Range | web.Response:
    """Return the requests of the world after a request or from a time on, or the error response."""
    journal, world, since = call.parts.journal, body.get("world"), body.get("since")
    if since is None:
        return _Range(list(journal.oldest_first(world)), journal.evicted_from(world))
    if since.startswith("req-"):
        if journal.find(since) is not None:
            return _Range(list(journal.oldest_first(world, since)), 0)
        if not journal.evicted:
            return refused("BadExpectation", "/since", f"the journal has no request {since}")
        lost = f"The journal no longer has request {since}, so the requests after it are unknown."
        return _Range([], journal.evicted_from(world), lost)
    try:
        moment = from_iso(since)
    except (ValueError, OverflowError):
        reason = f"{quoted(since)} is neither the id of a request nor a time in ISO 8601 with a zone"
        return refused("BadExpectation", "/since", reason)
    entries = [entry for entry in journal.oldest_first(world) if entry.at >= moment]
    return _Range(entries, journal.evicted_from(world, moment))


async def _state(call: Call, wanted: dict[str, Any], *, strict: bool) -> web.Response:
    worlds, name = call.parts.worlds, wanted.get("world", DEFAULT)
    world = worlds.find(name)
    if world is None:
        unknown = names.Names(call.parts).world(name) or names.UnknownName("", f"the world '{name}' exists no longer")
        return names.rejected(unknown._replace(pointer="/state/world"))
    first, last = int(wanted["from"]), int(wanted.get("to", world.revision))  # 1.0 is an integer in JSON
    for place, number in (("from", first), ("to", last)):
        if number > world.revision:
            return refused("BadExpectation", f"/state/{place}", f"the world is at revision {world.revision}")
    if last < first:
        return refused("BadExpectation", "/state/to", f"revision {last} comes before {first}")
    before, after = world.state_at(first), world.state_at(last)
    if before is None or after is None:
        gone = first if before is None else last
        reason = f"Revision {gone} is no longer kept: a world keeps at most {KEPT_REVISIONS}, fewer if they are large."
        return _answer(Verdict(reason, (), 0), 0, {}, strict=strict)
    touched = world.touched_between(first, last)
    entries = list(_made(call, world, first, last))
    found, told = await background.run(is_large(before, after, touched), _compared, before, after, touched, wanted)
    reason = f"Between revision {first} and {last}: {told}." if told else ""
    return _answer(Verdict(reason, entries, len(entries)), 0, {"changed": found}, strict=strict)


def _compared(before: State, after: State, touched: Touched, wanted: Mapping[str, Any]) -> tuple[int, str]:
    """Return the number of changes between the states, and their differences from the wanted ones in words."""
    ignored = wanted.get("ignoring", IGNORED)
    found = [
        each
        for each in changes(before, after, touched)
        if not any(globs.matches(glob, each.pointer) for glob in ignored)
    ]
    return len(found), difference(found, wanted["changed"], globs.matches, same)


def _made(call: Call, world: World, first: int, last: int) -> Iterator[Entry]:
    """Yield the requests that caused the revisions after `first` up to `last` and are still in the journal."""
    ids = {each.request_id for each in world.revisions() if first < each.number <= last}
    return (entry for entry in call.parts.journal.oldest_first(world.id) if entry.id in ids)


def _answer(verdict: Verdict, evicted: int, counts: Mapping[str, int], *, strict: bool) -> web.Response:
    warnings = verify.warned(verdict.looked_at)
    shown: dict[str, Any] = {
        "verified": verdict.holds and not (strict and warnings),
        **counts,
        "evicted": evicted,
        "warnings": warnings,
    }
    if shown["verified"]:
        return json_response(shown)
    shown["reason"] = verdict.reason or f"{_told(warnings)}."
    if verdict.closest is not None:
        entry, told = verdict.closest
        shown["closest"] = {"request": show.line(entry), "difference": told}
    return json_response(shown, 406)


def _told(warnings: Sequence[dict[str, str]]) -> str:
    rows = [f"{each['code']} of {each['request']} ({each['reason']})" for each in warnings[:10]]
    more = f" and {len(warnings) - 10} more" if len(warnings) > 10 else ""
    return f"The client critic warns: {'; '.join(rows)}{more}"
