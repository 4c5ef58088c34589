"""Wraps handlers of `/_mock/worlds/{world}/…`: resolves the world that the path names."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from mockserver.control.own_contract import refused
from mockserver.control.resource import Call, Handler
from mockserver.errors import did_you_mean, nearest, quoted
from mockserver.worlds.world import World

WorldHandler = Callable[[Call, World], Awaitable[web.StreamResponse]]


def with_world(handler: WorldHandler) -> Handler:
    """Pass the world `{world}` to the handler. Responds 404 with the nearest name if there is no such world."""

    async def answer(call: Call) -> web.StreamResponse:
        worlds, name = call.parts.worlds, call.parameters["world"]
        world = worlds.find(name)
        if world is None:
            gone = worlds.why_gone(name)
            near = "" if gone else did_you_mean(nearest(name, (each.id for each in worlds)))
            where = f" on the server {worlds.server}" if worlds.server else ""
            reason = f"there is no world {quoted(name)}{where}{f': {gone}' if gone else near and f'.{near}'}"
            return refused("NotFound", "/world", reason, 404)
        return await handler(call, world)

    return answer
