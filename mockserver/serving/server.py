"""The server: listens, hands requests to the mock within its limits, and stops gracefully."""

import asyncio
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter

from mockserver.api.request_rules import CROWDED
from mockserver.app import MOCK
from mockserver.control.api import is_control
from mockserver.control.resource import problem
from mockserver.errors import SettingsError
from mockserver.serving.aiohttp_internals import UNKNOWN
from mockserver.serving.connection import Connection
from mockserver.serving.connection_limits import ConnectionLimits
from mockserver.serving.machine import Machine, accept_quietly
from mockserver.serving.malformed_http import PLAIN_HTTP, VERSIONS, malformed
from mockserver.serving.tls import tls_of, write_authority
from mockserver.serving.tls_listener import TlsListener
from mockserver.settings import ANY_ADDRESS

STOP_SECONDS = 0.5
"""aiohttp waits for half of it, ends the bodies that still arrive, waits again, and cancels the handlers."""
BACKLOG = 1024
ACCEPTED_AT_ONCE = 16
"""uvloop accepts one connection in each turn of its loop from each listening socket. Under load turns are long, and new
clients would wait for seconds; so it is given the same socket several times. asyncio accepts as many as there are.
"""
_CAN_PEEK = sys.platform != "win32"
"""Whether the event loop watches sockets that are not its own: the one of Windows does not."""


def url_of(scheme: str, host: str, port: int) -> str:
    """Return the base URL for clients on this machine of a server that listens on `host`."""
    host = ANY_ADDRESS.get(host, host)
    named = f"[{host}]" if ":" in host and not host.startswith("[") else host
    return f"{scheme}://{named}:{port}"


class Server:
    """A listening mock. `port` is the one that it listens on. Raises SettingsError if its settings of TLS do not hold.

    It takes the mock out of the application: the mock has a router of its own, and aiohttp's would only add to it.
    """

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._mock = app[MOCK]
        self._host = host
        self.port = port
        self.tls = tls_of(self._mock.settings)
        self.limits = ConnectionLimits(self._mock.settings, Machine(self._mock.log, self._mock.worlds.paused))
        self._listening: list[asyncio.Server | TlsListener] = []
        self._server: web.Server | None = None
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """The base URL for clients on this machine."""
        return url_of("http" if self.tls is None else "https", self._host, self.port)

    def _name(self) -> str:
        """Return host and port, with the machine's name if the server listens on all of its addresses."""
        host = socket.gethostname() if self._host in ("", *ANY_ADDRESS) else self._host
        return f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"

    async def start(self) -> None:
        """Listen. Raises OSError if the address is not available, SettingsError if `tls_ca_file` cannot be written."""
        loop = asyncio.get_running_loop()
        if UNKNOWN:
            self._mock.log.warning("requests are answered more slowly", reason=f"aiohttp without {', '.join(UNKNOWN)}")
        self._mock.vendor.delays.start()
        mock, limits = self._mock, self.limits
        self._server = server = web.Server(self._answer, request_factory=_request)  # type: ignore[arg-type]
        self._runner = web.ServerRunner(server, shutdown_timeout=STOP_SECONDS / 2)
        await self._runner.setup()

        def connection() -> Connection:
            return self._connection(server, loop)

        peeks = self.tls is not None and _CAN_PEEK
        context = None if self.tls is None or peeks else self.tls.context
        first = await self._bind(loop, connection, backlog=BACKLOG, ssl=context, start_serving=not peeks)
        self.port = first.sockets[0].getsockname()[1]
        mock.worlds.server = self._name()
        mock.worlds.notice_pause = limits.notice_pause
        if peeks:
            self._listening.append(self._tls_listener(connection, first))
        else:
            self._listening.append(first)
            for each in first.sockets:
                for _ in range(ACCEPTED_AT_ONCE - 1 if "uvloop" in type(loop).__module__ else 0):
                    again = socket.fromfd(each.fileno(), each.family, each.type)
                    self._listening.append(
                        await loop.create_server(connection, sock=again, backlog=BACKLOG, ssl=context)
                    )
        limits.start()
        accept_quietly(loop)
        await mock.open()
        try:
            write_authority(self.tls, mock.settings.tls_ca_file)
        except SettingsError:
            await self.stop()
            raise

    def _connection(self, server: web.Server, loop: asyncio.AbstractEventLoop) -> Connection:
        """Return the protocol of a new connection."""
        return Connection(self._mock, self.limits, server, loop)

    async def _bind(
        self, loop: asyncio.AbstractEventLoop, connection: Callable[[], Connection], **options: Any
    ) -> asyncio.Server:
        """Listen at the address. Raises OSError if it is not available."""
        return await loop.create_server(connection, self._host, self.port, **options)

    def _tls_listener(self, connection: Callable[[], Connection], bound: asyncio.Server) -> TlsListener:
        """Return a listener on the sockets of a server that has not begun to listen; it takes its place."""
        assert self.tls is not None
        sockets = [socket.fromfd(each.fileno(), each.family, each.type) for each in bound.sockets]
        bound.close()
        for each in sockets:
            each.listen(BACKLOG)
            each.setblocking(False)
        settings, vendor = self._mock.settings, self._mock.vendor

        def rejection() -> bytes:
            response = malformed(vendor, PLAIN_HTTP)
            response.force_close()
            return response.head() + response.body

        listener = TlsListener(
            connection,
            self.tls.context,
            rejection,
            handshake_seconds=settings.header_timeout,
            shutdown_seconds=settings.write_timeout,
            most=settings.max_connections,
        )
        listener.listen(sockets)
        return listener

    async def stop(self) -> None:
        """Stop listening, end delays, give requests in progress half a second, and close every connection."""
        self._mock.vendor.delays.stop()
        for each in self._listening:
            each.close()
        self._listening.clear()
        self._mock.stop()
        if self._runner is not None:
            with suppress(TimeoutError):  # a handler may wait for a thread, which cannot be ended
                async with asyncio.timeout(STOP_SECONDS + 0.1):
                    await self._runner.cleanup()
        await self._mock.close()
        await self.limits.stop(STOP_SECONDS / 2)

    def _answer(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        """Return the response to a request that aiohttp handles."""
        connection = request.protocol
        assert isinstance(connection, Connection)
        begun = connection.take_begun()
        if begun is not None:
            return begun
        if request.version not in VERSIONS:
            return answered(malformed(self._mock.vendor))
        return self._answer_restricted(request, connection) if self.limits.restricted else self._mock.answer(request)

    async def _answer_restricted(self, request: web.BaseRequest, connection: Connection) -> web.StreamResponse:
        """Return the response while there are slow readers or connections over the limit."""
        if connection in self.limits.slow:
            await connection.drained()
        if not connection.is_over_limit:
            return await self._mock.answer(request)
        target = request.raw_path
        if is_control(target, health_only=True):
            response = await self._mock.answer(request)
        else:
            response = self._over_limit(request, is_control(target))
        response.force_close()
        return response

    def _over_limit(self, request: web.BaseRequest, is_control: bool) -> web.StreamResponse:
        most = self._mock.settings.max_connections
        reason = f"There are {most} connections, as many as may be (--max-connections)"
        response: web.StreamResponse
        if is_control:
            response = problem(503, "TooManyConnections", reason)
        else:
            response = self._mock.vendor.rejected(CROWDED, reason, request)
        response.headers["Retry-After"] = "1"
        return response


async def answered(response: web.StreamResponse) -> web.StreamResponse:
    """Return the response, for whoever awaits one."""
    return response


def _request(
    message: Any, payload: StreamReader, protocol: Connection, writer: AbstractStreamWriter, task: "asyncio.Task[None]"
) -> web.BaseRequest:
    """Return the request of which aiohttp has parsed the head."""
    return protocol.request_of(message, payload, writer, task)
