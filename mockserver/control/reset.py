"""`POST /_mock/reset`: everything back to the loaded fixtures."""

from aiohttp import web

from mockserver.control.resource import Asked, no_content


async def reset(asked: Asked) -> web.Response:
    """Worlds to their seeds, journal emptied."""
    asked.parts.worlds.reset()
    asked.parts.journal.clear()
    return no_content()
