"""The standard streams of a command, which may be closed, broken, or files on a full disk."""

import io
import os
import signal
import sys
from contextlib import suppress
from types import FrameType
from typing import NoReturn, TextIO

_UNWRITTEN = 1
_STREAMS = {0: "stdin", 1: "stdout", 2: "stderr"}


class _Stderr(io.TextIOWrapper):
    """The stderr of the process; what cannot be written is lost. A command must not fail for want of a word."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream.buffer, stream.encoding, "backslashreplace", write_through=True)
        self._stream = stream  # it would close the buffer when it is collected

    def write(self, text: str) -> int:
        """Write the text if possible."""
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        """Write what is left if possible."""
        with suppress(OSError):
            super().flush()


def prepare() -> None:
    """Open what is closed of the three streams to nowhere: a socket that got such a number would be written to."""
    for number, name in _STREAMS.items():
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest free number, so this one
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", encoding="utf-8", closefd=False))
    sys.stderr = _Stderr(sys.stderr)


def stop_at_signals() -> None:
    """End the process with 0 at SIGTERM or SIGINT until the server takes them: a large world takes a while to load."""
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, _stopped)


def _stopped(number: int, _: FrameType | None) -> NoReturn:
    print(f"stopped before the server was ready: {signal.Signals(number).name}", file=sys.stderr)
    leave(0)


def flush(code: str | int | None) -> None:
    """Write what is left for stdout. If that fails, end the command: with `code` if it has failed already."""
    try:
        sys.stdout.flush()
    except OSError as error:
        if code:
            leave(code if isinstance(code, int) else _UNWRITTEN)
        unwritten(error)


def unwritten(error: OSError) -> NoReturn:
    """End the command, as stdout cannot be written."""
    if not isinstance(error, BrokenPipeError):  # whoever read the output has enough of it
        print(f"cannot write to stdout: {error.strerror or error}", file=sys.stderr)
    leave(_UNWRITTEN)


def leave(code: int) -> NoReturn:
    """End the process at once: no thread is waited for, nothing is cleaned up."""
    for each in (sys.stdout, sys.stderr):
        try:
            each.flush()
        except OSError:
            continue
    os._exit(code)
