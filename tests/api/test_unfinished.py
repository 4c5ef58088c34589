"""Requests that stop in the middle: nobody waits for them for ever, and nobody else notices."""

import asyncio
from io import StringIO

import pytest

from mockserver import incoming, server
from mockserver.profiles import Profile
from tests.client import ADMIN, IDENTITIES, PAYMENTS, Client, head, in_envelope, request
from tests.conftest import Serve

PATIENCE = 20
"""Seconds after which a request that does not go on must be answered or cut off."""


@pytest.fixture
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patience is counted in tenths of a second."""
    monkeypatch.setattr(incoming, "READ_SECONDS", 0.1)
    monkeypatch.setattr(server, "IDLE_SECONDS", 0.3)
    monkeypatch.setattr(server, "LINGER_SECONDS", 0.05)


@pytest.fixture
async def hasty(in_a_hurry: None, serve: Serve) -> Client:
    """A server that does not wait long."""
    return await serve(log_level="info")


def test_the_real_patience_is_short_enough():
    assert 0 < incoming.READ_SECONDS + server.LINGER_SECONDS <= PATIENCE
    assert 0 < server.IDLE_SECONDS <= PATIENCE


STOPPED = {
    "a body of which half came": head(Content_Length="30") + b'{"allowedNames": ',
    "a body of which nothing came": head(Content_Length="30"),
    "chunks that stop between two": head(Transfer_Encoding="chunked") + b'8\r\n{"allowe\r\n',
    "chunks that stop within one": head(Transfer_Encoding="chunked") + b'1f\r\n{"allowe',
    "chunks of which none came": head(Transfer_Encoding="chunked"),
    "chunks whose last one is not there": head(Transfer_Encoding="chunked") + b"2\r\n{}\r\n",
    "a length of a terabyte": head(Content_Length="1000000000000") + b"{}",
}


@pytest.mark.parametrize("content", STOPPED.values(), ids=STOPPED)
async def test_a_body_that_stops_is_answered_and_the_connection_ends(
    content: bytes, in_a_hurry: None, serve: Serve, profile: Profile
):
    hasty = await serve(profile=profile)
    before = await hasty.state()
    async with hasty.wire() as wire:
        await wire.send(content)
        answer = in_envelope(await wire.answer(seconds=2))
        assert answer.status == (400 if profile is Profile.CONTRACT else 500)
        assert answer.rule in ("body.incomplete", "body.size")
        assert await wire.is_closed(seconds=2)
    assert await hasty.state() == before
    assert (await hasty.update({"allowedNames": "next"})).status == 200


@pytest.mark.parametrize("content", STOPPED.values(), ids=STOPPED)
async def test_a_client_that_ends_its_side_in_the_middle_is_let_go(content: bytes, hasty: Client, log: StringIO):
    before = await hasty.state()
    async with hasty.wire() as wire:
        await wire.send(content)
        wire.end()
        answer = await wire.answer(seconds=2)
        if answer is not None:
            in_envelope(answer)
            assert await wire.is_closed(seconds=2)
    assert await hasty.state() == before
    assert "traceback" not in log.getvalue().lower()
    assert (await hasty.update({"allowedNames": "next"})).status == 200


@pytest.mark.parametrize("content", STOPPED.values(), ids=STOPPED)
async def test_a_client_that_vanishes_in_the_middle_leaves_no_trace_in_state_or_log(
    content: bytes, hasty: Client, log: StringIO, caplog: pytest.LogCaptureFixture
):
    before = await hasty.state()
    for _ in range(3):
        async with hasty.wire() as wire:
            await wire.send(content)
            await asyncio.sleep(0.01)
            wire.abort()
    await asyncio.sleep(0.2)
    assert await hasty.state() == before
    assert "rror" not in log.getvalue()
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    assert (await hasty.update({"allowedNames": "next"})).status == 200


SILENT = {
    "nothing at all": b"",
    "half a request line": b"PATCH /api/v1/auth",
    "half a head": f"PATCH {IDENTITIES}{PAYMENTS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bea".encode(),
    "a head without its last line": head()[:-2],
    "a whole request and half of the next": request() + b"PATCH /api",
}


@pytest.mark.parametrize("content", SILENT.values(), ids=SILENT)
async def test_a_connection_that_falls_silent_is_closed(content: bytes, hasty: Client):
    async with hasty.wire() as wire:
        await wire.send(content)
        if content.endswith(b"}PATCH /api"):
            assert (await wire.answer()).status == 200
        assert await wire.is_closed(seconds=2)
    assert (await hasty.update({"allowedNames": "next"})).status == 200


async def test_a_head_that_comes_byte_by_byte_is_cut_off_too(hasty: Client):
    """A drop now and then must not hold a connection for ever."""
    content = head(X_Slow="a" * 200)
    async with hasty.wire() as wire:
        for sent in range(len(content)):
            await wire.send(content[sent : sent + 1])
            if await wire.is_closed(seconds=0.05):
                break
        assert sent < 50


async def test_a_connection_that_is_used_stays_open(hasty: Client):
    async with hasty.wire() as wire:
        for _ in range(6):
            await wire.send(request())
            assert (await wire.answer()).status == 200
            await asyncio.sleep(0.1)


async def test_a_body_that_comes_slowly_and_in_time_is_taken(serve: Serve):
    client = await serve()
    content = request()
    async with client.wire() as wire:
        for start in range(0, len(content), 40):
            await wire.send(content[start : start + 40])
            await asyncio.sleep(0.005)
        assert (await wire.answer()).record["allowedNames"] == "api"


async def test_a_refused_token_is_answered_without_waiting_for_the_body(serve: Serve):
    client = await serve()
    async with client.wire() as wire:
        await wire.send(head(Content_Length="30", Authorization=f"Bearer {ADMIN}x"))
        assert in_envelope(await wire.answer(seconds=1)).error == "TokenError"


async def test_many_stopped_bodies_do_not_hold_up_the_others(hasty: Client):
    async with hasty.wire() as first, hasty.wire() as second, hasty.wire() as third:
        for wire in (first, second, third):
            await wire.send(head(Content_Length="30") + b"{")
        async with asyncio.timeout(0.25):
            assert (await hasty.update({"allowedNames": "next"})).status == 200
