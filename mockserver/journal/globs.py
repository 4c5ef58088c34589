"""Globs over paths and pointers: `*` matches within a segment, `**` across segments, without backtracking."""

from functools import lru_cache

MAX_GLOB = 512


@lru_cache(maxsize=256)
def _compiled(glob: str) -> "Glob":
    return Glob(glob)


def matches(glob: str, text: str) -> bool:
    """Whether the glob matches the whole text."""
    return glob == text or ("*" in glob and _compiled(glob).matches(text))


class Glob:
    """A glob as a bit-parallel automaton: one bit per position, linear time in the text."""

    def __init__(self, glob: str) -> None:
        self._literal: dict[str, int] = {}
        self._within = self._across = 0
        place = 0
        rest = glob
        while rest:
            if rest[0] != "*":
                self._literal[rest[0]] = self._literal.get(rest[0], 0) | 1 << place
                rest, place = rest[1:], place + 1
                continue
            stars = len(rest) - len(rest.lstrip("*"))
            if stars == 1:
                self._within |= 1 << place
            else:
                self._across |= 1 << place
            rest, place = rest[stars:], place + 1
        self._end = 1 << place

    def matches(self, text: str) -> bool:
        """Whether the glob matches the whole text."""
        places = self._past_stars(1)
        for character in text:
            stay = self._across if character == "/" else self._across | self._within
            places = (places & stay) | (places & self._literal.get(character, 0)) << 1
            places = self._past_stars(places)
            if not places:
                return False
        return bool(places & self._end)

    def _past_stars(self, places: int) -> int:
        """Add the positions behind stars, which may match the empty text; stars are never adjacent."""
        return places | (places & (self._within | self._across)) << 1
