"""Keep the garbage collector away from what long work makes: it would go through all of it, in one go."""

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
def paused(*, pauses: bool = True, stays: bool = True) -> Iterator[None]:
    """Collect no garbage meanwhile, unless `pauses` is false. If what is made stays, it is passed over for ever.

    So is everything else that exists by the end. Objects are freed as usual once nobody refers to them. Only cycles
    that are garbage by then are never freed.
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
            if stays:
                gc.freeze()
            _PAUSES.open -= 1
            if not _PAUSES.open and _PAUSES.was_on:
                gc.enable()
