"""Splits the request target into the world and the path of the vendor's API."""

from aiohttp import web

from mockserver.worlds.registry import DEFAULT


def world_of(request: web.BaseRequest, header: str) -> tuple[str, str]:
    """Return the world that the path, or else `header`, names, and the path without world and query."""
    path = request.raw_path.partition("?")[0]
    if not path.startswith("/"):
        path = request.rel_url.raw_path
    world = ""
    if path.startswith("/w/"):
        world, path = named_in(path)
    return world or header or DEFAULT, path


def named_in(path: str) -> tuple[str, str]:
    """Return the world that the path names, or an empty text, and the path without it."""
    if not path.startswith("/w/"):
        return "", path
    world, _, rest = path[3:].partition("/")
    return world, f"/{rest}"
