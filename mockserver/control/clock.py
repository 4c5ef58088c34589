"""`/_mock/worlds/{world}/clock`: freeze a world's time, move it, let it run."""

from aiohttp import web

from mockserver.clock import LATEST, from_iso, iso
from mockserver.control import own_contract
from mockserver.control.a_world import of_a_world
from mockserver.control.own_contract import refused
from mockserver.control.resource import Asked, json_response
from mockserver.worlds.world import World


@of_a_world
async def show(_: Asked, world: World) -> web.Response:
    """The time, and whether it stands still."""
    return _shown(world)


@of_a_world
async def put(asked: Asked, world: World) -> web.Response:
    """`now` freezes there, `advance` moves ahead by seconds; both at once freeze first.

    Time goes back only in a world where nothing has happened yet: records would have been made in the future.
    """
    body = await own_contract.body_of(asked, "setClock")
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
            reason = f"it is {iso(before)} in this world, and time goes back only before the first change: reset it"
            return refused("BadClock", "/now", reason, 409)
    ahead = round(body.get("advance", 0) * 1000)
    if not 0 <= moment + ahead <= LATEST:
        return refused("BadClock", "/advance" if ahead else "/now", "a time from 1970 to the year 9999")
    if "now" in body:
        clock.freeze(moment)
    clock.advance(ahead)
    return _shown(world)


@of_a_world
async def run(_: Asked, world: World) -> web.Response:
    """Lets time run on from where it stands."""
    world.clock.run()
    return _shown(world)


def _shown(world: World) -> web.Response:
    return json_response({"now": iso(world.clock.now()), "frozen": world.clock.frozen})
