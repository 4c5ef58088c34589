"""`/_mock/reference`: the vendor's API and the control API to read and to try, by Swagger UI."""

from itertools import islice
from urllib.parse import quote

from aiohttp import web

from mockserver.inspector.rendering import POLICY, gone, page_address, render
from mockserver.inspector.visit import Visit, of_world
from mockserver.worlds.registry import DEFAULT

CONTROL = "control"
REFERENCE_POLICY = POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")
"""Swagger UI sets styles of elements; everything else is as on the other pages."""
_OFFERED_WORLDS = 100


async def show(visit: Visit) -> web.Response:
    """The reference of the vendor's API in a world, or of the control API."""
    world, is_control = visit.world, visit.query.get("api") == CONTROL
    about = await visit.get(of_world(world))
    if not about.ok:
        return gone(visit, about)
    offered = [each.id for each in islice(visit.call.parts.worlds, _OFFERED_WORLDS)]
    response = render(
        visit,
        "reference.html",
        about=about.value,
        worlds=list(dict.fromkeys([DEFAULT, world, *sorted(offered)])),
        is_control=is_control,
        document="/_mock/openapi.yaml" if is_control else f"/w/{quote(world, safe='')}/openapi.json",
        address="/" if is_control or world == DEFAULT else f"/w/{quote(world, safe='')}",
        exchange=page_address("requests", ""),
        tab="reference",
    )
    response.headers["Content-Security-Policy"] = REFERENCE_POLICY
    return response
