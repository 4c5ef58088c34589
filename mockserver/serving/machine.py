"""Watches the machine under the server: pauses of the process, and file descriptors that run out. It says so once."""

import asyncio
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from mockserver.logs import Log

PAUSE_SECONDS = 1.0
"""The process was paused if a timer is later than this: stopped by a signal, or by a machine that slept."""
WORD_SECONDS = 5.0
"""A shorter pause is not worth a line in the log."""
SILENCE_SECONDS = 60.0
"""Time between two lines about file descriptors."""
_MISSES = 2
"""Checks in a row that find none. Connections over the limit take some for a moment, before they are closed."""
_NO_FILES = (errno.EMFILE, errno.ENFILE)


def accept_quietly(loop: asyncio.AbstractEventLoop) -> None:
    """Keep asyncio from a traceback for each connection that it cannot accept: `check_files` says why."""
    if loop.get_exception_handler() is None:
        loop.set_exception_handler(_handle)


def _handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    if isinstance(error, OSError) and error.errno in _NO_FILES and "socket" in context:
        return
    # asyncio tries again after a second, also if the server has been closed meanwhile.
    if not (isinstance(error, ValueError) and "_start_serving" in context.get("message", "")):
        loop.default_exception_handler(context)


class Machine:
    """The machine as one server sees it. `paused` is called with the seconds of each pause."""

    def __init__(self, log: Log, paused: Callable[[float], None]) -> None:
        self._log, self._paused = log, paused
        self._lost = 0.0
        self._last: float | None = None
        self._spare: int | None = None
        self._misses = 0
        self._may_speak = 0.0

    def time_awake(self, now: float, interval: float) -> float:
        """Return `now` less all pauses, in seconds. It is to be called at that interval, or more often.

        A pause is no client's fault: what it sent meanwhile has not been read yet.
        """
        late = 0.0 if self._last is None else now - self._last - interval
        self._last = now
        if late > PAUSE_SECONDS:
            self._lost += late
            self._paused(late)
            if late > WORD_SECONDS:
                self._log.warning("the process was paused: timeouts do not count that time", seconds=round(late, 1))
        return now - self._lost

    def check_files(self, now: float) -> None:
        """Say that there are no file descriptors left, or that there are some again."""
        if self._spare is None:
            self._reserve()
        try:
            os.close(os.dup(0 if self._spare is None else self._spare))
        except OSError as error:
            if error.errno in _NO_FILES:
                self._misses += 1
                if self._misses == _MISSES:
                    self._say_out(now, error.errno)
            return
        was_out, self._misses = self._misses >= _MISSES, 0
        if was_out:
            self._log.info("file descriptors are free again: new connections are accepted")

    def close(self) -> None:
        """Give back the descriptor that is kept for the log."""
        if self._spare is not None:
            os.close(self._spare)
            self._spare = None

    def _reserve(self) -> None:
        with suppress(OSError):
            self._spare = os.open(os.devnull, os.O_RDONLY)

    def _say_out(self, now: float, number: int | None) -> None:
        if now < self._may_speak:
            return
        self._may_speak = now + SILENCE_SECONDS
        self.close()  # the first line of a log loads its library from files
        whose = "of this process (ulimit -n)" if number == errno.EMFILE else "of the system (fs.file-max)"
        self._log.warning("no file descriptors left: new connections are not served until some are free", limit=whose)
        self._reserve()
