"""Which of several workers has the world of a request.

Each world is on one worker. Worlds whose names agree up to the first dot are on the same one, so a copy is where its
origin is.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import parse_qs, unquote
from zlib import crc32

from mockserver.api.world_path import named_in
from mockserver.control.api import is_control
from mockserver.worlds.registry import DEFAULT

ANY = -1
"""Every worker gives the same response."""
NONE = -2
"""A control call that names no world: no worker could answer for all of them."""
NOBODY = -3
"""A control call for a worker that does not exist."""
WORLD_HEADER, WORKER_HEADER = "Mock-World", "Mock-Worker"
_SHARED = frozenset(
    (
        *("/openapi.yaml", "/openapi.json", "/llms.txt"),
        *("/_mock/health", "/_mock/rules", "/_mock/openapi.yaml", "/_mock/reference"),
    )
)
_SHARED_FILES = "/_mock/ui/static/"
_WORLDS = "/_mock/worlds"
_IN_WORLD, _BY_WORKER = b"\nmock-world:", b"\nmock-worker:"
_METHODS = b"GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT"
"""No method that is the end of another one: the bytes may begin in the middle of a request."""
_LINE = re.compile(rb"[\r\n]*(?:%s) (\S+) HTTP/1\.[01]\r?\n" % _METHODS)
_LONGEST_HEAD = 64 * 1024
Named = tuple[str, str, str]
"""The target of a request, its `Mock-World` and, of a control call, its `Mock-Worker`: from 1 on."""
NOT_HTTP: Named = ("", "", "")


def worker_of(world: str, number: int) -> int:
    """Return the index of the worker, of that many, that has the world."""
    return crc32((world.partition(".")[0] or world).encode("utf-8", "surrogateescape")) % number


def finder(number: int) -> Callable[[str, str, str], int]:
    """Return a function of what a request names: the index of one of that many workers, or `ANY`, `NONE`, `NOBODY`."""

    def find(target: str, world: str, worker: str) -> int:
        if target.startswith("/api/"):  # the only one that needs no more than this
            return worker_of(world or DEFAULT, number)
        return found(target, world, worker)

    @lru_cache(maxsize=4096)
    def found(target: str, world: str, worker: str) -> int:
        named = world_in(target, world)
        if worker and is_control(_without_host(target)):
            return int(worker) - 1 if worker in map(str, range(1, number + 1)) else NOBODY
        return named if isinstance(named, int) else worker_of(named, number)

    return find


def world_in(target: str, header: str) -> str | int:
    """Return the world that a request names or is for, `ANY` or `NONE`."""
    path, _, query = _without_host(target).partition("?")
    if path.startswith("/w/"):
        return unquote(named_in(path)[0])
    if path in _SHARED or path.startswith(_SHARED_FILES):
        return ANY
    if not is_control(path):
        return header or DEFAULT
    if path.startswith(f"{_WORLDS}/"):
        return unquote(path[len(_WORLDS) + 1 :].partition("/")[0])
    if path == _WORLDS:
        return NONE
    named: str = parse_qs(query, max_num_fields=100).get("world", [header])[0] if query.count("&") < 100 else header
    return named or NONE


def _without_host(target: str) -> str:
    """Return path and query of a target in absolute form, and any other target as it is."""
    if target.startswith("/"):
        return target
    _, _, rest = target.partition("://")
    return f"/{rest.partition('/')[2]}" if rest else target


def named_in_head(content: bytes) -> Named | None:
    """Return what the request names that begins with these bytes; None if they do not tell yet.

    It is `NOT_HTTP` for anything else: whoever reads on says what is wrong with it.
    """
    line = _LINE.match(content)
    if line is None:
        is_whole = b"\n" in content.lstrip(b"\r\n")
        return NOT_HTTP if is_whole or len(content) > _LONGEST_HEAD else None
    target: str = line[1].decode("latin-1")
    if target.startswith("/w/"):
        return target, "", ""
    start = line.end() - 1
    end = content.find(b"\n\r\n", start)
    if end < 0:
        end = content.find(b"\n\n", start)
        if end < 0:
            return None if len(content) < _LONGEST_HEAD else NOT_HTTP
    head = content[start : end + 1]
    lowered = head.lower()
    return (
        target,
        _value(head, lowered, _IN_WORLD),
        "" if target.startswith("/api/") else _value(head, lowered, _BY_WORKER),
    )


def _value(head: bytes, lowered: bytes, name: bytes) -> str:
    """Return the value of the first header with that name, which is in lower case between line feed and colon."""
    at = lowered.find(name)
    if at < 0:
        return ""
    at += len(name)
    return head[at : head.find(b"\n", at)].strip().decode("latin-1")
