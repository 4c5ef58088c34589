"""Verification of journal entries: their number, their order, and the critic's warnings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.clock import iso
from mockserver.journal import critic
from mockserver.journal.entry import Entry
from mockserver.journal.matching import Matcher


class Count(NamedTuple):
    """Bounds on a number of requests; `most` is None without an upper bound."""

    least: int = 1
    most: int | None = None

    @property
    def says(self) -> str:
        """The bounds in words."""
        if self.most is None:
            return f"at least {self.least}"
        if self.least == self.most:
            return f"exactly {self.least}" if self.least else "no"
        return f"at most {self.most}" if not self.least else f"{self.least} to {self.most}"


class Verdict(NamedTuple):
    """The result of a verification; `reason` is empty if it holds. `looked_at` are the requests it concerns."""

    reason: str
    looked_at: Sequence[Entry]
    of: int
    closest: tuple[Entry, str] | None = None

    @property
    def holds(self) -> bool:
        """Whether the expectation holds."""
        return not self.reason


def count_of(wanted: Any) -> Count:
    """Return the bounds given by a number or by an object with `atLeast` and `atMost`."""
    if isinstance(wanted, Mapping):
        most = wanted.get("atMost")
        return Count(int(wanted.get("atLeast", 0)), None if most is None else int(most))
    return Count(int(wanted), int(wanted))


def counted(entries: Iterable[Entry], wanted: Matcher, count: Count, evicted: int) -> Verdict:
    """Verify the number of matching entries. `evicted` is the number of entries that the journal no longer has."""
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


MINUTE = 60_000
"""Milliseconds of the span in which the requests of a rate are counted."""


def per_minute(entries: Iterable[Entry], wanted: Matcher, most: int, evicted: int) -> Verdict:
    """Verify that at most `most` matching entries lie in any 60 seconds of a world's clock.

    An entry 60 seconds after another is in another span. Worlds are counted apart, and so are the lives of a world.
    """
    every = list(entries)
    found = [entry for entry in every if wanted.accepts(entry)]
    by_life: dict[tuple[str, int], list[Entry]] = {}
    for entry in found:
        by_life.setdefault((entry.world, entry.life), []).append(entry)
    fullest = max(map(_fullest_minute, by_life.values()), key=len, default=[])
    expected = f"Expected at most {most} request{'' if most == 1 else 's'} in any 60 s with {wanted.says}"
    if len(fullest) > most:
        first, last = fullest[0], fullest[-1]
        place = f"from {iso(first.at)} on: the first is {_named(first)}, the last {_named(last)}"
        return Verdict(f"{expected}, and there are {len(fullest)} {place}.", found, len(every))
    reason = f"{expected}, and there are at most {len(fullest)}; {_gone(evicted)}." if evicted else ""
    return Verdict(reason, found, len(every))


def _fullest_minute(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries of the 60 seconds in which most of them lie, in the order of the clock."""
    by_time = sorted(entries, key=lambda entry: entry.at)
    start, best = 0, (0, 0)
    for end, entry in enumerate(by_time, 1):
        while entry.at - by_time[start].at >= MINUTE:
            start += 1
        best = max(best, (start, end), key=lambda span: span[1] - span[0])
    return by_time[slice(*best)]


def in_order(entries: Iterable[Entry], wanted: Sequence[Matcher], evicted: int) -> Verdict:
    """Verify that the entries match `wanted` in order; other entries may lie between."""
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
    """Return the latest entry that fulfils most conditions, with its first difference; None without entries."""
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
    """Return the critic's warnings about the entries, each with `request`, `code` and `reason`."""
    return [{"request": entry.id, **each} for entry in entries for each in critic.warnings(entry)]
