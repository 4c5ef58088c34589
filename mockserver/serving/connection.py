"""A client connection: answers its requests, tracks its phase and enforces timeouts.

No request reads the clock for this. A connection only notes its phase; the limits check all connections about once a
second, and close one whose phase has lasted for too long.
"""

import asyncio
import socket
import struct
import sys
from contextlib import suppress
from typing import cast

from aiohttp import HttpVersion11, StreamReader, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import RawRequestMessage
from aiohttp.http_exceptions import HttpProcessingError

from mockserver.api.exchange_response import ExchangeResponse
from mockserver.api.request_rules import SLOW_HEAD
from mockserver.app import Core
from mockserver.http.response import BytesResponse
from mockserver.serving.aiohttp_internals import Begun, DirectHandler, DirectRequest, Runner, runner
from mockserver.serving.connection_limits import ConnectionLimits, Phase
from mockserver.serving.machine import PAUSE_SECONDS
from mockserver.serving.malformed_http import VERSIONS, malformed, reason_of
from mockserver.serving.no_response import NoResponse, forget_frames

LINGER_SECONDS = 5
"""How long the rest of a body is read, and discarded, once its request has been answered."""
HALF_CLOSED_SECONDS = 2.0
"""How long a response may take once the client has closed its side: it looks the same as one that is gone."""
_CHECK_SECONDS = 0.02
_NEVER = 366 * 86400.0
_NO_LINGER = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)
_IDLE, _HEAD = Phase.IDLE, Phase.HEAD
_receive = DirectHandler.data_received


class Connection(DirectHandler):
    """One client connection: aiohttp's protocol with the vendor's error responses, phases and timeouts.

    A request that needs no waiting is answered as soon as its last byte is parsed; aiohttp's task handles the others.
    """

    __slots__ = (
        "_begun",
        "_body",
        "_drained",
        "_half_closed",
        "_limits",
        "_mock",
        "_open_transport",
        "_phase",
        "_runs",
        "_since",
        "is_over_limit",
        "kept",
    )

    def __init__(
        self, mock: Core, limits: ConnectionLimits, server: web.Server, loop: asyncio.AbstractEventLoop
    ) -> None:
        settings = limits.settings
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]
            keepalive_timeout=_NEVER,  # aiohttp's own timer does not see an unfinished head
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
            max_line_size=settings.max_header_size,
            max_field_size=settings.max_header_size,
            max_headers=settings.max_headers,
        )
        self._mock, self._limits = mock, limits
        self._open_transport: asyncio.Transport | None = None  # aiohttp forgets its own while data is still sent
        self._phase = Phase.IDLE
        self._since: float | None = None
        self._body: StreamReader | None = None
        self._begun: tuple[DirectRequest, Begun] | None = None
        self._runs: Runner | None = None
        self._half_closed = self.is_over_limit = False
        self._drained: asyncio.Future[None] | None = None
        self.kept = limits.kept

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection; beyond the limit and the few that are told so, close it."""
        self._open_transport = opened = cast(asyncio.Transport, transport)
        if not self._limits.add(self):
            opened.abort()
            return
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Release everything that belongs to the client."""
        self._limits.remove(self)
        self._open_transport = None
        super().connection_lost(exc)
        if self._body is not None and self._phase is Phase.LINGERING:
            self._body.feed_eof()
        self._body = self._begun = None  # they refer to the connection
        if self._drained is not None and not self._drained.done():
            self._drained.set_exception(ConnectionResetError("the client is gone"))

    def data_received(self, data: bytes) -> None:
        """Parse the data; if nothing else is in progress, a head begins with it."""
        if self._phase is _IDLE:
            self._phase, self._since = _HEAD, None
        _receive(self, data)

    def answer_directly(self, message: RawRequestMessage, payload: StreamReader) -> bool:
        """Answer a whole request of the vendor API now, unless the client is restricted, or the answer has to wait."""
        limits = self._limits
        limit = limits.max_body
        if message.version is not HttpVersion11 and message.version not in VERSIONS:
            self._send(DirectRequest(message, payload, self, limit), malformed(self._mock.vendor))
            return True
        restricted = limits.restricted
        if (restricted and self in restricted) or payload.total_bytes > limit or payload.exception() is not None:
            return False
        request = DirectRequest(message, payload, self, limit)
        response: web.StreamResponse
        runs = self._runs = self._runs or runner()
        try:
            answer = self._mock.vendor_answer(request)
            if answer is None:
                return False
            found = runs.send(answer)
            if type(found) is not tuple:
                self._runs, self._begun = None, (request, Begun(runs, found))
                return False
            response = found[0]
        except ConnectionError:
            self._runs = None
            self.force_close()
            return True
        except Exception as error:
            self._runs = None
            response = self.handle_error(request, exc=error)
        self._send(request, response)
        self._phase, self._since = _IDLE, None
        return True

    def _send(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        """Write a whole response. Any other has been written already, and ends the connection."""
        if type(response) is not ExchangeResponse and not isinstance(response, BytesResponse):
            self.force_close()
            return
        content, transport = response.content_for(request, self.kept), self.transport
        if transport is not None and not transport.is_closing():
            transport.write(content)
        if not response.keep_alive:
            self.force_close()

    def take_begun(self) -> Begun | None:
        """Return the answer that waits outside of a task, once; None if there is none."""
        begun, self._begun = self._begun, None
        return None if begun is None else begun[1]

    def request_of(
        self,
        message: RawRequestMessage,
        payload: StreamReader,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        """Return the request that aiohttp handles: a new one, or the one whose answer has begun to wait."""
        self.request_begins(payload)
        if self._begun is not None:
            request = self._begun[0]
            request.proceed_with(writer, task)
            return request
        limit = self._limits.settings.max_body
        return web.BaseRequest(message, payload, self, writer, task, self._loop, client_max_size=limit)

    def request_begins(self, body: StreamReader) -> None:
        """Note that a request is being handled, of which the body may still arrive."""
        self._phase = Phase.REQUEST
        if not body.is_eof():
            self._body = body
            if self._half_closed:
                self._cut_short(body)

    def log_access(self, request: web.BaseRequest, response: web.StreamResponse, time: float | None) -> None:
        """Note that a request has been answered: aiohttp calls this whether it has a log or not."""
        self._phase, self._since = Phase.IDLE, None
        if self._body is not None:
            if not self._body.is_eof():
                if self._half_closed:
                    self._body.feed_eof()
                else:
                    self._phase = Phase.LINGERING
            if self._phase is Phase.IDLE:
                self._body = None

    def eof_received(self) -> bool:  # type: ignore[override]
        """Keep the connection: the client sends nothing more, but may wait for its responses. TLS always ends both."""
        if not self._half_closed:
            self._half_closed = True
            if self._body is not None and not self._body.is_eof():
                self._cut_short(self._body)
            self._since = None
            loop = asyncio.get_running_loop()
            loop.call_later(_CHECK_SECONDS, self._close_when_idle, loop, loop.time(), loop.time())
        return not self._limits.settings.serves_tls  # asyncio logs a warning if a connection over TLS is to be kept

    def _cut_short(self, body: StreamReader) -> None:
        if self._phase is Phase.LINGERING:
            body.feed_eof()
        else:
            body.set_exception(web.RequestPayloadError("the client ended it before its end"))

    def _close_when_idle(self, loop: asyncio.AbstractEventLoop, until: float, last: float) -> None:
        """Close once no request was in progress since the `last` check, or when one response takes too long."""
        if self.is_closing():
            return
        now = loop.time()
        until += now - last if now - last > PAUSE_SECONDS else 0
        if self._since is None:  # a request has begun or ended since the last check
            self._since, until = now, now + HALF_CLOSED_SECONDS
        elif (self._phase is not Phase.REQUEST and not self.has_queued_requests) or now >= until:
            self.force_close()
            return
        loop.call_later(_CHECK_SECONDS, self._close_when_idle, loop, until, now)

    def pause_writing(self) -> None:
        """Note that the client does not read."""
        super().pause_writing()
        self._limits.slow[self] = None
        self._limits.restricted.add(self)

    def resume_writing(self) -> None:
        """Note that the client reads again."""
        super().resume_writing()
        self._limits.slow.pop(self, None)
        if not self.is_over_limit:
            self._limits.restricted.discard(self)
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    async def drained(self) -> None:
        """Wait until the client has read what was sent. Raises ConnectionError if the connection ends instead."""
        self._drained = asyncio.get_running_loop().create_future()
        try:
            await self._drained
        finally:
            self._drained = None

    def check_timeout(self, now: float) -> None:
        """Close the connection if its phase has lasted for too long; a half-closed one has a timer of its own."""
        transport, settings = self._open_transport, self._limits.settings
        if transport is None or self._half_closed or self._phase is Phase.REQUEST:
            return
        if self._since is None:
            self._since = now
            return
        timeout = settings.header_timeout if self._phase is Phase.HEAD else settings.idle_timeout
        if self.is_over_limit:
            timeout = min(timeout, self._limits.over_limit_seconds)
        if now - self._since < timeout:
            return
        if self._phase is Phase.HEAD and not transport.is_closing():
            transport.write(self._head_timeout())
        self._since = None
        self.force_close()

    def _head_timeout(self) -> bytes:
        """Return the whole response to a head that has not arrived in time."""
        seconds = self._limits.settings.header_timeout
        reason = f"The request line and the headers did not come within {seconds:g} seconds (--header-timeout)"
        response = self._mock.vendor.rejected(SLOW_HEAD, reason)
        return response.head() + response.body

    def is_closing(self) -> bool:
        """Return whether nothing more is read, and only buffered data may still be sent."""
        return self._open_transport is None or self._open_transport.is_closing()

    def abort(self) -> None:
        """Close the connection at once; unsent data is lost, in the system's buffers too, which would keep trying."""
        if self._open_transport is not None:
            with suppress(OSError):
                self._open_transport.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER
                )
            self._open_transport.abort()

    def handle_error(
        self, request: web.BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> web.StreamResponse:
        """Return the response to malformed HTTP; any other error that gets here is a bug of this mock."""
        if isinstance(exc, ConnectionError) or (request.writer is not None and request.writer.output_size > 0):
            forget_frames(exc)
            return NoResponse()
        if exc is not None and not isinstance(exc, HttpProcessingError):
            return self._mock.vendor.failed(request, exc)
        forget_frames(exc)
        return malformed(self._mock.vendor, reason_of(exc, message, self._limits.settings))
