"""Whether a namespace or name is in a list of allowed ones: equal to an entry, or matched by it as a glob."""

_EXOTIC = frozenset("[](){}!+@|\\/")
_LONGEST = 253  # of any name in Kubernetes
_MOST_WILDCARDS = 3


def is_allowed(name: str, allowed: str) -> bool:
    """Whether `name` matches one entry of the comma list; an empty list allows all (behaviour 7)."""
    return not allowed or any(matches(name, entry.strip()) for entry in allowed.split(","))


def matches(name: str, pattern: str) -> bool:
    """Whether `name` equals `pattern`, or matches it as a glob in which `*` crosses no `/` and no leading dot."""
    if name == pattern:
        return True
    if not name or len(name) > _LONGEST:
        return False
    if _EXOTIC.isdisjoint(pattern) and "/" not in name:
        return _plain(name, pattern)
    # Such patterns become regular expressions: a few wildcards more, and a hostile one would not end.
    return sum(map(pattern.count, "*?+@!")) <= _MOST_WILDCARDS and _exotic(name, pattern)


def _exotic(name: str, pattern: str) -> bool:
    """A glob with classes, braces, alternatives or a negation in it."""
    from wcmatch import glob  # on first use: few lists have such entries

    flags = glob.CASE | glob.FORCEUNIX | glob.EXTGLOB | glob.BRACE | glob.GLOBSTAR | glob.NEGATE | glob.NEGATEALL
    return glob.globmatch(name, pattern, flags=flags)


def _plain(name: str, pattern: str) -> bool:
    """A glob of letters, `*` and `?` alone, in time that grows with the product of the lengths."""
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
