"""Progress of what takes long, on stderr: a bar on a terminal, lines elsewhere, and nothing in the first second."""

import sys
from collections.abc import Iterable, Iterator
from typing import TextIO, TypeVar

from mockserver.clock import stopwatch

T = TypeVar("T")
QUIET_SECONDS = 1.0
LINE_SECONDS = 5.0
"""Time between two lines where stderr is no terminal."""
_WIDTH = 30


def progress(items: Iterable[T], total: int, what: str, stream: TextIO | None = None) -> Iterator[T]:
    """Yield the items, and show how many of the `total` are done; `what` is the noun after the numbers."""
    out = sys.stderr if stream is None else stream
    is_terminal = out.isatty()
    begun = stopwatch()
    last = begun - LINE_SECONDS
    shown = False
    try:
        for done, item in enumerate(items):
            now = stopwatch()
            if now - begun >= QUIET_SECONDS and (is_terminal or now - last >= LINE_SECONDS):
                last, shown = now, True
                out.write(_bar(done, total, what) if is_terminal else f"{done} of {total} {what}\n")
                out.flush()
            yield item
    finally:
        if shown and is_terminal:
            out.write("\r\x1b[K")  # the result stands in place of the bar
            out.flush()


def _bar(done: int, total: int, what: str) -> str:
    filled = _WIDTH * done // max(total, 1)
    return f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {done} of {total} {what}\x1b[K"
