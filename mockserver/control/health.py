"""`/_mock/health`: up, and seeded. A server listens only once it is seeded, so there is no other answer."""

from aiohttp import web

from mockserver.control.resource import Asked, json_response


async def show(asked: Asked) -> web.Response:
    """Status, version, profile, generation, engine, number of worlds."""
    parts = asked.parts
    health = {
        "status": "healthy",
        "version": parts.version,
        "profile": parts.edition.profile.value,
        "generation": parts.edition.generation.value,
        "engine": parts.contract.engine,
        "worlds": len(parts.worlds),
    }
    return json_response(health)
