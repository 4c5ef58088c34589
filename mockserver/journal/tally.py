"""Counts of all exchanges since the start, for metrics: neither evictions nor resets reduce them."""

from mockserver.journal.entry import Entry

BUCKETS = 24
"""Durations are counted in buckets whose bounds are powers of two."""
_PER_SECOND = 1 << 17
_LAST = BUCKETS - 1
_LONGEST = (1 << _LAST) / _PER_SECOND


def bound(bucket: int) -> float:
    """Return the upper bound of a bucket in seconds, from 7.6 µs on; the last bucket has none."""
    return (1 << bucket) / _PER_SECOND


class Tally:
    """Exchanges by operation, status, rule and bucket of their duration: how many, and their seconds together.

    `faults` counts the faults that fired, by kind.
    """

    __slots__ = ("exchanges", "faults")

    def __init__(self) -> None:
        self.exchanges: dict[tuple[str, int, str, int], list[float]] = {}
        self.faults: dict[str, int] = {}

    def add(self, entry: Entry) -> None:
        """Count a closed entry. This runs for every request: one look-up, and nothing else that takes time."""
        seconds = entry.seconds
        bucket = _LAST if seconds >= _LONGEST else int(seconds * _PER_SECOND).bit_length()
        key = (entry.operation, entry.status, entry.rule, bucket)
        found = self.exchanges.get(key)
        if found is None:
            self.exchanges[key] = [1, seconds]
        else:
            found[0] += 1
            found[1] += seconds
        if entry.fault:
            kind = entry.fault.rpartition(" ")[2]
            self.faults[kind] = self.faults.get(kind, 0) + 1
