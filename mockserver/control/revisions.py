"""`/_mock/worlds/{world}/revisions`: the accepted changes of a world, field by field."""

from functools import partial
from itertools import islice
from typing import Any

from aiohttp import web

from mockserver.clock import iso
from mockserver.control import background
from mockserver.control.resource import Call, json_response, problem
from mockserver.control.world_handler import with_world
from mockserver.infisical.state import State
from mockserver.worlds.changes import changes, changes_of_identity
from mockserver.worlds.world import Revision, Touched, World

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
        rows = await background.each(_shown, islice(wanted, limit), in_thread=_is_large)
    return json_response({"revisions": rows, "revision": revision, "evicted": revision - len(kept)})


def _is_large(revision: Revision) -> bool:
    return is_large(revision.before, revision.after, revision.touched)


def is_large(before: State, after: State, touched: Touched) -> bool:
    """Whether it takes long to find the changes between two states."""
    ids = 1 if isinstance(touched, str) else len(before.identities) if touched is None else len(touched)
    tokens = 0 if before.access_tokens is after.access_tokens else len(after.access_tokens)
    revoked = 0 if before.revocations is after.revocations else len(after.revocations.tokens)
    return max(ids, tokens, revoked) > background.LARGE_STATE


def _shown(revision: Revision, identity_id: str = "") -> dict[str, Any]:
    before, after = revision.before, revision.after
    found = changes_of_identity(before, after, identity_id) if identity_id else changes(before, after, revision.touched)
    return {
        "revision": revision.number,
        "at": iso(revision.at),
        "requestId": revision.request_id or None,
        "changes": [change.as_json() for change in found],
    }
