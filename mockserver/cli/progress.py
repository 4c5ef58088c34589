"""Progress of what takes long, on stderr: a bar on a terminal, lines elsewhere, and nothing in the first second."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TextIO, TypeVar

from mockserver.clock import stopwatch

if TYPE_CHECKING:
    from mockserver.seeding.merge import Entry

T = TypeVar("T")
QUIET_SECONDS = 1.0
LINE_SECONDS = 5.0
"""Time between two lines where stderr is no terminal."""
BAR_SECONDS = 0.1
"""Time between two states of the bar on a terminal."""
LARGE_CHARACTERS = 4 * 1024 * 1024
"""A longer source is announced before it is read: the parser says nothing until it is done."""
_WIDTH = 30
_CLEAR = "\r\x1b[K"


def progress(
    items: Iterable[T], total: int, what: str, stream: TextIO | None = None, begun: float | None = None
) -> Iterator[T]:
    """Yield the items, and show how many of the `total` are done; `what` is the noun after the numbers.

    `begun` is when the work began; now by default.
    """
    out = sys.stderr if stream is None else stream
    is_terminal = out.isatty()
    pause = BAR_SECONDS if is_terminal else LINE_SECONDS
    begun = stopwatch() if begun is None else begun
    last = begun - pause
    shown = False
    try:
        for done, item in enumerate(items):
            now = stopwatch()
            if now - begun >= QUIET_SECONDS and now - last >= pause:
                last, shown = now, True
                out.write(_bar(done, total, what) if is_terminal else f"{done} of {total} {what}\n")
                out.flush()
            yield item
    finally:
        if shown and is_terminal:
            out.write(_CLEAR)  # the result stands in place of the bar
            out.flush()


class LoadProgress:
    """The progress of loading fixtures; the first second counts from its construction."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._out = sys.stderr if stream is None else stream
        self._begun = stopwatch()
        self._clear = ""

    def reading(self, name: str, characters: int) -> None:
        """Show that a large source is read next."""
        if characters < LARGE_CHARACTERS:
            return
        text = f"reading {name} ({characters / 1024 / 1024:.0f} MiB)"
        self._clear = _CLEAR if self._out.isatty() else ""
        self._out.write(f"{_CLEAR}{text}" if self._clear else f"{text}\n")
        self._out.flush()

    def identities(self, entries: Iterable[Entry], total: int) -> Iterable[Entry]:
        """Yield the entries, and show how many of them are done."""
        yield from progress(entries, total, "identities loaded", self._out, self._begun)
        self._out.write(self._clear)


def _bar(done: int, total: int, what: str) -> str:
    filled = _WIDTH * done // max(total, 1)
    return f"\r[{'#' * filled}{'.' * (_WIDTH - filled)}] {done} of {total} {what}\x1b[K"
