"""The log: events with stable keys, as text or JSON, on one stream. Secrets are masked before they come here or here.

structlog takes a third of a start to import, so it is loaded with the first event.
"""

import logging
import sys
from contextlib import suppress
from threading import Lock
from typing import Any, TextIO

from mockserver import masking
from mockserver.errors import lacking
from mockserver.settings import LEVELS, Format, Level


class Log:
    """Events from `level` up. `shows_requests`: whether it logs requests; `shows_details`: what they carried, too."""

    def __init__(
        self, level: Level = "warning", form: Format = "text", stream: TextIO | None = None, *, color: bool = False
    ) -> None:
        self.shows_requests = LEVELS.index(level) <= LEVELS.index("info")
        self.shows_details = level == "debug"
        self._level = level
        self._form = form
        self._stream = stream
        self._color = color
        self._made: Any = None

    def request(self, **fields: Any) -> None:
        """Log a request to the vendor's API that has been answered."""
        self._logger.info("request", **fields)

    def control(self, **fields: Any) -> None:
        """Log a call of the control API that has been answered."""
        self._logger.info("control", **fields)

    def details(self, **fields: Any) -> None:
        """Log what an answered request carried, secrets masked."""
        self._logger.debug("details", **fields)

    def info(self, event: str, **fields: Any) -> None:
        """Something that went well."""
        if self.shows_requests:  # structlog would be loaded for a line that is not shown
            self._logger.info(event, **fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something a person should look at."""
        self._logger.warning(event, **fields)

    def broken_answer(self, request_id: str, operation: str, breaches: list[dict[str, str]]) -> None:
        """An answer of ours that breaks the contract: a bug of this mock."""
        self._logger.error("answer breaks the contract", request=request_id, operation=operation, breaches=breaches)

    def crashed(self, request_id: str, error: BaseException) -> None:
        """An exception while answering: a bug of this mock. The traceback goes to the log, never to the client.

        What the machine lacks is no bug, and has no traceback.
        """
        lacks = lacking(error)
        if lacks:
            self._logger.warning("a request failed", reason=lacks, request=request_id)
        else:
            self._logger.error("crashed", request=request_id, traceback=_traceback(error))

    @property
    def _logger(self) -> Any:
        if self._made is None:
            try:
                import structlog
            except (ImportError, OSError):  # there are no file descriptors left, and it has not been loaded yet
                return _NoLog()

            render: Any = structlog.processors.JSONRenderer()
            if self._form == "text":
                render = structlog.dev.ConsoleRenderer(0, colors=self._color)
            self._made = structlog.wrap_logger(
                _Lines(self._stream or sys.stdout),
                processors=[
                    structlog.processors.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    render,
                ],
                wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, self._level.upper())),
            )
        return self._made


class _NoLog:
    """Takes an event and writes nothing."""

    def _lose(self, event: str, **fields: Any) -> None:
        """Do nothing."""

    debug = info = warning = error = _lose


class _Lines:
    """The stream of the log. A line that cannot be written is counted: what it tells of goes on without it."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream
        self._lock = Lock()
        self._lost = 0

    def msg(self, line: str) -> None:
        """Write a line. That the log cannot be written is said on stderr, once until it can be again."""
        if self._stream is None:
            return
        with self._lock:
            try:
                self._stream.write(f"{line}\n")
                self._stream.flush()
            except OSError as error:
                self._lost += 1
                if self._lost == 1:
                    _complain(f"the log cannot be written: {error.strerror or error}: requests are answered without it")
                return
            if self._lost:
                _complain(f"the log can be written again: up to {self._lost} lines are missing")
                self._lost = 0

    debug = info = warning = error = msg


def _complain(text: str) -> None:
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def _traceback(error: BaseException) -> str:
    import traceback

    return masking.text("".join(traceback.format_exception(error)))
