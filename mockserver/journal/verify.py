"""Verdicts on the requests of the journal: how many there were, in which order, and whether the critic is content."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.journal import critic
from mockserver.journal.entry import Entry
from mockserver.journal.matching import Matcher


class Count(NamedTuple):
    """How many there may be; `most` None is no bound."""

    least: int = 1
    most: int | None = None

    @property
    def says(self) -> str:
        """In words."""
        if self.most is None:
            return f"at least {self.least}"
        if self.least == self.most:
            return f"exactly {self.least}" if self.least else "no"
        return f"at most {self.most}" if not self.least else f"{self.least} to {self.most}"


class Verdict(NamedTuple):
    """Whether an expectation holds; if not, why. `looked_at` are the requests that it is about."""

    reason: str
    looked_at: Sequence[Entry]
    of: int
    closest: tuple[Entry, str] | None = None

    @property
    def holds(self) -> bool:
        """Whether there is nothing to say against it."""
        return not self.reason


def count_of(wanted: Any) -> Count:
    """The bounds that a number or an object with `atLeast` and `atMost` stands for."""
    if isinstance(wanted, Mapping):
        most = wanted.get("atMost")
        return Count(int(wanted.get("atLeast", 0)), None if most is None else int(most))
    return Count(int(wanted), int(wanted))


def counted(entries: Iterable[Entry], wanted: Matcher, count: Count, evicted: int) -> Verdict:
    """Whether as many of the entries match as there should be; `evicted` of those that should be looked at are gone."""
    every = list(entries)
    found = [entry for entry in every if wanted.accepts(entry)]
    one = 1 in (count.least, count.most) and count.least in (0, 1)
    expected = f"Expected {count.says} request{'' if one and count.most in (None, 1) else 's'} with {wanted.says}"
    has = f"{len(found)} of {len(every)} matched"
    if count.most is not None and len(found) > count.most:
        return Verdict(f"{expected}, and {has}: the last is {_named(found[-1])}.", found, len(every))
    if len(found) >= count.least:
        if count.most is None or not evicted:
            return Verdict("", found, len(every))
        return Verdict(f"{expected}, and {has}; {_gone(evicted)}.", found, len(every))
    closest = _closest(every, wanted)
    reason = f"{expected}, and {has}"
    if closest is not None:
        reason += f". Closest is {_named(closest[0])}: {closest[1]}"
    return Verdict(f"{reason}{f'; {_gone(evicted)}' if evicted else ''}.", found, len(every), closest)


def in_order(entries: Iterable[Entry], wanted: Sequence[Matcher], evicted: int) -> Verdict:
    """Whether there is a request for each matcher, one after the other; others may stand between."""
    every = list(entries)
    found: list[Entry] = []
    rest = iter(every)
    for index, each in enumerate(wanted):
        entry = next((entry for entry in rest if each.accepts(entry)), None)
        if entry is not None:
            found.append(entry)
            continue
        behind = every[every.index(found[-1]) + 1 :] if found else every
        closest = _closest(behind, each)
        after = f"after {_named(found[-1])} " if found else ""
        reason = f"Expected number {index + 1} of {len(wanted)} in order, {each.says}, and {after}none matched"
        if closest is not None:
            reason += f". Closest is {_named(closest[0])}: {closest[1]}"
        return Verdict(f"{reason}{f'; {_gone(evicted)}' if evicted else ''}.", found, len(every), closest)
    return Verdict("", found, len(every))


def _closest(entries: Sequence[Entry], wanted: Matcher) -> tuple[Entry, str] | None:
    """The entry for which most conditions hold, the latest of them, with the first difference."""
    best: tuple[float, Entry, str] | None = None
    for entry in entries:
        if wanted.accepts(entry):
            continue
        score, difference = wanted.difference(entry)
        if best is None or score >= best[0]:
            best = score, entry, difference
    return None if best is None else best[1:]


def _named(entry: Entry) -> str:
    return f"{entry.id} ({entry.operation or entry.method}, {entry.status} {entry.rule})"


def _gone(evicted: int) -> str:
    have = "request has" if evicted == 1 else "requests have"
    return f"up to {evicted} {have} been evicted from the journal (--journal-size), and may have matched"


def warned(entries: Iterable[Entry]) -> list[dict[str, str]]:
    """What the critic has to say about the entries: the request, the code and the reason of each warning."""
    return [{"request": entry.id, **each} for entry in entries for each in critic.warnings(entry)]
