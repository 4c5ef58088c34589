"""`/_mock/worlds/{world}/clock`: freezes, advances and resumes the clock of a world."""

from aiohttp import web

from mockserver.clock import LATEST, from_iso, iso
from mockserver.control import own_contract
from mockserver.control.own_contract import refused
from mockserver.control.resource import Call, json_response
from mockserver.control.world_handler import with_world
from mockserver.worlds.world import World


@with_world
async def show(_: Call, world: World) -> web.Response:
    """Return the time and whether the clock is frozen."""
    return _shown(world)


@with_world
async def put(call: Call, world: World) -> web.Response:
    """Freeze the clock at `now`, advance it by `advance` seconds, or both in this order.

    Responds 409 if time would go back after the first change of the world: records would lie in the future.
    """
    body = await own_contract.body_of(call, "setClock")
    if isinstance(body, web.Response):
        return body
    clock = world.clock
    before = clock.now()
    moment = before
    if "now" in body:
        try:
            moment = from_iso(body["now"])
        except (ValueError, OverflowError) as error:
            return refused("BadClock", "/now", str(error))
        if moment < before and world.revision:
            reason = f"the world's time is {iso(before)} and cannot go back after the first change: reset the world"
            return refused("BadClock", "/now", reason, 409)
    ahead = round(body.get("advance", 0) * 1000)
    if not 0 <= moment + ahead <= LATEST:
        return refused("BadClock", "/advance" if ahead else "/now", "the time must be from 1970 to 9999")
    if "now" in body:
        clock.freeze(moment)
    clock.advance(ahead)
    return _shown(world)


@with_world
async def run(_: Call, world: World) -> web.Response:
    """Let the clock run on from its current time."""
    world.clock.run()
    return _shown(world)


def _shown(world: World) -> web.Response:
    return json_response({"now": iso(world.clock.now()), "frozen": world.clock.frozen})
