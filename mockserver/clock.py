"""Time, ids and random numbers: the only module that reads the machine's clock or draws randomness."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Protocol


class Clock(Protocol):
    """A source of time."""

    def now(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""


class WallClock:
    """The machine's time."""

    def now(self) -> int:
        """Milliseconds since 1970, as the machine has it."""
        return time.time_ns() // 1_000_000


class WorldClock:
    """The clock of one world: it runs with the machine's clock, is frozen, or is advanced.

    `start` is the frozen time to begin with, in milliseconds since 1970; None lets it run, `offset` milliseconds ahead
    of the machine's time.
    """

    __slots__ = ("_first", "_frozen", "_machine", "_offset")

    def __init__(self, start: int | None = None, machine: Clock | None = None, offset: int = 0) -> None:
        self._machine = machine or WallClock()
        self._frozen, self._offset = self._first = start, offset

    @property
    def frozen(self) -> bool:
        """Whether the clock is frozen."""
        return self._frozen is not None

    def now(self) -> int:
        """Milliseconds since 1970, as this world has it."""
        return self._machine.now() + self._offset if self._frozen is None else self._frozen

    def freeze(self, now: int) -> None:
        """Freeze the clock at `now`, in milliseconds since 1970."""
        self._frozen = now

    def advance(self, milliseconds: int) -> None:
        """Advance the clock; a frozen clock stays frozen."""
        if self._frozen is None:
            self._offset += milliseconds
        else:
            self._frozen += milliseconds

    def run(self) -> None:
        """Let a frozen clock run from its present time."""
        if self._frozen is not None:
            self._offset, self._frozen = self._frozen - self._machine.now(), None

    def copy(self) -> "WorldClock":
        """Return a new clock with the same time, to which its `reset` returns."""
        return WorldClock(self._frozen, self._machine, self._offset)

    def reset(self) -> None:
        """Return to the initial time."""
        self._frozen, self._offset = self._first


LATEST = 253_402_300_799_999
"""The last millisecond of the year 9999: a later time has no ISO 8601 form."""


_VERSION_4 = 0x4000 << 64 | 0x8000 << 48
_ANY_UUID = ~(0xF000 << 64 | 0xC000 << 48)
"""The bits of a UUID that say neither its version nor its variant."""


class IdSource:
    """Random ids and client secrets; the same seed gives the same ones in the same order."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - of a mock, so repeatable is worth more than unguessable

    def request_id(self) -> str:
        """`req-` and 14 alphanumerics: the vendor's `reqId`."""
        return "req-" + self._random.getrandbits(56).to_bytes(7, "big").hex()

    def uuid(self) -> str:
        """A version 4 UUID in lower case."""
        digits = f"{self._random.getrandbits(128) & _ANY_UUID | _VERSION_4:032x}"  # the class takes twice as long
        return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"

    def client_secret(self) -> str:
        """32 random bytes as 64 hexadecimal characters. Of a mock: as guessable as its ids."""
        return f"{self._random.getrandbits(256):064x}"


class Chance:
    """A random sequence; the same seed gives the same one. With None, the machine draws a seed."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - of a mock, so repeatable is worth more than unguessable

    def hits(self, probability: float) -> bool:
        """True with that probability."""
        return self._random.random() < probability

    def between(self, least: float, most: float) -> float:
        """Any number of that range, each as likely."""
        return self._random.uniform(least, most)

    def seed(self) -> int:
        """A seed for others, below 2**32."""
        return self._random.getrandbits(32)


stopwatch: Callable[[], float] = time.perf_counter
"""Seconds of a steady counter, for durations only."""


def machine_seconds() -> int:
    """Whole seconds since 1970 as the machine has them: for what belongs to the connection, not to a world."""
    return int(time.time())


@lru_cache(maxsize=64)
def _iso_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).isoformat()[:19]


_FRACTIONS = tuple(f".{each:03d}Z" for each in range(1000))


@lru_cache(maxsize=1024)
def iso(milliseconds: int) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, the vendor's form of a time."""
    second = milliseconds // 1000
    return _iso_second(second) + _FRACTIONS[milliseconds - second * 1000]


_EPOCH, _MILLISECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(milliseconds=1)


def from_iso(text: str) -> int:
    """Milliseconds since 1970. Raises ValueError unless `text` is ISO 8601 with a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone, such as Z")
    return (moment - _EPOCH) // _MILLISECOND  # in whole numbers: a double loses some far from 1970
