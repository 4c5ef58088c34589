"""Servers in the loops of the tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from io import StringIO
from typing import Any

import pytest

from mockserver import Settings, create_app
from mockserver.app import Core
from mockserver.logs import Log
from mockserver.serving import aiohttp_internals, connection
from mockserver.serving.server import Server
from tests.stress.hosted import Hosted


@pytest.fixture(params=["directly", "by aiohttp"])
async def host(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Callable[..., Awaitable[Hosted]]]:
    """Starts servers: `await host(max_body=100)`; with each of the two ways to answer a request in turn."""
    if request.param == "by aiohttp":
        monkeypatch.setattr(aiohttp_internals, "UNKNOWN", ("RequestHandler._waiter",))
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.1)
    monkeypatch.setattr(connection, "HALF_CLOSED_SECONDS", 0.5)
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Hosted:
            made, log = Settings(port=0, **settings), StringIO()
            mock = Core(made, log=Log(stream=log))
            server = Server(create_app(mock=mock), made.host, made.port)
            await server.start()
            stack.push_async_callback(server.stop)
            return Hosted(server, mock, log)

        yield start
