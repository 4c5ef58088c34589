"""Match a namespace or name against a comma-separated list of names and globs."""

from enum import Enum
from functools import lru_cache

from mockserver.infisical.javascript import trim
from mockserver.infisical.kubernetes_auth.glob_syntax import InvalidGlob, parse
from mockserver.infisical.kubernetes_auth.glob_tree import full_match

_EXTENDED_SYNTAX = frozenset('[](){}!+@|\\/"')
_MAX_NAME_LENGTH = 253
"""The longest name that Kubernetes accepts."""


class Verdict(Enum):
    """The result for a name. `BROKEN` means that the service fails on an empty entry, which is not a valid glob."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    BROKEN = "broken"


def check_list(name: str, allowed: str) -> Verdict:
    """Check `name` against a comma-separated list, up to the first entry that decides. An empty list allows all."""
    if not allowed:
        return Verdict.ALLOWED
    for entry in _entries(allowed):
        if name == entry or matches(name, entry):
            return Verdict.ALLOWED
        if not entry:
            return Verdict.BROKEN
    return Verdict.NOT_ALLOWED


@lru_cache(maxsize=1024)
def _entries(allowed: str) -> tuple[str, ...]:
    return tuple(map(trim, allowed.split(",")))


def matches(name: str, pattern: str) -> bool:
    """Whether `name` equals `pattern` or matches it as a glob. `*` matches neither a `/` nor a leading dot."""
    if name == pattern:
        return True
    if not name or not pattern or len(name) > _MAX_NAME_LENGTH:
        return False
    if _EXTENDED_SYNTAX.isdisjoint(pattern) and "/" not in name:
        return _matches_simple(name, pattern)
    try:
        glob = parse(pattern)
    except InvalidGlob:
        return False
    return full_match(glob.tree, name) != glob.negated


def _matches_simple(name: str, pattern: str) -> bool:
    """Match a glob of characters, `*` and `?` only: a hundred times as fast as the tree, for most globs."""
    if name.startswith(".") and not pattern.startswith("."):
        return False
    at = place = 0
    star, resume = -1, 0
    while at < len(name):
        if place < len(pattern) and pattern[place] == "*":
            star, resume = place, at
            place += 1
        elif place < len(pattern) and pattern[place] in ("?", name[at]):
            at, place = at + 1, place + 1
        elif star >= 0:
            resume += 1
            at, place = resume, star + 1
        else:
            return False
    return not pattern[place:].strip("*")
