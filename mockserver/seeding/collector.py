"""Keep the garbage collector away from what long fixtures make: it would go through all of it, in one go."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock


class _Pauses:
    """Who is at work, in whatever thread, and whether the collector was on before the first one began."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.open = 0
        self.was_on = False


_PAUSES = _Pauses()


@contextmanager
def paused(*, pauses: bool = True) -> Iterator[None]:
    """Collect no garbage meanwhile, and pass over everything that exists by the end for ever, unless `pauses` is false.

    Objects are freed as usual once nobody refers to them. Only cycles that are garbage by the end are never freed.
    """
    if not pauses:
        yield
        return
    with _PAUSES.lock:
        if not _PAUSES.open:
            _PAUSES.was_on = gc.isenabled()
            gc.disable()
        _PAUSES.open += 1
    try:
        yield
    finally:
        with _PAUSES.lock:
            gc.freeze()
            _PAUSES.open -= 1
            if not _PAUSES.open and _PAUSES.was_on:
                gc.enable()
