"""Runs long work on the event loop in turns, between which other requests are answered."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TypeVar
from weakref import WeakKeyDictionary

from mockserver.clock import stopwatch
from mockserver.steps import Steps

TURN_SECONDS = 0.002
"""How long a turn lasts, but for the step that it ends with."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def in_turns(steps: Iterator[_Item]) -> AsyncIterator[_Item]:
    """Yield what the iterator yields. Of all work of this kind, one turn is taken between two turns of the loop."""
    lock = _locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())
    more = True
    while more:
        async with lock:
            await asyncio.sleep(0)
            made, more = _turn(steps)
        for each in made:
            yield each


def _turn(steps: Iterator[_Item]) -> tuple[list[_Item], bool]:
    """Return what the steps of one turn yield, and whether there may be more."""
    made = []
    until = stopwatch() + TURN_SECONDS
    for each in steps:
        made.append(each)
        if stopwatch() >= until:
            return made, True
    return made, False


async def result_of(steps: Steps[_Result]) -> _Result:
    """Return the result of the steps."""
    results: list[_Result] = []

    def noting() -> Iterator[None]:
        results.append((yield from steps))

    async for _ in in_turns(noting()):
        pass
    return results[0]


class Breaks:
    """Breaks in work that awaits often, but may never have to wait."""

    def __init__(self) -> None:
        self._until = stopwatch() + TURN_SECONDS

    async def after_turn(self) -> None:
        """Let others go on if a turn is over."""
        if stopwatch() >= self._until:
            await asyncio.sleep(0)
            self._until = stopwatch() + TURN_SECONDS
