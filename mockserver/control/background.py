"""Long answers, made so that other requests have their turn meanwhile."""

import asyncio
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

from mockserver.clock import stopwatch

TURN_SECONDS = 0.005
"""How long one answer is worked at before others have their turn."""
LARGE_STATE = 1000
"""From how many identities on a state is dealt with beside the loop."""
LARGE_TEXT = 1024 * 1024

_Item = TypeVar("_Item")
_Made = TypeVar("_Made")
_Given = ParamSpec("_Given")


async def each(make: Callable[[_Item], _Made], items: Iterable[_Item]) -> list[_Made]:
    """What `make` makes of each item. The items must not change meanwhile: others may be answered."""
    made: list[_Made] = []
    began = stopwatch()
    for item in items:
        made.append(make(item))
        if stopwatch() - began > TURN_SECONDS:
            await asyncio.sleep(0)
            began = stopwatch()
    return made


async def beside(is_large: bool, work: Callable[_Given, _Made], *args: _Given.args, **more: _Given.kwargs) -> _Made:
    """What `work` comes to, in a thread beside the loop if it is much work. It must only read what cannot change."""
    return await asyncio.to_thread(work, *args, **more) if is_large else work(*args, **more)
