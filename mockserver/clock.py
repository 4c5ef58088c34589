"""Time, ids and chance: the only module that asks the machine for any of them. Everyone else is given a value."""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """Where a world's time comes from."""

    def now(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""


class WallClock:
    """The machine's time."""

    def now(self) -> int:
        """Milliseconds since 1970, as the machine has it."""
        return time.time_ns() // 1_000_000


class FrozenClock:
    """A time that stands still."""

    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> int:
        """Always the same millisecond."""
        return self._now


class IdSource:
    """Random ids and client secrets; the same seed gives the same ones in the same order."""

    def __init__(self, seed: int | None = None) -> None:
        self._random = random.Random(seed)  # noqa: S311 - of a mock, so repeatable is worth more than unguessable

    def request_id(self) -> str:
        """`req-` and 14 alphanumerics: the vendor's `reqId`."""
        return f"req-{self._random.getrandbits(56):014x}"

    def uuid(self) -> str:
        """A version 4 UUID in lower case."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def client_secret(self) -> str:
        """32 random bytes as 64 hexadecimal characters. Of a mock: as guessable as its ids."""
        return f"{self._random.getrandbits(256):064x}"


stopwatch: Callable[[], float] = time.perf_counter
"""Seconds of a steady counter, for durations only."""


@lru_cache(maxsize=64)
def _iso_second(second: int) -> str:
    return datetime.fromtimestamp(second, UTC).strftime("%Y-%m-%dT%H:%M:%S")


@lru_cache(maxsize=1024)
def iso(milliseconds: int) -> str:
    """ISO 8601 in UTC with milliseconds and `Z`, the vendor's form of a time."""
    second, rest = divmod(milliseconds, 1000)
    return f"{_iso_second(second)}.{rest:03d}Z"


def from_iso(text: str) -> int:
    """Milliseconds since 1970. Raises ValueError unless `text` is ISO 8601 with a zone."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone, such as Z")
    return (int(moment.timestamp()) * 1000) + moment.microsecond // 1000
