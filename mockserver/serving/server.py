"""The sockets: a mock served with limits of ours, until it is told to stop."""

import asyncio
import socket
import sys
from collections.abc import Awaitable

from aiohttp import web

from mockserver.api.request_rules import CROWDED
from mockserver.app import MOCK
from mockserver.control.api import is_control
from mockserver.control.resource import problem
from mockserver.serving.connection import Connection
from mockserver.serving.connection_limits import ConnectionLimits

STOP_SECONDS = 0.5
BACKLOG = 1024
ACCEPTED_AT_ONCE = 1 if sys.platform == "win32" else 16
"""uvloop takes one connection in each turn of its loop from each socket that it listens on. Under load turns are long,
and new clients would wait for seconds; so it is given the same socket several times.
"""


class Server:
    """A listening mock. `port` is the one it really listens on.

    It takes the mock out of the application: routing is the mock's own, so aiohttp's would only be passed through.
    """

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._mock = app[MOCK]
        self._host = host
        self.port = port
        self.limits = ConnectionLimits(self._mock)
        self._listening: list[asyncio.Server] = []
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """Where clients on this machine reach it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self._host, self._host)  # noqa: S104
        return (
            f"http://[{host}]:{self.port}" if ":" in host and not host.startswith("[") else f"http://{host}:{self.port}"
        )

    async def start(self) -> None:
        """Listens. Raises OSError if the address cannot be had."""
        loop = asyncio.get_running_loop()
        self._mock.vendor.delays.start()
        limits = self.limits
        server: web.Server = web.Server(self._answer, request_factory=limits.request)  # type: ignore[arg-type]
        self._runner = web.ServerRunner(server, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()

        def connection() -> Connection:
            return Connection(limits, server, loop)

        first = await loop.create_server(connection, self._host, self.port, backlog=BACKLOG)
        self._listening.append(first)
        self.port = first.sockets[0].getsockname()[1]
        for each in first.sockets:
            for _ in range(ACCEPTED_AT_ONCE - 1):
                again = socket.fromfd(each.fileno(), each.family, each.type)
                self._listening.append(await loop.create_server(connection, sock=again, backlog=BACKLOG))
        limits.start()

    async def stop(self) -> None:
        """Stops listening, ends delays, gives running requests half a second, and closes every connection."""
        self._mock.vendor.delays.stop()
        for each in self._listening:
            each.close()
        self._listening.clear()
        self._mock.stop()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.limits.stop(STOP_SECONDS / 2)

    def _answer(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        """The mock's answer, at once for everyone who takes what he is sent, and has a place."""
        if self.limits.special:
            return self._answer_to_some(request)
        return self._mock.answer(request)

    async def _answer_to_some(self, request: web.BaseRequest) -> web.StreamResponse:
        """The answer while there are clients that take nothing, or too many of them."""
        connection = request.protocol
        assert isinstance(connection, Connection)
        if connection in self.limits.slow:
            await connection.taken()
        if not connection.is_guest:
            return await self._mock.answer(request)
        target = request.raw_path
        if is_control(target, health_only=True):
            response = await self._mock.answer(request)
        else:
            response = self._no_room(request, is_control(target))
        response.force_close()
        return response

    def _no_room(self, request: web.BaseRequest, is_control: bool) -> web.StreamResponse:
        most = self._mock.settings.max_connections
        reason = f"There are {most} connections, as many as may be (--max-connections)"
        response: web.StreamResponse
        if is_control:
            response = problem(503, "TooManyConnections", reason)
        else:
            response = self._mock.vendor.turned_away(CROWDED, reason, request)
        response.headers["Retry-After"] = "1"
        return response
