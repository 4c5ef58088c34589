"""Proxies before servers, and servers of bytes that are no HTTP."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from io import StringIO
from typing import Any

import aiohttp
import pytest

from mockserver.app import create_app
from mockserver.logs import Log
from mockserver.parity.proxy.core import Proxy, ProxyOptions
from mockserver.rules.profile import Profile
from mockserver.serving.server import Server
from mockserver.settings import Settings
from tests.client import Client
from tests.conftest import AS_OF

Proxied = Callable[..., Awaitable[Client]]


@pytest.fixture
async def proxied(log: StringIO) -> AsyncIterator[Proxied]:
    """Starts proxies: `await proxied(url, profile="live")`. They stop when the test ends."""
    async with AsyncExitStack() as stack:

        async def start(upstream: str, *, seconds: float = 5, **settings: Any) -> Client:
            profile = Profile(settings.pop("profile", Profile.CONTRACT))
            made = Settings(port=0, profile=profile, **{"as_of": AS_OF, **settings})
            proxy = Proxy(made, ProxyOptions(upstream, seconds), Log(made.log_level, made.log_format, log))
            server = Server(create_app(mock=proxy), made.host, made.port)
            await server.start()
            stack.push_async_callback(server.stop)
            session = await stack.enter_async_context(aiohttp.ClientSession(auto_decompress=False))
            return Client(session, server.url, proxy)

        yield start


Bytes = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def raw(serve: Bytes) -> AsyncIterator[str]:
    """A server that gives every connection to `serve`; yields its URL."""
    writers: set[asyncio.StreamWriter] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for each in writers:
            each.close()


def sending(content: bytes, *, then: float = 0) -> Bytes:
    """Read the head of one request and answer with these bytes; wait so many seconds before closing."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(content)
        await writer.drain()
        await asyncio.sleep(then)

    return serve
