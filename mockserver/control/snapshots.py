"""`/_mock/worlds/{world}/snapshots`: named states to come back to."""

from aiohttp import web

from mockserver.control import own_contract
from mockserver.control.a_world import of_a_world
from mockserver.control.resource import Asked, json_response, no_content, problem
from mockserver.worlds.world import MAX_SNAPSHOTS, World


@of_a_world
async def listing(_: Asked, world: World) -> web.Response:
    """The names, in the order in which the snapshots were taken."""
    return json_response({"snapshots": [{"name": name} for name in world.snapshots]})


@of_a_world
async def take(asked: Asked, world: World) -> web.Response:
    """Keeps the state as it stands under a name, in place of an older one of that name."""
    body = await own_contract.body_of(asked, "takeSnapshot")
    if isinstance(body, web.Response):
        return body
    name = body["name"]
    if name not in world.snapshots and len(world.snapshots) >= MAX_SNAPSHOTS:
        return problem(429, "TooManySnapshots", f"A world has at most {MAX_SNAPSHOTS} snapshots: delete one")
    world.snapshots.pop(name, None)
    world.snapshots[name] = world.state
    return json_response({"name": name}, 201)


@of_a_world
async def restore(asked: Asked, world: World) -> web.Response:
    """Puts the kept state in place, as one more revision; the clock goes on."""
    state = world.snapshots.get(asked.parameters["name"])
    if state is None:
        return _unknown(asked)
    world.commit(state)
    return no_content()


@of_a_world
async def delete(asked: Asked, world: World) -> web.Response:
    """Forgets a snapshot."""
    if world.snapshots.pop(asked.parameters["name"], None) is None:
        return _unknown(asked)
    return no_content()


def _unknown(asked: Asked) -> web.Response:
    return problem(404, "NotFound", f"There is no snapshot '{asked.parameters['name']}' of this world")
