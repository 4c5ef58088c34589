"""`/_mock/worlds/{world}/revisions`: the accepted changes of a world, field by field."""

from functools import partial
from itertools import islice
from typing import Any

from aiohttp import web

from mockserver.clock import iso
from mockserver.control import background
from mockserver.control.resource import Call, json_response, problem
from mockserver.control.world_handler import with_world
from mockserver.worlds.changes import changes, changes_of_identity
from mockserver.worlds.world import Revision, World

MAX_LIMIT = 1000
DEFAULT_LIMIT = 100


@with_world
async def listing(call: Call, world: World) -> web.Response:
    """Return the latest changes, newest first: at most `limit`, and only those after the revision `since`.

    With `identity`, an id, only the revisions that changed it, and of them only its fields.
    """
    query = call.request.query
    unknown = set(query) - {"since", "limit", "identity"}
    if unknown:
        return problem(400, "BadQuery", f"No such filter: {', '.join(sorted(unknown))}")
    try:
        since, limit = int(query.get("since", 0)), int(query.get("limit", DEFAULT_LIMIT))
    except ValueError:
        since = limit = -1
    if since < 0 or not 0 <= limit <= MAX_LIMIT:
        reason = f"since must be an integer of 0 or more, limit one from 0 to {MAX_LIMIT}"
        return problem(400, "BadQuery", reason)
    kept, revision = world.revisions(), world.revision
    wanted = (each for each in reversed(kept) if each.number > since)
    if "identity" in query:
        shown = await background.each(partial(_shown, identity_id=query["identity"].lower()), wanted)
        rows = [row for row in shown if row["changes"]][:limit]
    else:
        rows = await background.each(_shown, islice(wanted, limit))
    return json_response({"revisions": rows, "revision": revision, "evicted": revision - len(kept)})


def _shown(revision: Revision, identity_id: str = "") -> dict[str, Any]:
    before, after = revision.before, revision.after
    found = changes_of_identity(before, after, identity_id) if identity_id else changes(before, after)
    return {
        "revision": revision.number,
        "at": iso(revision.at),
        "requestId": revision.request_id or None,
        "changes": [change.as_json() for change in found],
    }
