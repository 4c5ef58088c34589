"""Nothing is left of a client, however it goes: no task and no socket. Nothing here measures time."""

import asyncio
import gc
import socket
import struct
from collections.abc import Awaitable, Callable

import pytest

from mockserver.api.exchange_response import ExchangeResponse
from mockserver.journal.subscribers import Subscriber
from mockserver.serving import aiohttp_internals
from mockserver.serving.connection import Connection
from tests.client import Wire, head, request
from tests.stress.hosted import FILES, LARGE, PATIENCE, Hosted, sockets, until

SHORT = {"header_timeout": 0.3, "body_timeout": 0.3, "idle_timeout": 0.5, "write_timeout": 0.5}


def leave_by_reset(wire: Wire) -> None:
    taken = wire._writer.get_extra_info("socket")
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    wire.abort()


async def resets(hosted: Hosted) -> None:
    content = request()
    for sent in (0, 5, len(content) - 30, len(content) - 5, len(content)):
        async with hosted.wire() as wire:
            await wire.send(content[:sent])
            await asyncio.sleep(0)
            leave_by_reset(wire)


async def resets_behind_a_pipeline(hosted: Hosted) -> None:
    async with hosted.wire() as wire:
        await wire.send(request() * 50)
        leave_by_reset(wire)


async def half_closes(hosted: Hosted) -> None:
    async with hosted.wire() as wire:
        await wire.send(request() * 5)
        wire.end()
        assert await hosted.answers(wire, 5) == [200] * 5
        assert await wire.is_closed(PATIENCE)


async def half_closes_within_a_body(hosted: Hosted) -> None:
    for content in (request()[:-3], head(Transfer_Encoding="chunked") + b"2\r\n{}\r\n", head(Content_Length="9")):
        async with hosted.wire() as wire:
            await wire.send(content)
            wire.end()
            assert (await wire.answer(seconds=PATIENCE)).rule == "body.incomplete"
            assert await wire.is_closed(PATIENCE)


async def half_closes_within_a_body_that_nobody_reads(hosted: Hosted) -> None:
    async with hosted.wire() as wire:
        await wire.send(head(Content_Length="9", Authorization="Bearer nobody"))
        wire.end()
        assert (await wire.answer(seconds=PATIENCE)).status == 403
        assert await wire.is_closed(PATIENCE)


async def goes_within_a_body_that_nobody_reads(hosted: Hosted) -> None:
    async with hosted.wire() as wire:
        await wire.send(head(Content_Length="9", Authorization="Bearer nobody"))
        assert (await wire.answer(seconds=PATIENCE)).status == 403
        leave_by_reset(wire)


async def half_closes_within_a_head(hosted: Hosted) -> None:
    for content in (b"", b"PATCH /api", request() + b"PATCH /api"):
        async with hosted.wire() as wire:
            await wire.send(content)
            wire.end()
            if content.endswith(b"}PATCH /api"):
                assert await hosted.answers(wire) == [200]
            assert await wire.is_closed(PATIENCE)


async def half_closes_while_it_is_made_to_wait(hosted: Hosted) -> None:
    """Nobody can tell it from a client that is gone, so it is waited with for a while only."""
    async with hosted.wire() as wire:
        await wire.send(request(Prefer="wait=200"))
        wire.end()
        assert await wire.is_closed(PATIENCE)


async def drips(hosted: Hosted) -> None:
    async with hosted.wire() as wire:
        late = asyncio.create_task(wire.answer(seconds=PATIENCE))
        for byte in head(X_Slow="a" * 5000):
            await wire.send(bytes([byte]))
            await asyncio.sleep(0.02)
            if late.done():
                break
        assert (await late).rule == "http.slow-head"
        assert await wire.is_closed(PATIENCE)


async def holds_a_body_back(hosted: Hosted) -> None:
    async with hosted.wire() as wire:
        await wire.send(request()[:-3])
        assert (await wire.answer(seconds=PATIENCE)).rule == "body.incomplete"
        assert await wire.is_closed(PATIENCE)


async def says_nothing(hosted: Hosted) -> None:
    async with hosted.wire() as wire:
        assert await wire.is_closed(PATIENCE)


async def speaks_garbage(hosted: Hosted) -> None:
    for content in (b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\nX: " + b"a" * 9000 + b"\r\n\r\n", b"\x16\x03\x01" * 99):
        async with hosted.wire() as wire:
            await wire.send(content)
            assert (await wire.answer(seconds=PATIENCE)).rule == "http.malformed"
            assert await wire.is_closed(PATIENCE)


async def takes_nothing_and_goes(hosted: Hosted) -> None:
    async with hosted.wire(takes=False) as wire:
        await wire.send(LARGE * 300)
        await until(lambda: bool(hosted.server.limits.slow))
        leave_by_reset(wire)


async def takes_nothing_and_stays(hosted: Hosted) -> None:
    async with hosted.wire(takes=False) as wire:
        await wire.send(LARGE * 300)
        await until(lambda: bool(hosted.server.limits.slow))
        await until(lambda: not len(hosted.server.limits))
        wire._writer.transport.resume_reading()
        with pytest.raises(ConnectionResetError):  # or the system would hold for minutes what it could not send
            await wire._reader.read()


async def listens_and_goes(hosted: Hosted) -> None:
    async with hosted.wire() as wire:
        await wire.send(head("GET", "/_mock/events"))
        await wire._reader.readuntil(b"infisical-mock")
        leave_by_reset(wire)


KINDS = (
    resets,
    resets_behind_a_pipeline,
    half_closes,
    half_closes_within_a_body,
    half_closes_within_a_body_that_nobody_reads,
    goes_within_a_body_that_nobody_reads,
    half_closes_within_a_head,
    half_closes_while_it_is_made_to_wait,
    drips,
    holds_a_body_back,
    says_nothing,
    speaks_garbage,
    takes_nothing_and_goes,
    takes_nothing_and_stays,
    listens_and_goes,
)


@pytest.mark.skipif(not FILES.is_dir(), reason="open files are counted in /proc")
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_no_task_and_no_socket_is_left_of_a_client_that(
    kind: Callable[[Hosted], Awaitable[None]], host: Callable[..., Awaitable[Hosted]], caplog: pytest.LogCaptureFixture
):
    hosted = await host(**SHORT)
    before, running = sockets(), len(asyncio.all_tasks())
    for _ in range(3):
        await kind(hosted)
    await until(lambda: (sockets(), len(asyncio.all_tasks())) == (before, running))
    assert len(hosted.server.limits) == 0
    assert not hosted.server.limits.restricted
    assert hosted.log.getvalue() == ""
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    async with hosted.wire() as wire:
        await wire.send(request())
        assert await hosted.answers(wire) == [200]


BY_AIOHTTP_ALONE = (resets_behind_a_pipeline,)
"""Aiohttp keeps the requests that wait for their turn; the server drops them where it knows aiohttp's names."""
IN_A_CYCLE_OF_AIOHTTP = (takes_nothing_and_goes,)
"""The error that ends the wait for a slow reader refers to itself by its traceback."""
FREED = (Connection, ExchangeResponse, Subscriber, asyncio.Task)


def alive() -> dict[str, int]:
    """The number of live objects that belong to clients and their requests, by type."""
    found = [type(each) for each in gc.get_objects()]
    return {each.__name__: found.count(each) for each in FREED}


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
async def test_nothing_waits_for_the_garbage_collector_after_a_client_that(
    kind: Callable[[Hosted], Awaitable[None]], host: Callable[..., Awaitable[Hosted]]
):
    """It comes every few seconds at best, and may take minutes to come for what has lived for long."""
    if kind in IN_A_CYCLE_OF_AIOHTTP or (kind in BY_AIOHTTP_ALONE and aiohttp_internals.UNKNOWN):
        pytest.skip("a cycle of aiohttp")
    hosted = await host(**SHORT)
    tasks = len(asyncio.all_tasks())
    gc.collect()
    before = alive()
    gc.disable()
    try:
        for _ in range(3):
            await kind(hosted)
        await until(lambda: len(asyncio.all_tasks()) == tasks and not len(hosted.server.limits))
        await until(lambda: alive() == before)
    finally:
        gc.enable()
