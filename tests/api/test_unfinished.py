"""Requests that stop in the middle: nobody waits for them for ever, and nobody else notices."""

import asyncio
from io import StringIO

import pytest

from mockserver import settings
from mockserver.rules.profile import Profile
from mockserver.serving import connection
from tests.client import ADMIN, IDENTITIES, PAYMENTS, Answer, Client, head, in_envelope, request
from tests.conftest import Serve

PATIENCE = 20
"""Seconds after which a request that does not go on must be answered or cut off."""


HASTY = {"body_timeout": 0.1, "header_timeout": 0.3, "idle_timeout": 0.3}
"""Patience is counted in tenths of a second."""


@pytest.fixture
async def hasty(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A server that does not wait long."""
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.05)
    return await serve(log_level="info", **HASTY)


def test_the_real_patience_is_short_enough():
    assert 0 < settings.BODY_SECONDS + connection.LINGER_SECONDS <= PATIENCE
    assert 0 < settings.HEADER_SECONDS <= PATIENCE
    assert settings.IDLE_SECONDS == 72, "the service closes an idle connection after 72 seconds"


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
    content: bytes, serve: Serve, profile: Profile, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.05)
    hasty = await serve(profile=profile, **HASTY)
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


HALF_HEADS = {
    "half a request line": b"PATCH /api/v1/auth",
    "half a head": f"PATCH {IDENTITIES}{PAYMENTS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bea".encode(),
    "a head without its last line": head()[:-2],
}


def is_too_late(answer: Answer | None) -> bool:
    """Whether the answer says that the head took too long, and which flag says how long."""
    refused = in_envelope(answer)
    assert (refused.status, refused.error, refused.rule) == (408, "RequestTimeout", "http.slow-head")
    assert refused.headers["Connection"] == "close"
    return "0.3 seconds (--header-timeout)" in refused.json["message"]


@pytest.mark.parametrize("content", HALF_HEADS.values(), ids=HALF_HEADS)
@pytest.mark.parametrize("before", [b"", request()], ids=["on a new connection", "on one that has been used"])
async def test_half_a_head_is_answered_when_its_time_is_over(before: bytes, content: bytes, hasty: Client):
    async with hasty.wire() as wire:
        if before:
            await wire.send(before)
            assert (await wire.answer()).status == 200
        await wire.send(content)
        assert is_too_late(await wire.answer(seconds=5))
        assert await wire.is_closed(seconds=5)
    assert (await hasty.update({"allowedNames": "next"})).status == 200
    (entry,) = (await hasty.get("/_mock/requests?status=408")).json["requests"]
    assert entry["rule"] == "http.slow-head"


SILENT = {
    "nothing at all": b"",
    "nothing after an answer": request(),
    "nothing after half of the next head, which came with the last": request() + b"PATCH /api",
}


@pytest.mark.parametrize("content", SILENT.values(), ids=SILENT)
async def test_a_connection_on_which_nothing_is_asked_is_closed_without_a_word(content: bytes, hasty: Client):
    async with hasty.wire() as wire:
        await wire.send(content)
        if content:
            assert (await wire.answer()).status == 200
        assert await wire.is_closed(seconds=5)
    assert (await hasty.update({"allowedNames": "next"})).status == 200


async def test_a_head_that_comes_byte_by_byte_is_cut_off_too(hasty: Client):
    """A drop now and then must not hold a connection for ever."""
    content = head(X_Slow="a" * 200)
    async with hasty.wire() as wire:
        late = asyncio.create_task(wire.answer(seconds=10))
        for sent in range(len(content)):
            await wire.send(content[sent : sent + 1])
            await asyncio.sleep(0.05)
            if late.done():
                break
        assert sent < 100
        assert is_too_late(await late)


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
