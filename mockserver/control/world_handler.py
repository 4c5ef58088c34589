"""Wraps handlers of `/_mock/worlds/{world}/…`: resolves the world that the path names."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from mockserver.control.own_contract import refused
from mockserver.control.resource import Call, Handler
from mockserver.worlds.world import World

WorldHandler = Callable[[Call, World], Awaitable[web.Response]]


def with_world(handler: WorldHandler) -> Handler:
    """Pass the world `{world}` to the handler. Responds 404 with the reason if there is no such world."""

    async def answer(call: Call) -> web.Response:
        worlds, name = call.parts.worlds, call.parameters["world"]
        world = worlds.find(name)
        if world is None:
            reason = f"there is no world '{name}'{_because(worlds.why_gone(name))}"
            return refused("NotFound", "/world", reason, 404)
        return await handler(call, world)

    return answer


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""
