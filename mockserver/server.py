"""The sockets: a mock served with limits of ours, until it is told to stop."""

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError, InvalidURLError

from mockserver.app import MOCK, Core

IDLE_SECONDS = 15
"""How long a connection may say nothing, or hold back the rest of a request's head."""
LINGER_SECONDS = 5
STOP_SECONDS = 0.5


class VendorProtocol(web.RequestHandler):
    """aiohttp's protocol, with its last-resort answers in the vendor's envelope instead of plain text."""

    def __init__(self, mock: Core, server: web.Server, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(
            server,
            loop=loop,
            access_log=None,  # type: ignore[arg-type]
            keepalive_timeout=IDLE_SECONDS,
            lingering_time=LINGER_SECONDS,
            auto_decompress=False,
        )
        self._mock = mock

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
        vendor = self._mock.vendor
        if exc is not None and not isinstance(exc, HttpProcessingError):
            return vendor.crashed(request, exc)
        return vendor.malformed(request, _reason(exc, message))


def _reason(error: BaseException | None, message: str | None) -> str:
    """What is wrong with the bytes, without the bytes: the parser quotes them, and there may be a secret in them."""
    if isinstance(error, InvalidURLError):
        return "The request's target is no URL"
    if not message or not isinstance(error, HttpProcessingError):
        return "The request is not HTTP/1.1"
    return message.splitlines()[0].partition(":")[0]


class Server:
    """A listening mock. `port` is the one it really listens on.

    It takes the mock out of the application: routing is the mock's own, so aiohttp's would only be passed through.
    """

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._mock = app[MOCK]
        self._host = host
        self.port = port
        self._listening: asyncio.Server | None = None
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
        server: web.Server = web.Server(self._mock.answer)
        self._runner = web.ServerRunner(server, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        self._listening = await loop.create_server(
            lambda: VendorProtocol(self._mock, server, loop), self._host, self.port, backlog=1024
        )
        self.port = self._listening.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Stops listening, ends delays, gives running requests half a second, and closes every connection."""
        self._mock.vendor.delays.stop()
        if self._listening is not None:
            self._listening.close()
        self._mock.stop()
        if self._runner is not None:
            await self._runner.cleanup()
