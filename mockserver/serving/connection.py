"""One client: what its connection is at, since when, and how it is ended.

Nothing here looks at the clock while a request is answered. A connection only notes what it is at; once in a while the
limits looks at all of them in one go, and one that has been at it for too long is ended.
"""

import asyncio
import socket
import struct
import sys
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING, cast

from aiohttp import StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError, InvalidURLError, LineTooLong

from mockserver.api.request_rules import MALFORMED_HTTP

if TYPE_CHECKING:
    from mockserver.serving.connection_limits import ConnectionLimits

LINGER_SECONDS = 5
"""How long what is left of a body is read, and thrown away, once its request has been answered."""
HALF_CLOSED_SECONDS = 2.0
"""How long a client that has ended its side is waited with for an answer: nobody can tell it from one that has gone."""
_LOOK_SECONDS = 0.02
_NEVER = 366 * 86400.0
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class Phase(Enum):
    """What a connection is at."""

    IDLE = 0
    HEAD = 1
    REQUEST = 2
    REST = 3
    """Answered, before its body had come whole."""


class Connection(web.RequestHandler):
    """aiohttp's protocol, which answers in the vendor's words, and knows what it is at, and since when."""

    __slots__ = ("_body", "_crowd", "_ended", "_line", "_phase", "_since", "_taken", "is_guest")

    def __init__(self, limits: "ConnectionLimits", server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        settings = limits.settings
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]
            keepalive_timeout=_NEVER,  # aiohttp's own timer knows no head that has begun
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
            max_line_size=settings.max_header_size,
            max_field_size=settings.max_header_size,
            max_headers=settings.max_headers,
        )
        self._crowd = limits
        self._line: asyncio.Transport | None = None
        self._phase = Phase.IDLE
        self._since: float | None = None
        self._body: StreamReader | None = None
        self._ended = False
        self._taken: asyncio.Future[None] | None = None
        self.is_guest = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes the client in, as a guest if there are too many; beyond the guests, it is let go unheard."""
        self._line = line = cast(asyncio.Transport, transport)
        if not self._crowd.admit(self):
            line.abort()
            return
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Lets go of all that belongs to the client."""
        self._crowd.leave(self)
        self._line = None
        super().connection_lost(exc)
        if self._body is not None and self._phase is Phase.REST:
            self._body.feed_eof()
        if self._taken is not None and not self._taken.done():
            self._taken.set_exception(ConnectionResetError("the client has gone"))

    def data_received(self, data: bytes) -> None:
        """Bytes, which begin a head if nothing else is going on."""
        if self._phase is Phase.IDLE:
            self._phase, self._since = Phase.HEAD, None
        super().data_received(data)

    def begin(self, body: StreamReader) -> None:
        """A request has come, all but its body perhaps."""
        self._phase = Phase.REQUEST
        if not body.is_eof():
            self._body = body
            if self._ended:
                self._cut_short(body)

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """A request has been answered: aiohttp says so here, whether it has a log or not."""
        self._phase, self._since = Phase.IDLE, None
        if self._body is not None:
            if not self._body.is_eof():
                if self._ended:
                    self._body.feed_eof()
                else:
                    self._phase = Phase.REST
            if self._phase is Phase.IDLE:
                self._body = None

    def eof_received(self) -> bool:  # type: ignore[override]
        """The client will say no more, but may wait for what it has asked for: the connection is kept."""
        if not self._ended:
            self._ended = True
            if self._body is not None and not self._body.is_eof():
                self._cut_short(self._body)
            self._since = None
            loop = asyncio.get_running_loop()
            loop.call_later(_LOOK_SECONDS, self._see_out, loop, loop.time())
        return True

    def _cut_short(self, body: StreamReader) -> None:
        if self._phase is Phase.REST:
            body.feed_eof()
        else:
            body.set_exception(web.RequestPayloadError("the client ended it before its end"))

    def _see_out(self, loop: asyncio.AbstractEventLoop, until: float) -> None:
        """Closes once nothing has been under way between two looks; or when one answer takes too long."""
        if self._line is None or self._line.is_closing():
            return
        now = loop.time()
        if self._since is None:  # something has been answered, or has begun, since the last look
            self._since, until = now, now + HALF_CLOSED_SECONDS
        elif self._phase is not Phase.REQUEST or now >= until:
            self.force_close()
            return
        loop.call_later(_LOOK_SECONDS, self._see_out, loop, until)

    def pause_writing(self) -> None:
        """The client does not take what it is sent."""
        super().pause_writing()
        self._crowd.slow[self] = None
        self._crowd.special.add(self)

    def resume_writing(self) -> None:
        """It has taken it."""
        super().resume_writing()
        self._crowd.slow.pop(self, None)
        if not self.is_guest:
            self._crowd.special.discard(self)
        if self._taken is not None and not self._taken.done():
            self._taken.set_result(None)

    async def taken(self) -> None:
        """Waits until the client has taken what it was sent. ConnectionError if it goes instead."""
        self._taken = asyncio.get_running_loop().create_future()
        try:
            await self._taken
        finally:
            self._taken = None

    def look(self, now: float) -> None:
        """Ends what has gone on for too long; a client that has ended its side is seen out anyway."""
        line, settings = self._line, self._crowd.settings
        if line is None or self._ended or self._phase is Phase.REQUEST:
            return
        if self._since is None:
            self._since = now
            return
        seconds = now - self._since
        patience = settings.header_timeout if self._phase is Phase.HEAD else settings.idle_timeout
        if seconds < (min(patience, self._crowd.guest_seconds) if self.is_guest else patience):
            return
        if self._phase is Phase.HEAD and not line.is_closing():
            line.write(self._crowd.late_head())
        self._since = None
        self.force_close()

    def is_closing(self) -> bool:
        """Whether nothing more is read, and only what has been written may still go out."""
        return self._line is None or self._line.is_closing()

    def abort(self) -> None:
        """Ends the connection at once; what has not been sent is lost, for the system too, which would keep trying."""
        if self._line is not None:
            with suppress(OSError):
                self._line.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
            self._line.abort()

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Broken HTTP is the client's; anything else that gets here is a bug of ours."""
        if isinstance(exc, ConnectionError):
            raise exc  # the client has gone: there is nobody to answer
        if request.writer is not None and request.writer.output_size > 0:
            raise ConnectionError("part of an answer has been sent already")
        vendor = self._crowd.mock.vendor
        if exc is not None and not isinstance(exc, HttpProcessingError):
            return vendor.crashed(request, exc)
        return vendor.turned_away(MALFORMED_HTTP, self._reason(exc, message))

    def _reason(self, error: BaseException | None, message: str | None) -> str:
        """What is wrong with the bytes, without the bytes: the parser quotes them, and there may be a secret there."""
        settings = self._crowd.settings
        if isinstance(error, InvalidURLError):
            return "The request's target is no URL"
        if isinstance(error, LineTooLong):
            return f"The request line or a header is longer than {settings.max_header_size} bytes (--max-header-size)"
        if not message or not isinstance(error, HttpProcessingError):
            return "The request is not HTTP/1.1"
        if message.startswith("Too many headers"):
            return f"The request has more than {settings.max_headers} headers (--max-headers)"
        return message.splitlines()[0].partition(":")[0]
