"""From a request line to an operation, as the service's router goes: split first, decode after, forgive a slash."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Generic, Literal, NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

MAX_SEGMENT = 100

Target = TypeVar("Target")

_KEPT_PATHS = 1024
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(slots=True)
class _Node(Generic[Target]):
    """One segment of the tree: children by text, the child that takes any text, and what ends here by method."""

    children: dict[str, "_Node[Target]"] = field(default_factory=dict)
    any_child: "_Node[Target] | None" = None
    methods: dict[str, tuple[Target, tuple[str, ...]]] = field(default_factory=dict)


class Match(NamedTuple, Generic[Target]):
    """What a path leads to; `problem` says why to nothing, `allowed` which methods the path has."""

    target: Target | None
    parameters: Mapping[str, str]
    problem: Literal["encoding", "unknown", "segment", "method"] | None = None
    allowed: tuple[str, ...] = ()


class Routes(Generic[Target]):
    """The tree of all paths."""

    def __init__(self, routes: Iterable[tuple[str, str, Target]]) -> None:
        """Takes (method, path template, target)."""
        self._root: _Node[Target] = _Node()
        for method, template, target in routes:
            names = []
            node = self._root
            for segment in template.strip("/").split("/"):
                if segment.startswith("{"):
                    names.append(segment[1:-1])
                    node.any_child = node.any_child or _Node()
                    node = node.any_child
                else:
                    node = node.children.setdefault(segment, _Node())
            node.methods[method] = (target, tuple(names))
        self.find = lru_cache(maxsize=_KEPT_PATHS)(self._find)
        """Takes (method, raw path without its query) and gives back what they lead to."""

    def _find(self, method: str, path: str) -> Match[Target]:
        try:
            segments = _segments(path)
        except ValueError:
            return Match(None, {}, "encoding")
        node = self._root
        values: list[str] = []
        for segment in segments:
            child = node.children.get(segment)
            if child is None:
                child = node.any_child
                if child is None or not segment:
                    return Match(None, {}, "unknown")
                if len(segment) > MAX_SEGMENT:
                    return Match(None, {}, "segment")
                values.append(segment)
            node = child
        if not node.methods:
            return Match(None, {}, "unknown")
        if method not in node.methods:
            return Match(None, {}, "method", tuple(sorted(node.methods)))
        target, names = node.methods[method]
        return Match(target, dict(zip(names, values, strict=True)))


def _segments(path: str) -> list[str]:
    """The decoded segments. Raises ValueError for an escape that is none, or does not decode to UTF-8."""
    segments = path.removeprefix("/").split("/")
    if len(segments) > 1 and not segments[-1]:
        segments.pop()
    if "%" not in path:
        return segments
    if _BAD_ESCAPE.search(path):
        raise ValueError(path)
    return [unquote_to_bytes(segment).decode("utf-8") for segment in segments]
