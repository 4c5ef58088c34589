"""Serves a mock beside the test: in its own thread, or in the running loop."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from threading import Event, Thread

from mockserver.app import Core, create_app
from mockserver.logs import Log
from mockserver.serving.server import Server as Sockets
from mockserver.settings import Settings


class ServingThread(Thread):
    """Serves from `begin` to `end`. The thread has its own loop because a test may block the loop that it runs in."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="infisical-mock", daemon=True)
        self._settings = settings
        self._core = _core(settings)
        self._settled = Event()
        self._failure: BaseException | None = None
        self._sockets: Sockets | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._over: asyncio.Event | None = None

    def begin(self) -> Sockets:
        """Start to serve, and return the server. Raises OSError if the port is taken, StartError for bad settings."""
        self.start()
        self._settled.wait()
        if self._failure is not None:
            self.join()
            raise self._failure
        assert self._sockets is not None
        return self._sockets

    def end(self) -> None:
        """Stop to serve: close every socket and join the thread."""
        assert self._loop is not None
        assert self._over is not None
        self._loop.call_soon_threadsafe(self._over.set)
        self.join()

    def run(self) -> None:
        """Serve until `end`."""
        try:
            asyncio.run(self._serve())
        except BaseException as error:  # `begin` raises it
            self._failure = error
        finally:
            self._settled.set()

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with _listening(self._core, self._settings) as self._sockets:
            self._settled.set()
            await self._over.wait()


def in_the_loop(settings: Settings) -> AbstractAsyncContextManager[Sockets]:
    """Serve in the running loop for the duration of an `async with` block, which yields the server."""
    return _listening(_core(settings), settings)


@asynccontextmanager
async def _listening(core: Core, settings: Settings) -> AsyncIterator[Sockets]:
    sockets = Sockets(create_app(mock=core), settings.host, settings.port)
    await sockets.start()
    try:
        yield sockets
    finally:
        await sockets.stop()


def _core(settings: Settings) -> Core:
    return Core(settings, log=Log(settings.log_level, settings.log_format, _Stderr()))  # type: ignore[arg-type]


class _Stderr:
    """The current stderr: test runners replace and close it."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()
