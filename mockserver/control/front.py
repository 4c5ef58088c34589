"""`GET /` of a browser: on to the inspector."""

from aiohttp import web

from mockserver.control.resource import Call

INSPECTOR = "/_mock/"


async def redirect(_: Call) -> web.Response:
    """302 to the inspector's first page."""
    return web.Response(status=302, headers={"Location": INSPECTOR, "Vary": "Accept"})
