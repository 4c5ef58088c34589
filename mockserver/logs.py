"""The log: events with stable keys, as text or JSON, on one stream. Secrets are masked before they come here or here.

structlog takes a third of a start to import, so it is loaded with the first event.
"""

import logging
import sys
from typing import Any, TextIO

from mockserver import masking
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
        self._logger.info(event, **fields)

    def warning(self, event: str, **fields: Any) -> None:
        """Something a person should look at."""
        self._logger.warning(event, **fields)

    def broken_answer(self, request_id: str, operation: str, breaches: list[dict[str, str]]) -> None:
        """An answer of ours that breaks the contract: a bug of this mock."""
        self._logger.error("answer breaks the contract", request=request_id, operation=operation, breaches=breaches)

    def crashed(self, request_id: str, error: BaseException) -> None:
        """An exception while answering: a bug of this mock. The traceback goes to the log, never to the client."""
        self._logger.error("crashed", request=request_id, traceback=_traceback(error))

    @property
    def _logger(self) -> Any:
        if self._made is None:
            import structlog

            render: Any = structlog.processors.JSONRenderer()
            if self._form == "text":
                render = structlog.dev.ConsoleRenderer(0, colors=self._color)
            self._made = structlog.wrap_logger(
                structlog.PrintLogger(self._stream or sys.stdout),
                processors=[
                    structlog.processors.add_log_level,
                    structlog.processors.TimeStamper(fmt="iso", utc=True),
                    render,
                ],
                wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, self._level.upper())),
            )
        return self._made


def _traceback(error: BaseException) -> str:
    import traceback

    return masking.text("".join(traceback.format_exception(error)))
