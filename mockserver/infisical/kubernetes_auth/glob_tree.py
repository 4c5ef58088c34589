"""The tree of a parsed glob, and an automaton that matches names against it.

Matching takes time proportional to the product of pattern and name length, so no pattern can cause exponential time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, eq=False)
class CharacterClass:
    """A character in one of the ranges, which include both ends; if `negated`, a character in none of them."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def matches(self, character: str) -> bool:
        """Whether the class contains the character."""
        return any(low <= character <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True, eq=False)
class Concatenation:
    """All items, one after another."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Alternatives:
    """Any one of the options."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Repeat:
    """The item repeated: at least once if `needed`, at most once unless `endless`."""

    item: Node
    needed: bool
    endless: bool


@dataclass(frozen=True, slots=True, eq=False)
class NegativeLookahead:
    """Matches the empty text where the item does not follow; if `whole`, where it does not match the whole rest."""

    item: Node
    whole: bool


Node: TypeAlias = CharacterClass | Concatenation | Alternatives | Repeat | NegativeLookahead


def literal(character: str) -> CharacterClass:
    """Return the class that contains only `character`."""
    return CharacterClass(((character, character),))


NOTHING = Concatenation(())
IN_SEGMENT = CharacterClass((("/", "/"),), negated=True)
STAR = Repeat(IN_SEGMENT, needed=False, endless=True)
NO_DOT = NegativeLookahead(literal("."), whole=False)
NOT_AT_END = NegativeLookahead(NOTHING, whole=True)


def full_match(tree: Node, name: str) -> bool:
    """Whether the tree matches the whole name."""
    return _match_positions(tree, name, whole=True)[0]


def _match_positions(tree: Node, name: str, whole: bool) -> list[bool]:
    """Return for each position, the end included, whether the tree matches there; if `whole`, up to the end."""
    automaton = _Automaton(tree)
    guards = {guard: _match_positions(guard.item, name, guard.whole) for guard in automaton.guards}
    found = [False] * (len(name) + 1)
    known: dict[tuple[frozenset[int], str, frozenset[NegativeLookahead]], frozenset[int]] = {}
    reached: frozenset[int] = frozenset()
    for place in range(len(name), -1, -1):
        character = name[place] if place < len(name) else ""
        key = reached, character, frozenset([guard for guard, places in guards.items() if not places[place]])
        if key not in known:
            known[key] = automaton.before(*key, ends=not whole or character == "")
        reached = known[key]
        found[place] = automaton.start in reached
    return found


class _Automaton:
    """A nondeterministic automaton. Steps consume a character; skips consume none and may have a lookahead as guard.

    Names are matched from end to start, so each transition is stored with its target state.
    """

    def __init__(self, tree: Node) -> None:
        self._steps: list[list[tuple[CharacterClass, int]]] = []
        self._skips: list[list[tuple[NegativeLookahead | None, int]]] = []
        self.guards: set[NegativeLookahead] = set()
        self.start, self._end = self._state(), self._state()
        self._join(tree, self.start, self._end)

    def before(
        self, states: frozenset[int], character: str, holding: frozenset[NegativeLookahead], *, ends: bool
    ) -> frozenset[int]:
        """Return the states that reach `states` by consuming `character`, and all that reach those by skips.

        If `ends`, the match may end after the character. Skips with a guard count only if the guard is in `holding`.
        """
        found = {start for state in states for one, start in self._steps[state] if one.matches(character)}
        if ends:
            found.add(self._end)
        waiting = list(found)
        while waiting:
            for guard, start in self._skips[waiting.pop()]:
                if start not in found and (guard is None or guard in holding):
                    found.add(start)
                    waiting.append(start)
        return frozenset(found)

    def _state(self) -> int:
        self._steps.append([])
        self._skips.append([])
        return len(self._steps) - 1

    def _skip(self, start: int, end: int, guard: NegativeLookahead | None = None) -> None:
        self._skips[end].append((guard, start))

    def _join(self, tree: Node, start: int, end: int) -> None:
        match tree:
            case CharacterClass():
                self._steps[end].append((tree, start))
            case NegativeLookahead():
                self.guards.add(tree)
                self._skip(start, end, tree)
            case Concatenation(items):
                for item in items:
                    start = self._append(item, start)
                self._skip(start, end)
            case Alternatives(options):
                for option in options:
                    self._join(option, start, end)
            case Repeat(item, needed, endless):
                first, last = self._state(), self._state()
                self._skip(start, first)
                self._join(item, first, last)
                self._skip(last, end)
                if not needed:
                    self._skip(start, end)
                if endless:
                    self._skip(last, first)

    def _append(self, tree: Node, start: int) -> int:
        end = self._state()
        self._join(tree, start, end)
        return end
