"""What every resource of a world begins with: the world that the path names."""

from collections.abc import Awaitable, Callable

from aiohttp import web

from mockserver.control.resource import Asked, Handler, problem
from mockserver.worlds.world import World

WorldHandler = Callable[[Asked, World], Awaitable[web.Response]]


def of_a_world(handler: WorldHandler) -> Handler:
    """Gives the handler the world of `{world}`; 404 with the reason if there is none."""

    async def answer(asked: Asked) -> web.Response:
        worlds, name = asked.parts.worlds, asked.parameters["world"]
        world = worlds.find(name)
        if world is None:
            return problem(404, "NotFound", f"There is no world '{name}'{_because(worlds.why_gone(name))}")
        return await handler(asked, world)

    return answer


def _because(reason: str) -> str:
    return f": {reason}" if reason else ""
