"""`/_mock/requests`: the journal."""

from collections.abc import Callable
from itertools import islice

from aiohttp import web

from mockserver.clock import from_iso
from mockserver.control.resource import Asked, json_response, no_content, problem
from mockserver.journal import show
from mockserver.journal.entry import Entry

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100


async def listing(asked: Asked) -> web.Response:
    """The latest exchanges, newest first, in brief; by `world`, `operation`, `status`, `since` (a time), `limit`."""
    query, journal = asked.request.query, asked.parts.journal
    unknown = set(query) - {"world", "operation", "status", "since", "limit"}
    if unknown:
        return problem(400, "BadQuery", f"No such filter: {', '.join(sorted(unknown))}")
    try:
        limit = int(query.get("limit", DEFAULT_LIMIT))
        wanted = _filter(
            query.get("world"),
            query.get("operation"),
            int(query["status"]) if "status" in query else None,
            # A + of a time zone arrives as a space.
            from_iso(query["since"].replace(" ", "+")) if "since" in query else None,
        )
    except (ValueError, OverflowError) as error:
        return problem(400, "BadQuery", f"A filter cannot be read: {error}")
    if not 0 <= limit <= MAX_LIMIT:
        return problem(400, "BadQuery", f"limit is a number from 0 to {MAX_LIMIT}")
    found = filter(wanted, journal.newest_first())
    requests = [show.line(entry) for entry in islice(found, limit)]
    return json_response({"requests": requests, "kept": len(journal), "evicted": journal.evicted})


def _filter(world: str | None, operation: str | None, status: int | None, since: int | None) -> Callable[[Entry], bool]:
    def wanted(entry: Entry) -> bool:
        return (
            (world is None or entry.world == world)
            and (operation is None or entry.operation == operation)
            and (status is None or entry.status == status)
            and (since is None or entry.at >= since)
        )

    return wanted


async def one(asked: Asked) -> web.Response:
    """One exchange, whole."""
    wanted = asked.parameters["id"]
    entry = asked.parts.journal.find(wanted)
    if entry is None:
        evicted = asked.parts.journal.evicted
        return problem(404, "NotFound", f"No request {wanted} in the journal ({evicted} older ones have been evicted)")
    return json_response(show.whole(entry, asked.parts.rulebooks))


async def clear(asked: Asked) -> web.Response:
    """Forgets every exchange."""
    asked.parts.journal.clear()
    return no_content()
