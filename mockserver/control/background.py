"""Runs long work without blocking the event loop for other requests."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from mockserver.clock import stopwatch
from mockserver.http.turns import in_thread

TURN_SECONDS = 0.005
"""How long work on one response may block the event loop."""
LARGE_STATE = 1000
"""Identities. A state with more is processed in a thread."""
LARGE_TEXT = 1024 * 1024  # characters; a longer text is parsed in a thread

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
_Arguments = ParamSpec("_Arguments")


def _never(_: object) -> bool:
    return False


async def each(
    make: Callable[[_Item], _Result], items: Iterable[_Item], in_thread: Callable[[_Item], bool] = _never
) -> list[_Result]:
    """Return `make(item)` for each item, yielding to other requests in between. The items must not change meanwhile.

    `in_thread` says for which items a single one takes long.
    """
    results: list[_Result] = []
    began = stopwatch()
    for item in items:
        results.append(await run(in_thread(item), make, item))
        if stopwatch() - began > TURN_SECONDS:
            await asyncio.sleep(0)
            began = stopwatch()
    return results


async def run(
    is_large: bool, work: Callable[_Arguments, _Result], *args: _Arguments.args, **more: _Arguments.kwargs
) -> _Result:
    """Return the result of `work`, run in a thread if it is large. `work` may read immutable values only."""
    return await in_thread(work, *args, **more) if is_large else work(*args, **more)
