"""`GET /_mock/events?changes=true`: told when there is something new, without a queue that could grow."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from mockserver.journal.subscribers import MAX_SUBSCRIBERS
from tests.client import Client


class Stream:
    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def event(self, seconds: float = 5) -> dict[str, Any] | None:
        """The data of the next event; None if none comes in time, or if the stream ends."""
        try:
            async with asyncio.timeout(seconds):
                async for line in self._response.content:
                    if line.startswith(b"data: "):
                        return json.loads(line[6:])
        except TimeoutError:
            return None
        return None


@asynccontextmanager
async def watching(server: Client, query: str = "") -> AsyncIterator[Stream]:
    timeout = aiohttp.ClientTimeout(total=60)
    url = f"{server.url}/_mock/events?changes=true{query}"
    async with aiohttp.ClientSession(timeout=timeout) as session, session.get(url) as response:
        assert response.status == 200
        await response.content.readline()
        yield Stream(response)


async def test_an_exchange_is_a_change(server: Client):
    async with watching(server) as stream:
        answer = await server.update({"allowedNames": "a"})
        assert await stream.event() == {"requests": 1, "newest": answer.headers["Mock-Request-Id"]}
        assert await stream.event(0.7) is None


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "/_mock/worlds/w/clock", {"now": "2027-01-01T00:00:00Z"}),
        ("POST", "/_mock/worlds/w/faults", {"kind": "status", "status": 500}),
        ("POST", "/_mock/worlds/w/snapshots", {"name": "a"}),
        ("POST", "/_mock/worlds/w/reset", None),
        ("DELETE", "/_mock/worlds/w", None),
        ("POST", "/_mock/worlds", {"id": "other"}),
        ("POST", "/_mock/reset", None),
    ],
)
async def test_what_changes_the_world_is_a_change(server: Client, method: str, path: str, body: Any):
    await server.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
    async with watching(server, "&world=w") as stream:
        await server.send(method, path, **({} if body is None else {"json": body}), token=None)
        assert await stream.event() is not None


async def test_many_exchanges_are_one_event(server: Client):
    async with watching(server) as stream:
        for _ in range(50):
            await server.update({"allowedNames": "a"})
        told = 0
        while told < 50:
            event = await stream.event()
            assert event is not None
            told += event["requests"]
        assert told == 50


async def test_streams_of_changes_count_for_the_limit_and_are_given_back(server: Client):
    subscribers = server.mock.journal.subscribers
    async with watching(server), watching(server):
        assert (subscribers.watching, subscribers.open) == (2, [])
        subscribers.watching += MAX_SUBSCRIBERS - 2
        assert (await server.get("/_mock/events?changes=true")).status == 429
        assert (await server.get("/_mock/events")).status == 429
        subscribers.watching -= MAX_SUBSCRIBERS - 2
    for _ in range(100):
        if not subscribers.watching:
            break
        await asyncio.sleep(0.05)
    assert subscribers.watching == 0


async def test_a_stream_ends_when_the_server_stops(server: Client):
    async with watching(server) as stream:
        server.mock.stop()
        assert await stream.event() is None


@pytest.mark.parametrize("query", ["changes=false", "changes=", "changes=true&status=200", "changes=true&x=1"])
async def test_other_values_are_refused(server: Client, query: str):
    assert (await server.get(f"/_mock/events?{query}")).status == 400
