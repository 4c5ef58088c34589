"""Runs long work in turns, on the event loop or in a thread; between the turns other requests are answered."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import copy_context
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from mockserver.clock import stopwatch
from mockserver.pauses import TURN_SECONDS, Turns
from mockserver.steps import Steps

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Arguments = ParamSpec("_Arguments")
_locks: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def in_turns(steps: Iterator[_Item]) -> AsyncIterator[_Item]:
    """Yield what the iterator yields. Of all work of this kind, one turn is taken between two turns of the loop."""
    lock, more = _lock(), True
    while more:
        async with lock:
            await asyncio.sleep(0)
            made, more = _turn(steps)
        for each in made:
            yield each


def _lock() -> asyncio.Lock:
    """Return the lock that whoever takes a turn on this loop has."""
    return _locks.setdefault(asyncio.get_running_loop(), asyncio.Lock())


async def in_thread(work: Callable[_Arguments, _Result], *args: _Arguments.args, **more: _Arguments.kwargs) -> _Result:
    """Return the result of `work`, which a thread does. It takes turns with the loop as far as it makes pauses.

    Work for which nobody waits any more is abandoned.
    """
    turns, context = Turns(), copy_context()

    def done() -> _Result:
        with turns.taken():
            return context.run(work, *args, **more)

    result = asyncio.get_running_loop().run_in_executor(None, done)
    result.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # perhaps nobody else asks for it
    lock, waits = _lock(), False
    try:
        while not turns.is_over:
            async with lock:
                await asyncio.sleep(0)
                waits = turns.give()
            if not waits:
                await asyncio.sleep(TURN_SECONDS)
        return await result
    finally:
        turns.abandon()
        result.cancel()


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
