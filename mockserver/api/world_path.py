"""Splits the request target into the world and the path of the vendor's API."""

from functools import lru_cache

from aiohttp import web

from mockserver.worlds.registry import DEFAULT


def world_of(request: web.BaseRequest, header: str) -> tuple[str, str]:
    """Return the world that the path, or else `header`, names, and the path without world and query."""
    target = request.raw_path
    world, path = _split(target if target.startswith("/") else request.rel_url.raw_path)
    return world or header or DEFAULT, path


@lru_cache(maxsize=1024)
def _split(target: str) -> tuple[str, str]:
    return named_in(target.partition("?")[0])


def named_in(path: str) -> tuple[str, str]:
    """Return the world that the path names, or an empty text, and the path without it."""
    if not path.startswith("/w/"):
        return "", path
    world, _, rest = path[3:].partition("/")
    return world, f"/{rest}"
