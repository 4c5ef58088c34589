"""A server in the test's own loop, and what is left of its clients."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from io import StringIO
from pathlib import Path

from mockserver.app import Core
from mockserver.serving.server import Server
from tests.client import Wire
from tests.stress.connection import request_bytes

PATIENCE = 20
FILES = Path("/proc/self/fd")
LARGE = request_bytes("GET", "/openapi.yaml")


class Hosted:
    """A server in the test's own loop."""

    def __init__(self, server: Server, mock: Core, log: StringIO) -> None:
        self.server = server
        self.mock = mock
        self.log = log

    @asynccontextmanager
    async def wire(self, *, takes: bool = True) -> AsyncIterator[Wire]:
        """A connection, from which the client may take nothing, and which it leaves only when it is told to."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        if not takes:
            writer.transport.pause_reading()
        try:
            yield Wire(reader, writer)
        finally:
            writer.close()

    async def answers(self, wire: Wire, number: int = 1) -> list[int]:
        """The statuses of the next answers."""
        return [(await wire.answer("GET", PATIENCE)).status for _ in range(number)]


async def until(holds: Callable[[], bool]) -> None:
    """Waits until it holds; the test fails if it never does."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what is waited for knows of no event
            await asyncio.sleep(0.01)


def sockets() -> int:
    """The open sockets of this process."""
    found = 0
    for each in FILES.iterdir():
        with suppress(FileNotFoundError):
            found += str(each.readlink()).startswith("socket:")
    return found
