"""Whether a namespace or name is in a list of allowed ones: equal to an entry, or matched by it as a glob."""

from enum import Enum

from mockserver.infisical.javascript import trim
from mockserver.infisical.kubernetes_auth.glob_syntax import NoGlob, read
from mockserver.infisical.kubernetes_auth.glob_tree import fills

_EXOTIC = frozenset('[](){}!+@|\\/"')
_LONGEST = 253  # of any name in Kubernetes


class Verdict(Enum):
    """What a list says of a name; `BROKEN`: the service came upon an empty entry, of which it cannot make a glob."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    BROKEN = "broken"


def judge(name: str, allowed: str) -> Verdict:
    """The verdict of a comma list, asked entry by entry up to the first that decides; an empty list allows all."""
    if not allowed:
        return Verdict.ALLOWED
    for entry in map(trim, allowed.split(",")):
        if matches(name, entry):
            return Verdict.ALLOWED
        if not entry:
            return Verdict.BROKEN
    return Verdict.NOT_ALLOWED


def matches(name: str, pattern: str) -> bool:
    """Whether `name` equals `pattern`, or matches it as a glob in which `*` crosses no `/` and no leading dot."""
    if name == pattern:
        return True
    if not name or not pattern or len(name) > _LONGEST:
        return False
    if _EXOTIC.isdisjoint(pattern) and "/" not in name:
        return _plain(name, pattern)
    try:
        glob = read(pattern)
    except NoGlob:
        return False
    return fills(glob.tree, name) != glob.negated


def _plain(name: str, pattern: str) -> bool:
    """A glob of letters, `*` and `?` alone, which most are: the same as its tree, and a hundred times as fast."""
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
