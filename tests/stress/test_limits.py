"""Each limit is a setting, and what it refuses names it."""

import asyncio
from typing import Any, NamedTuple

import pytest

from mockserver.rules.profile import Profile
from mockserver.serving import connection_limits
from tests.client import IDENTITIES, PAYMENTS, Client, head, in_envelope, request
from tests.conftest import Serve

PATIENCE = 20


class Row(NamedTuple):
    """A limit, what breaks it, and the answer in `contract`."""

    name: str
    settings: dict[str, Any]
    content: bytes
    status: int
    error: str
    rule: str
    says: tuple[str, ...]


BODY = b'{"allowedNames": "%s"}' % (b"a" * 100)
BROKEN = (
    Row("a body", {"max_body": 100}, request(BODY), 400, "BadRequest", "body.size", ("100 bytes", "--max-body")),
    Row(
        "a body in chunks",
        {"max_body": 100},
        head(Transfer_Encoding="chunked") + b"%x\r\n%s\r\n0\r\n\r\n" % (len(BODY), BODY),
        400,
        "BadRequest",
        "body.size",
        ("100 bytes", "--max-body"),
    ),
    Row(
        "a header",
        {"max_header_size": 300},
        request(X_Long="a" * 400),
        400,
        "BadRequest",
        "http.malformed",
        ("300 bytes", "--max-header-size"),
    ),
    Row(
        "a request line",
        {"max_header_size": 300},
        request(target=f"{IDENTITIES}{PAYMENTS}?{'a' * 300}"),
        400,
        "BadRequest",
        "http.malformed",
        ("300 bytes", "--max-header-size"),
    ),
    Row(
        "headers",
        {"max_headers": 10},
        request(**{f"X_{number}": "a" for number in range(10)}),
        400,
        "BadRequest",
        "http.malformed",
        ("10 headers", "--max-headers"),
    ),
    Row(
        "a head that stops",
        {"header_timeout": 0.2},
        head()[:-2],
        408,
        "RequestTimeout",
        "http.slow-head",
        ("0.2 seconds", "--header-timeout"),
    ),
    Row(
        "a body that stops",
        {"body_timeout": 0.2},
        request()[:-2],
        400,
        "BadRequest",
        "body.incomplete",
        ("0.2 seconds", "--body-timeout"),
    ),
)


@pytest.mark.parametrize("row", BROKEN, ids=lambda row: row.name)
async def test_what_breaks_a_limit_is_told_which(row: Row, serve: Serve):
    client = await serve(**row.settings)
    before = await client.state()
    async with client.wire() as wire:
        await wire.send(row.content)
        answer = in_envelope(await wire.answer(seconds=PATIENCE))
        assert (answer.status, answer.error, answer.rule) == (row.status, row.error, row.rule)
        assert [each for each in row.says if each not in answer.json["message"]] == []
        if row.rule != "body.size":
            assert await wire.is_closed(PATIENCE)
    assert await client.state() == before
    said = await client.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain")
    assert (said.status, said.json["rule"]) == (200, row.rule)
    page = await client.get("/_mock/requests/latest/explain", headers={"Accept": "text/plain"})
    assert row.says[1].encode() in page.content


@pytest.mark.parametrize("row", [each for each in BROKEN if "body" in each.rule], ids=lambda row: row.name)
async def test_the_service_says_nothing_of_its_limits_and_the_journal_does(row: Row, serve: Serve):
    client = await serve(profile=Profile.LIVE, **row.settings)
    async with client.wire() as wire:
        await wire.send(row.content)
        answer = in_envelope(await wire.answer(seconds=PATIENCE))
    assert (answer.status, answer.error, answer.rule) == (500, "InternalServerError", row.rule)
    reason = (await client.journalled(answer))["reason"]
    assert [each for each in row.says if each in answer.json["message"] or each not in reason] == []


KEPT = (
    ("a body", {"max_body": len(BODY)}, request(BODY)),
    ("a header", {"max_header_size": 300}, request(X_Long="a" * 294)),
    ("headers", {"max_headers": 10}, request(**{f"X_{number}": "a" for number in range(6)})),
    ("a large body, where it may be", {"max_body": 3_000_000}, request(b'{"caCert": "%s"}' % (b"a" * 2_000_000))),
    ("a long header, where it may be", {"max_header_size": 50_000}, request(X_Long="a" * 40_000)),
)


@pytest.mark.parametrize(("settings", "content"), [row[1:] for row in KEPT], ids=[row[0] for row in KEPT])
async def test_what_just_keeps_to_a_limit_is_taken(settings: dict[str, Any], content: bytes, serve: Serve):
    client = await serve(**settings)
    async with client.wire() as wire:
        await wire.send(content)
        assert (await wire.answer(seconds=PATIENCE)).rule == "accepted"


async def test_the_state_may_be_larger_than_a_body_of_the_vendors_api(serve: Serve):
    client = await serve(max_body=100)
    state = await client.state()
    assert (await client.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204


async def crowded(client: Client, content: bytes) -> Any:
    """The answer on one connection too many, which ends it."""
    async with client.wire() as wire:
        await wire.send(content)
        answer = await wire.answer(seconds=PATIENCE)
        assert answer.headers["Connection"] == "close"
        assert await wire.is_closed(PATIENCE)
        return answer


async def test_one_connection_too_many_is_told_so_and_the_health_check_goes_on(serve: Serve):
    client = await serve(max_connections=2)
    async with client.wire() as first, client.wire() as second:
        for wire in (first, second):
            await wire.send(request())
            assert (await wire.answer()).status == 200
        answer = in_envelope(await crowded(client, request(b'{"allowedNames": "late"}')))
        assert (answer.status, answer.error, answer.rule) == (503, "ServiceUnavailable", "mock.crowded")
        assert answer.json["message"] == "There are 2 connections, as many as may be (--max-connections)"
        assert answer.headers["Retry-After"] == "1"
        own = await crowded(client, head("GET", "/_mock/worlds"))
        assert (own.status, own.json["error"], own.headers["Retry-After"]) == (503, "TooManyConnections", "1")
        assert "--max-connections" in own.json["message"]
        health = await crowded(client, head("GET", "/_mock/health"))
        assert (health.status, health.json["status"]) == (200, "healthy")
        await first.send(request())
        assert (await first.answer()).status == 200
        await first.send(head("GET", f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain"))
        assert (await first.answer()).json["rule"] == "mock.crowded"
    assert client.mock.worlds.default.state.kubernetes_auths[PAYMENTS].allowed_names == "api"
    (entry,) = (each for each in client.mock.journal.newest_first() if each.status == 503)
    assert (entry.rule, entry.method, entry.target) == ("mock.crowded", "PATCH", IDENTITIES + PAYMENTS)


async def test_far_too_many_connections_are_ended_unheard(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection_limits, "MAX_OVER_LIMIT", 1)
    client = await serve(max_connections=1)
    async with client.wire() as first:
        await first.send(request())
        assert (await first.answer()).status == 200
        async with client.wire() as guest:
            await guest.send(head())  # and the body is on its way
            await asyncio.sleep(0.05)
            async with client.wire() as third:
                assert await third.is_closed(PATIENCE)
            await guest.send(b"")
        await first.send(request())
        assert (await first.answer()).status == 200


async def test_a_guest_that_asks_for_nothing_is_let_go_soon(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(connection_limits, "OVER_LIMIT_SECONDS", 0.2)
    client = await serve(max_connections=1)
    async with client.wire() as first:
        await first.send(request())
        assert (await first.answer()).status == 200
        async with client.wire() as guest:
            assert await guest.is_closed(10)  # an idle client has 15 seconds


async def test_the_journal_keeps_to_its_bytes_and_counts_what_had_to_go(serve: Serve):
    client = await serve(journal_bytes=100_000)
    last = None
    for number in range(30):
        last = await client.update({"caCert": f"{number} " + "x" * 10_000})
        assert client.mock.journal.bytes <= 100_000
    listing = (await client.get("/_mock/requests?limit=0")).json
    assert 3 <= listing["kept"] < 10
    assert listing["evicted"] == 30 - listing["kept"]
    assert 50_000 < listing["bytes"] == sum(each.weight for each in client.mock.journal.newest_first())
    assert (await client.journalled(last))["status"] == 200
    assert (await client.send("DELETE", "/_mock/requests", token=None)).status == 204
    assert client.mock.journal.bytes == 0


async def test_an_exchange_larger_than_the_journal_is_counted_and_not_kept(serve: Serve):
    client = await serve(journal_bytes=1000)
    await client.update({"allowedNames": "x" * 200, "caCert": "y" * 2000})
    listing = (await client.get("/_mock/requests")).json
    assert listing == {"requests": [], "kept": 0, "bytes": 0, "evicted": 1}
