"""`POST /_mock/requests/find`, `/count` and `/verify`: questions to the journal, and to what became of a world."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from aiohttp import web

from mockserver.clock import from_iso
from mockserver.control import background, own_contract
from mockserver.control.own_contract import refused
from mockserver.control.resource import Asked, json_response
from mockserver.journal import globs, show, verify
from mockserver.journal.entry import Entry
from mockserver.journal.matching import PROPERTIES, matcher, same
from mockserver.journal.verify import Verdict
from mockserver.worlds.changes import changes
from mockserver.worlds.expected import difference
from mockserver.worlds.registry import DEFAULT
from mockserver.worlds.world import KEPT_REVISIONS, World

IGNORED = ("**/updatedAt",)
"""Fields that may change without being named, unless the expectation says otherwise."""


class _Range(NamedTuple):
    """The requests that a question is about, oldest first; `evicted` more may have been, `lost` says since when."""

    entries: list[Entry]
    evicted: int
    lost: str = ""


async def find(asked: Asked) -> web.Response:
    """The requests that match, in brief, oldest first."""
    found = await _asked_for(asked, "findRequests")
    if isinstance(found, web.Response):
        return found
    matched, evicted = found
    return json_response({"requests": await background.each(show.line, matched), "evicted": evicted})


async def count(asked: Asked) -> web.Response:
    """How many requests match."""
    found = await _asked_for(asked, "countRequests")
    if isinstance(found, web.Response):
        return found
    matched, evicted = found
    return json_response({"count": len(matched), "evicted": evicted})


async def _asked_for(asked: Asked, operation: str) -> tuple[list[Entry], int] | web.Response:
    body = await own_contract.body_of(asked, operation)
    chosen = body if isinstance(body, web.Response) else _range(asked, body)
    if isinstance(chosen, web.Response):
        return chosen
    wanted = matcher(body)
    return list(filter(wanted.accepts, chosen.entries)), chosen.evicted


async def check(asked: Asked) -> web.Response:
    """200 if the expectation holds, 406 with the reason if not."""
    body = await own_contract.body_of(asked, "verifyRequests")
    if isinstance(body, web.Response):
        return body
    strict = body.get("failOnWarning", asked.parts.fail_on_warning)
    if "state" in body:
        others = sorted(set(body) - {"state", "failOnWarning"})
        if others:
            return refused("BadExpectation", f"/{others[0]}", "an expectation is about requests or about the state")
        return _state(asked, body["state"], strict=strict)
    return _requests(asked, body, strict=strict)


def _requests(asked: Asked, body: dict[str, Any], *, strict: bool) -> web.Response:
    if "order" in body:
        beside = sorted(set(body) & ({"count", *PROPERTIES} - {"world"}))
        if beside:
            return refused("BadExpectation", f"/{beside[0]}", "beside `order` stand only world, since, failOnWarning")
    bounds = verify.count_of(body.get("count", {"atLeast": 1}))
    if bounds.most is not None and bounds.least > bounds.most:
        return refused("BadExpectation", "/count/atMost", f"{bounds.most} is below atLeast, {bounds.least}")
    chosen = _range(asked, body)
    if isinstance(chosen, web.Response):
        return chosen
    if chosen.lost:
        return _answer(Verdict(chosen.lost, (), 0), chosen.evicted, {"matched": 0, "of": 0}, strict=strict)
    if "order" in body:
        verdict = verify.in_order(chosen.entries, list(map(matcher, body["order"])), chosen.evicted)
    else:
        verdict = verify.counted(chosen.entries, matcher(body), bounds, chosen.evicted)
    counts = {"matched": len(verdict.looked_at), "of": verdict.of}
    return _answer(verdict, chosen.evicted, counts, strict=strict)


def _range(asked: Asked, body: dict[str, Any]) -> _Range | web.Response:
    """The requests of the world, from a request or a time on."""
    journal, world, since = asked.parts.journal, body.get("world"), body.get("since")
    if since is None:
        return _Range(list(journal.oldest_first(world)), journal.evicted_from(world))
    if since.startswith("req-"):
        if journal.find(since) is not None:
            return _Range(list(journal.oldest_first(world, since)), 0)
        if not journal.evicted:
            return refused("BadExpectation", "/since", f"there is no request {since} in the journal")
        lost = f"There is no request {since} in the journal any more, and nobody knows what came after it."
        return _Range([], journal.evicted_from(world), lost)
    try:
        moment = from_iso(since)
    except (ValueError, OverflowError) as error:
        return refused("BadExpectation", "/since", f"neither the id of a request nor a time: {error}")
    entries = [entry for entry in journal.oldest_first(world) if entry.at >= moment]
    return _Range(entries, journal.evicted_from(world, moment))


def _state(asked: Asked, wanted: dict[str, Any], *, strict: bool) -> web.Response:
    worlds, name = asked.parts.worlds, wanted.get("world", DEFAULT)
    world = worlds.find(name)
    if world is None:
        return refused("BadExpectation", "/state/world", f"there is no world '{name}'", 404)
    first, last = int(wanted["from"]), int(wanted.get("to", world.revision))  # 1.0 is an integer in JSON
    for place, number in (("from", first), ("to", last)):
        if number > world.revision:
            return refused("BadExpectation", f"/state/{place}", f"the world is at revision {world.revision}")
    if last < first:
        return refused("BadExpectation", "/state/to", f"revision {last} comes before {first}")
    before, after = world.state_at(first), world.state_at(last)
    if before is None or after is None:
        gone = first if before is None else last
        reason = (
            f"Revision {gone} is not kept any more: a world keeps the latest {KEPT_REVISIONS}, fewer of large ones."
        )
        return _answer(Verdict(reason, (), 0), 0, {}, strict=strict)
    ignored = wanted.get("ignoring", IGNORED)
    found = [each for each in changes(before, after) if not any(globs.matches(glob, each.pointer) for glob in ignored)]
    told = difference(found, wanted["changed"], globs.matches, same)
    reason = f"Between revision {first} and {last}: {told}." if told else ""
    entries = list(_made(asked, world, first, last))
    return _answer(Verdict(reason, entries, len(entries)), 0, {"changed": len(found)}, strict=strict)


def _made(asked: Asked, world: World, first: int, last: int) -> Iterator[Entry]:
    """The requests that made the revisions behind `first` up to `last`, as far as the journal has them."""
    ids = {each.request_id for each in world.revisions() if first < each.number <= last}
    return (entry for entry in asked.parts.journal.oldest_first(world.id) if entry.id in ids)


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
