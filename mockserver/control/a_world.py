"""What every resource of a world begins with: the world that the path names."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from mockserver.control.own_contract import refused
from mockserver.control.resource import Asked, Handler
from mockserver.worlds.world import World

WorldHandler = Callable[[Asked, World], Awaitable[web.Response]]


def of_a_world(handler: WorldHandler) -> Handler:
    """Gives the handler the world of `{world}`; 404 with the reason if there is none."""

    async def answer(asked: Asked) -> web.Response:
        worlds, name = asked.parts.worlds, asked.parameters["world"]
        world = worlds.find(name)
        if world is None:
            reason = f"there is no world '{name}'{_because(worlds.why_gone(name))}"
            return refused("NotFound", "/world", reason, 404)
        return await handler(asked, world)

    return answer


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""
