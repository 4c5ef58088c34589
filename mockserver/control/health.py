"""`/_mock/health`. A server listens only after it has loaded its fixtures, so it is always healthy."""

from aiohttp import web

from mockserver.control.resource import Call, json_response


async def show(call: Call) -> web.Response:
    """Return status, version, profile, generation, contract engine and number of worlds."""
    parts = call.parts
    health = {
        "status": "healthy",
        "version": parts.version,
        "profile": parts.edition.profile.value,
        "generation": parts.edition.generation.value,
        "engine": parts.contract.engine,
        "worlds": len(parts.worlds),
    }
    return json_response(health)
