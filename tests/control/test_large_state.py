"""The state of a large world is written while it is sent: the same bytes, of one revision, as fast as they are read."""

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from mockserver import steps
from mockserver.control import background, written_state
from mockserver.http import turns
from tests.client import PAYMENTS, STATE, VERIFIED, Answer, Client

KINDS = ("application/json", "application/yaml")


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every state is large, and written in many pieces."""
    monkeypatch.setattr(background, "LARGE_STATE", 0)
    monkeypatch.setattr(written_state, "_AS_JSON", 2)
    monkeypatch.setattr(written_state, "_AS_YAML", 2)
    monkeypatch.setattr(steps, "_SORTED_AT_ONCE", 3)
    monkeypatch.setattr(turns, "TURN_SECONDS", -1)  # every step is a turn


async def shown(server: Client, kind: str, query: str = "") -> Answer:
    return await server.get(f"{STATE}{query}", headers={"Accept": kind})


@pytest.mark.parametrize("query", ["", "?secrets=clear"])
@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_the_same_in_pieces(server: Client, request: pytest.FixtureRequest, kind: str, query: str):
    await server.update({"tokenReviewerJwt": "a s3cret: 'quoted' \"twice\"\nand broken ü"}, VERIFIED)
    whole = await shown(server, kind, query)
    request.getfixturevalue("small_pieces")
    pieces = await shown(server, kind, query)
    assert (pieces.status, pieces.content) == (200, whole.content)
    assert pieces.headers["Content-Type"] == whole.headers["Content-Type"]
    assert "Content-Length" in whole.headers
    assert pieces.headers["Transfer-Encoding"] == "chunked"


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("world", [{"version": 1}, {"version": 1, "rateLimits": {"read": 10}}])
async def test_an_empty_world_is_the_same_too(server: Client, monkeypatch: pytest.MonkeyPatch, world: dict[str, Any]):
    assert (await server.send("PUT", STATE, world, token=None)).status == 204
    whole = {kind: await shown(server, kind) for kind in KINDS}
    monkeypatch.setattr(background, "LARGE_STATE", -1)
    for kind in KINDS:
        assert (await shown(server, kind)).content == whole[kind].content


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("kind", KINDS)
async def test_it_is_of_one_revision_whatever_is_updated_meanwhile(server: Client, kind: str):
    await server.update({"allowedNames": "before"})

    async def updated() -> None:
        for number in range(30):
            assert (await server.update({"allowedNames": f"during-{number}"})).status == 200

    answer, _ = await asyncio.gather(shown(server, kind), updated())
    document = json.loads(answer.content) if kind == KINDS[0] else yaml.safe_load(answer.content)
    names = {each["kubernetesAuth"]["allowedNames"] for each in document["identities"] if each["id"] == PAYMENTS}
    assert names == {"before"}


@pytest.mark.usefixtures("small_pieces")
async def test_an_old_client_reads_it_up_to_the_end_of_the_connection(server: Client):
    whole = await shown(server, KINDS[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(f"GET {STATE} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n".encode())
    top, _, content = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    assert b"Transfer-Encoding" not in top
    assert b"Content-Length" not in top
    assert content == whole.content


@pytest.mark.usefixtures("small_pieces")
async def test_head_makes_nothing(server: Client, monkeypatch: pytest.MonkeyPatch):
    def unasked(*_: object) -> Iterator[bytes]:
        raise AssertionError("HEAD needs no body")
        yield b""

    monkeypatch.setattr(written_state, "as_json", unasked)
    answer = await server.send("HEAD", STATE, token=None)
    assert (answer.status, answer.content) == (200, b"")
    assert answer.headers["Content-Type"].startswith("application/json")
    assert (await server.update({"allowedNames": "a"})).status == 200


def endless() -> Iterator[bytes]:
    while True:
        made.append(1)
        yield b"x" * 65536


made: list[int] = []


@pytest.mark.usefixtures("small_pieces")
@pytest.mark.parametrize("leaves", [False, True])
async def test_a_reader_that_is_slow_or_leaves_gets_no_more_made(
    server: Client, monkeypatch: pytest.MonkeyPatch, leaves: bool
):
    monkeypatch.setattr(written_state, "as_json", lambda *_: endless())
    made.clear()
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port, limit=1024)
    writer.write(f"GET {STATE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
    await reader.readuntil(b"\r\n\r\n")
    if leaves:
        writer.transport.abort()
    async with asyncio.timeout(20):
        count = -1
        while count != len(made):  # until the buffers of both sides are full
            count = len(made)
            await asyncio.sleep(0.3)
    assert 0 < count * 65536 < 64 * 1024 * 1024
    assert (await server.update({"allowedNames": "a"})).status == 200
    writer.transport.abort()
    await asyncio.sleep(0.3)
    assert len(made) <= count + 2


@pytest.mark.usefixtures("small_pieces")
async def test_the_connection_goes_on_behind_it(server: Client):
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    request = f"GET {STATE} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode()
    writer.write(request + b"GET /_mock/health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
    async with asyncio.timeout(10):
        await reader.readuntil(b"\r\n0\r\n\r\n")
        assert await reader.readuntil(b"\r\n") == b"HTTP/1.1 200 OK\r\n"
    writer.close()
    await writer.wait_closed()
