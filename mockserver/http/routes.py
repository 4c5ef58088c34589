"""Routing as the service's router does it: split the path, then decode its segments, and ignore a trailing slash."""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Generic, Literal, NamedTuple, TypeVar
from urllib.parse import unquote_to_bytes

MAX_SEGMENT = 100

Target = TypeVar("Target")

_KEPT_PATHS = 1024
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class _Node(Generic[Target]):
    """A node of the path tree: children by segment, the child for a parameter, and the target of a path ending here."""

    __slots__ = ("any_child", "children", "end")

    def __init__(self) -> None:
        self.children: dict[str, _Node[Target]] = {}
        self.any_child: _Node[Target] | None = None
        self.end: tuple[Target, tuple[str, ...]] | None = None


class Match(NamedTuple, Generic[Target]):
    """A route match. Without a target, `problem` says why, and `allowed` lists the methods of the path."""

    target: Target | None
    parameters: Mapping[str, str]
    problem: Literal["encoding", "unknown", "segment", "method"] | None = None
    allowed: tuple[str, ...] = ()


class Routes(Generic[Target]):
    """A path tree for each method, as in the service's router.

    A literal segment of one method does not hide another method's parameter: `DELETE /identities/details` deletes the
    identity `details`.
    """

    def __init__(self, routes: Iterable[tuple[str, str, Target]]) -> None:
        """Takes (method, path template, target)."""
        self._roots: dict[str, _Node[Target]] = {}
        for method, template, target in routes:
            names = []
            node = self._roots.setdefault(method, _Node())
            for segment in template.strip("/").split("/"):
                if segment.startswith("{"):
                    names.append(segment[1:-1])
                    node.any_child = node.any_child or _Node()
                    node = node.any_child
                else:
                    node = node.children.setdefault(segment, _Node())
            node.end = (target, tuple(names))
        self.find = lru_cache(maxsize=_KEPT_PATHS)(self._find)
        """Return the Match of a method and a raw path without its query."""

    def _find(self, method: str, path: str) -> Match[Target]:
        try:
            segments = _segments(path)
        except ValueError:
            return Match(None, {}, "encoding")
        found = _walk(self._roots.get(method), segments)
        if found.problem != "unknown":
            return found
        others = {other: _walk(root, segments) for other, root in self._roots.items()}
        allowed = _of_the_nearest_template(others)
        if allowed:
            return Match(None, {}, "method", allowed)
        problems = {other.problem for other in others.values()}
        return Match(None, {}, "segment" if "segment" in problems else "unknown")


def _of_the_nearest_template(matches: Mapping[str, Match[Target]]) -> tuple[str, ...]:
    """Return the methods of the template with the fewest parameters among those that match a path.

    The document gives `/identities/search` the method POST alone, although the path also matches
    `/identities/{identityId}`.
    """
    found = {method: len(match.parameters) for method, match in matches.items() if match.problem is None}
    return tuple(sorted(method for method, number in found.items() if number == min(found.values())))


def _walk(node: _Node[Target] | None, segments: list[str]) -> Match[Target]:
    """Return the match of the segments below the root of one method's tree."""
    values: list[str] = []
    for segment in segments:
        child = None if node is None else node.children.get(segment)
        if child is None:
            child = None if node is None else node.any_child
            if child is None or not segment:
                return Match(None, {}, "unknown")
            if len(segment) > MAX_SEGMENT:
                return Match(None, {}, "segment")
            values.append(segment)
        node = child
    if node is None or node.end is None:
        return Match(None, {}, "unknown")
    target, names = node.end
    return Match(target, dict(zip(names, values, strict=True)))


def _segments(path: str) -> list[str]:
    """Return the decoded segments. Raises ValueError for an invalid escape or invalid UTF-8."""
    segments = path.removeprefix("/").split("/")
    if len(segments) > 1 and not segments[-1]:
        segments.pop()
    if "%" not in path:
        return segments
    if _BAD_ESCAPE.search(path):
        raise ValueError(path)
    return [unquote_to_bytes(segment).decode("utf-8") for segment in segments]
