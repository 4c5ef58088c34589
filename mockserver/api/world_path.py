"""The target of a request: which world it names, and the path that is left of it."""

from aiohttp import web

from mockserver.worlds.registry import DEFAULT


def world_of(request: web.BaseRequest, header: str) -> tuple[str, str]:
    """The world that the request names, in its path or in a `header`, and the path without it and without the query."""
    path = request.raw_path.partition("?")[0]
    if not path.startswith("/"):
        path = request.rel_url.raw_path
    world = ""
    if path.startswith("/w/"):
        world, path = named_in(path)
    return world or header or DEFAULT, path


def named_in(path: str) -> tuple[str, str]:
    """The world that the path names, empty if none, and the path without it."""
    if not path.startswith("/w/"):
        return "", path
    world, _, rest = path[3:].partition("/")
    return world, f"/{rest}"
