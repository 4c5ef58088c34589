"""`/_mock/worlds/{world}/snapshots`: named snapshots of the state."""

from aiohttp import web

from mockserver.control import own_contract
from mockserver.control.resource import Call, json_response, no_content, problem
from mockserver.control.world_handler import with_world
from mockserver.worlds.world import MAX_SNAPSHOTS, World


@with_world
async def listing(_: Call, world: World) -> web.Response:
    """Return the names of the snapshots, oldest first."""
    return json_response({"snapshots": [{"name": name} for name in world.snapshots]})


@with_world
async def take(call: Call, world: World) -> web.Response:
    """Take a snapshot of the current state; it replaces an older one with the same name."""
    body = await own_contract.body_of(call, "takeSnapshot")
    if isinstance(body, web.Response):
        return body
    name = body["name"]
    if name not in world.snapshots and len(world.snapshots) >= MAX_SNAPSHOTS:
        return problem(
            429, "TooManySnapshots", f"The world has reached the limit of {MAX_SNAPSHOTS} snapshots: delete one"
        )
    world.take_snapshot(name)
    return json_response({"name": name}, 201)


@with_world
async def restore(call: Call, world: World) -> web.Response:
    """Restore the state of a snapshot as a new revision. Clock and windows of rate limits go on."""
    snapshot = world.snapshots.get(call.parameters["name"])
    if snapshot is None:
        return _unknown(call)
    world.restore(snapshot)
    return no_content()


@with_world
async def delete(call: Call, world: World) -> web.Response:
    """Delete a snapshot; 404 if there is none with that name."""
    if world.snapshots.pop(call.parameters["name"], None) is None:
        return _unknown(call)
    return no_content()


def _unknown(call: Call) -> web.Response:
    return problem(404, "NotFound", f"The world has no snapshot '{call.parameters['name']}'")
