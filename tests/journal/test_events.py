"""`GET /_mock/events`: the journal as it grows; `GET /_mock/requests.har`: as browsers read it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest

from mockserver import Settings, create_app
from mockserver.app import Core
from mockserver.journal import subscribers
from mockserver.journal.entry import Entry
from mockserver.serving.server import Server
from tests.client import BARE, IDENTITIES, PAYMENTS, Client
from tests.conftest import Serve

PATH = "/_mock/events"


class Stream:
    """Events, one after the other; comments are passed over unless asked for."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self.response = response

    async def block(self) -> str:
        async with asyncio.timeout(10):
            return (await self.response.content.readuntil(b"\n\n")).decode()

    async def event(self) -> tuple[str, dict, str]:
        while (block := await self.block()).startswith(":"):
            pass
        fields = dict(line.split(": ", 1) for line in block.strip().splitlines())
        return fields["event"], json.loads(fields["data"]), fields.get("id", "")


@asynccontextmanager
async def listening(client: Client, query: str = "") -> AsyncIterator[Stream]:
    async with aiohttp.ClientSession() as session, session.get(client.url + PATH + query) as response:
        assert response.status == 200
        assert response.headers["Content-Type"] == "text/event-stream"
        stream = Stream(response)
        assert (await stream.block()).startswith(":")
        yield stream


async def test_each_exchange_is_an_event_with_its_line(server: Client):
    async with listening(server) as stream:
        answer = await server.update({"allowedNames": "a"})
        name, line, marked = await stream.event()
    assert (name, marked) == ("request", answer.headers["Mock-Request-Id"])
    assert line == (await server.get("/_mock/requests")).json["requests"][0]


async def test_filters_choose(server: Client):
    await server.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
    async with (
        listening(server, "?world=w") as of_world,
        listening(server, "?operation=getKubernetesAuth") as of_operation,
    ):
        await server.update({"allowedNames": "a"})
        await server.send("GET", IDENTITIES + PAYMENTS)
        await server.send("PATCH", f"/w/w{IDENTITIES}{PAYMENTS}", {})
        assert (await of_world.event())[1]["world"] == "w"
        assert (await of_operation.event())[1]["operation"] == "getKubernetesAuth"
    answer = await server.get(f"{PATH}?status=200")
    assert (answer.status, answer.error) == (400, "BadQuery")


async def test_a_slow_reader_is_told_how_many_it_has_missed():
    slow = subscribers.Subscriber(lambda _: True, size=3)
    for number in range(10):
        slow.offer(Entry(f"req-{number}", 0, "GET", "/", b"[]"))
    missed, entries = await slow.fetch(1)
    assert (missed, [each.id for each in entries]) == (7, ["req-7", "req-8", "req-9"])
    assert await slow.fetch(0.01) == (0, [])


async def test_the_event_of_what_was_missed(server: Client, monkeypatch: pytest.MonkeyPatch):
    async with listening(server) as stream:
        (listener,) = server.mock.journal.subscribers.open
        listener._missed = 5
        await server.update({"allowedNames": "a"})
        assert await stream.event() == ("missed", {"missed": 5}, "")
        assert (await stream.event())[0] == "request"


async def test_a_silent_stream_has_a_heartbeat(server: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mockserver.control.events.HEARTBEAT_SECONDS", 0.05)
    monkeypatch.setattr("mockserver.control.events._LOOK_SECONDS", 0.02)
    async with listening(server) as stream:
        assert await stream.block() == ": still here\n\n"


async def test_streams_are_bounded_and_a_client_that_goes_makes_room(server: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mockserver.control.events._LOOK_SECONDS", 0.02)
    monkeypatch.setattr(subscribers, "MAX_SUBSCRIBERS", 1)
    async with listening(server):
        answer = await server.get(PATH)
        assert (answer.status, answer.error) == (429, "TooManyStreams")
    async with asyncio.timeout(5):
        while server.mock.journal.subscribers.open:  # noqa: ASYNC110 - the server notices in its own time
            await asyncio.sleep(0.02)
    async with listening(server):
        pass


async def test_head_says_what_would_come_and_ends(server: Client):
    answer = await server.send("HEAD", PATH, token=None)
    assert (answer.status, answer.headers["Content-Type"], answer.content) == (200, "text/event-stream", b"")
    assert server.mock.journal.subscribers.open == []


async def test_streams_end_when_the_server_stops():
    server = Server(create_app(mock=Core(Settings(port=0))), "127.0.0.1", 0)
    await server.start()
    async with aiohttp.ClientSession() as session, session.get(server.url + PATH) as response:
        await response.content.readuntil(b"\n\n")
        started = time.perf_counter()
        await server.stop()
        assert time.perf_counter() - started < 1
        assert await response.content.read() == b""


async def test_nobody_who_listens_changes_what_is_answered(server: Client):
    async with listening(server):
        assert (await server.update({"allowedNames": "a"})).status == 200


@pytest.mark.parametrize("how", ["path", "accept"])
async def test_har_has_the_exchanges_oldest_first_with_secrets_masked(serve: Serve, how: str):
    server = await serve(clock=1_800_000_000_000)
    await server.update({"tokenReviewerJwt": "s3cret", "allowedNames": "a"}, headers={"Cookie": "a=s3cret"})
    await server.send("GET", f"{IDENTITIES}{BARE}?token=s3cret&a=b")
    if how == "path":
        answer = await server.get("/_mock/requests.har")
    else:
        answer = await server.get("/_mock/requests", headers={"Accept": "application/har+json"})
    assert answer.headers["Content-Type"] == "application/har+json"
    assert b"s3cret" not in answer.content
    log = answer.json["log"]
    assert (log["version"], log["creator"]["name"]) == ("1.2", "infisical-mockserver")
    first, second = log["entries"]
    assert (first["startedDateTime"], first["request"]["method"]) == ("2027-01-15T08:00:00.000Z", "PATCH")
    assert first["request"]["url"] == f"{server.url}{IDENTITIES}{PAYMENTS}"
    assert first["request"]["postData"]["mimeType"] == "application/json"
    assert json.loads(first["request"]["postData"]["text"]) == {"tokenReviewerJwt": "[REDACTED]", "allowedNames": "a"}
    assert first["request"]["cookies"] == [{"name": "a", "value": "[REDACTED]"}]
    assert (first["response"]["status"], first["response"]["statusText"]) == (200, "OK")
    assert json.loads(first["response"]["content"]["text"])["identityKubernetesAuth"]["allowedNames"] == "a"
    assert second["request"]["queryString"] == [
        {"name": "token", "value": "[REDACTED]"},
        {"name": "a", "value": "b"},
    ]
    assert "postData" not in second["request"]
    for each in log["entries"]:
        assert each["time"] == sum(each["timings"].values())
        assert each["cache"] == {}


async def test_har_takes_the_filters_of_the_listing(server: Client):
    await server.update({"allowedNames": "a"})
    await server.send("GET", IDENTITIES + PAYMENTS)
    for query, number in (("limit=1", 1), ("status=404", 0), ("rule=accepted", 2), ("operation=getKubernetesAuth", 1)):
        found = (await server.get(f"/_mock/requests.har?{query}")).json["log"]["entries"]
        assert len(found) == number
    assert (await server.get("/_mock/requests.har?nope=1")).error == "BadQuery"


async def test_har_has_broken_http_too(server: Client):
    async with server.wire() as wire:
        await wire.send(b"hello\r\n\r\n")
        await wire.answer()
    (entry,) = (await server.get("/_mock/requests.har")).json["log"]["entries"]
    assert (entry["request"]["method"], entry["_rule"]) == ("", "http.malformed")
