"""The first screen: the exchanges of a world as they come, with the deciding rule in words."""

from itertools import islice
from typing import Any
from weakref import WeakKeyDictionary

from aiohttp import web

from mockserver.clock import stopwatch
from mockserver.control.inner_request import Reply
from mockserver.inspector.rendering import HEADERS, of_the_world, page_address, render
from mockserver.inspector.visit import Visit, of_world
from mockserver.journal.journal import Journal
from mockserver.worlds.registry import DEFAULT

SHOWN = 100
SEARCHED = 1000
"""How many exchanges are searched where the page filters by itself."""
REJECTED = "rejected"
STATUSES = (200, 400, 401, 403, 404, 405, 422, 429, 500, 504)
_OFFERED_WORLDS = 100
_KEPT_SECONDS, _MOST_LISTS = 1.0, 32
_LISTS: WeakKeyDictionary[Journal, dict[str, tuple[float, bytes]]] = WeakKeyDictionary()
"""Lists by the address they were made for, with the time: those of each journal."""


async def first(visit: Visit) -> web.Response:
    """The journal of the default world."""
    return await show(visit)


async def show(visit: Visit) -> web.Response:
    """The journal's page; where htmx asks, the list that another page was given since the last event, if there is one.

    Every page that follows the stream asks for the same list at the same time. A list that is newer than the last event
    of any stream holds all that the events were about.
    """
    if not visit.is_fragment:
        return await _show(visit)
    journal, now = visit.call.parts.journal, stopwatch()
    kept, address = _LISTS.setdefault(journal, {}), f"{visit.call.request.host}{visit.call.request.rel_url}"
    made, body = kept.get(address, (0.0, b""))
    if body and made > journal.subscribers.told and now - made < _KEPT_SECONDS:
        return web.Response(body=body, headers=HEADERS)
    response = await _show(visit)
    if len(kept) >= _MOST_LISTS:
        kept.clear()
    if response.status == 200 and isinstance(response.body, bytes):
        kept[address] = (now, response.body)
    return response


async def _show(visit: Visit) -> web.Response:
    """The latest exchanges of a world, or of all where the query says `all`, by the filters of the query."""
    query, everywhere = visit.query, "all" in visit.query
    chosen = {name: query.get(name, "").strip() for name in ("operation", "status", "rule")}
    reply = await _listing(visit, chosen, None if everywhere else visit.world)
    lines = reply.value["requests"] if reply.ok else []
    values = {
        "lines": lines,
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "everywhere": everywhere,
        "counts": reply.value if reply.ok else None,
        "problem": "" if reply.ok else reply.message,
        "words": rule_words(visit),
        "statuses": STATUSES,
        "limit": SHOWN,
        "tab": "journal",
        **_offers(visit),
        **await _first_steps(visit, lines),
    }
    about = await visit.get(of_world(visit.world))
    if not about.ok and lines:  # a deleted world's exchanges are still in the journal
        about = Reply(200, {"id": visit.world, "gone": True})
    if not about.ok and not everywhere:
        return await of_the_world(visit, "journal.html", **values)
    status = 200 if reply.ok else reply.status
    return render(visit, "journal.html", status, about=about.value if about.ok else None, **values)


async def _listing(visit: Visit, chosen: dict[str, str], world: str | None) -> Reply:
    """The lines that the page shows; those of any rejection are sorted out here, as the control API asks for one."""
    rejected = chosen["status"] == REJECTED
    asked = {name: value or None for name, value in chosen.items()}
    if rejected:
        asked["status"] = None
    reply = await visit.get("/_mock/requests", world=world, limit=SEARCHED if rejected else SHOWN, **asked)
    if rejected and reply.ok:
        found = (line for line in reply.value["requests"] if not 200 <= line["status"] < 400)
        reply = Reply(reply.status, {**reply.value, "requests": list(islice(found, SHOWN))})
    return reply


def rule_words(visit: Visit) -> dict[str, str]:
    """What each rule of the ledger says, by its id."""
    return {rule.id: rule.summary for _, rule in visit.call.parts.ledger}


def _offers(visit: Visit) -> dict[str, Any]:
    """What the filters offer; nothing of it where htmx asks for the lines alone."""
    parts = visit.call.parts
    if visit.is_fragment:
        return {"worlds": (), "operations": ()}
    worlds = [each.id for each in islice(parts.worlds, _OFFERED_WORLDS)]
    return {"worlds": worlds, "operations": sorted(parts.offers(parts.edition.generation))}


async def _first_steps(visit: Visit, lines: list[Any]) -> dict[str, Any]:
    """For an empty page: a command that puts something into it, and how many exchanges other worlds have."""
    if lines:
        return {}
    request, world = visit.call.request, visit.world
    base = f"{request.scheme}://{request.host}" + ("" if world == DEFAULT else f"/w/{world}")
    kept = await visit.get("/_mock/requests", limit=1)
    there = visit.call.parts.worlds.glance(world)
    identity = next(iter(there.state.kubernetes_auths), None) if there is not None else None
    first = f"curl -i {base}/api/status"
    if identity is not None:
        first = (
            f"curl -i -X PATCH {base}/api/v1/auth/kubernetes-auth/identities/{identity} \\\n"
            "  -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json' \\\n"
            "  -d '{\"accessTokenTTL\": 3600}'"
        )
    return {"command": first, "elsewhere": kept.value["kept"] if kept.ok else 0}


def journal_of(world: str, **query: Any) -> str:
    """The address of a world's journal."""
    return page_address("journal", world=world, **query)
