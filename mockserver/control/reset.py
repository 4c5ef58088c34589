"""`POST /_mock/reset`: resets all worlds to the loaded fixtures."""

from aiohttp import web

from mockserver.control.resource import Call, no_content


async def reset(call: Call) -> web.Response:
    """Reset all worlds to their seeds and clear the journal."""
    call.parts.worlds.reset()
    call.parts.journal.clear()
    return no_content()
