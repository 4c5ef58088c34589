"""What a glob means, as a tree, and the walk that tells whether a name has that form.

The walk is an automaton's, so it takes time that grows with the product of the lengths: there are no hostile patterns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True, eq=False)
class OneOf:
    """One character in one of the ranges (both ends included); `negated`: in none of them."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def takes(self, character: str) -> bool:
        """Whether the character is one of those."""
        return any(low <= character <= high for low, high in self.ranges) != self.negated


@dataclass(frozen=True, slots=True, eq=False)
class InTurn:
    """Each of the items, one behind the other."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Either:
    """One of the options."""

    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Often:
    """The item at least once (`needed`) or not at all, and at most once unless `endless`."""

    item: Node
    needed: bool
    endless: bool


@dataclass(frozen=True, slots=True, eq=False)
class Unless:
    """Takes nothing, and holds where the item does not follow; `whole`: where it does not fill all that is left."""

    item: Node
    whole: bool


Node: TypeAlias = OneOf | InTurn | Either | Often | Unless


def literal(character: str) -> OneOf:
    """That character."""
    return OneOf(((character, character),))


NOTHING = InTurn(())
IN_SEGMENT = OneOf((("/", "/"),), negated=True)
STAR = Often(IN_SEGMENT, needed=False, endless=True)
NO_DOT = Unless(literal("."), whole=False)
NOT_AT_END = Unless(NOTHING, whole=True)


def fills(tree: Node, name: str) -> bool:
    """Whether the whole name has the form."""
    return _places(tree, name, whole=True)[0]


def _places(tree: Node, name: str, whole: bool) -> list[bool]:
    """For each place of the name, its end included, whether the form follows there (`whole`: up to the end)."""
    automaton = _Automaton(tree)
    guards = {guard: _places(guard.item, name, guard.whole) for guard in automaton.guards}
    found = [False] * (len(name) + 1)
    known: dict[tuple[frozenset[int], str, frozenset[Unless]], frozenset[int]] = {}
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
    """States joined by steps, which take a character, and by skips, which take none but may have a guard.

    It is walked from the end of a name to its start: every link is kept with the state that it leads to.
    """

    def __init__(self, tree: Node) -> None:
        self._steps: list[list[tuple[OneOf, int]]] = []
        self._skips: list[list[tuple[Unless | None, int]]] = []
        self.guards: set[Unless] = set()
        self.start, self._end = self._state(), self._state()
        self._join(tree, self.start, self._end)

    def before(
        self, states: frozenset[int], character: str, holding: frozenset[Unless], *, ends: bool
    ) -> frozenset[int]:
        """The states from which the character leads to one of those, and all that lead there without a character.

        `ends`: the form may end behind the character. Guards in `holding` let pass.
        """
        found = {start for state in states for one, start in self._steps[state] if one.takes(character)}
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

    def _skip(self, start: int, end: int, guard: Unless | None = None) -> None:
        self._skips[end].append((guard, start))

    def _join(self, tree: Node, start: int, end: int) -> None:
        match tree:
            case OneOf():
                self._steps[end].append((tree, start))
            case Unless():
                self.guards.add(tree)
                self._skip(start, end, tree)
            case InTurn(items):
                for item in items:
                    start = self._append(item, start)
                self._skip(start, end)
            case Either(options):
                for option in options:
                    self._join(option, start, end)
            case Often(item, needed, endless):
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
