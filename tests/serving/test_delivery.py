"""However a request arrives, and whichever way it is answered, the bytes of the responses are the same."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from mockserver.serving import aiohttp_internals
from tests.client import BARE, IDENTITIES, PAYMENTS, STRANGER, Client, Wire, head, request
from tests.conftest import Serve
from tests.stress.test_left_behind import leave_by_reset

FIXED = {"clock": 1_772_366_400_000, "seed": 7}
LOGIN = b'{"identityId":"%s","jwt":"a.b.c"}' % PAYMENTS.encode()
REQUESTS = (
    request(),
    request(b'{"accessTokenTTL": 600, "allowedAudience": "x"}'),
    request(b'{"accessTokenTTL": -1, "allowedNames": 7, "x": 1}'),
    request(b'{"accessTokenTTL": 99999999}'),
    request(b"{"),
    request(b""),
    request(b'{"allowedNames": "api"}', Authorization=""),
    request(b'{"allowedNames": "api"}', Authorization="Bearer nobody"),
    request(target=IDENTITIES + STRANGER),
    request(target=IDENTITIES + BARE),
    request(target="/nowhere"),
    request(target=f"{IDENTITIES}{PAYMENTS}/?a=b"),
    request(target=f"/w/nobody{IDENTITIES}{PAYMENTS}"),
    head("GET"),
    head("DELETE", target="/nowhere"),
    head("OPTIONS"),
    request(LOGIN, target="/api/v1/auth/kubernetes-auth/login").replace(b"PATCH", b"POST"),
    request(b'{"allowedNames": "asked for"}', Prefer="code=404"),
    request(b'{"allowedNames": "waited for"}', Prefer="wait=0.01"),
    request(b'{"allowedNames": "with leave"}', Expect="miracles"),
    request(b'{"allowedNames": "%s"}' % (b"a" * 20_000)),
    head(Transfer_Encoding="chunked") + b"2\r\n{}\r\n0\r\n\r\n",
    head(Content_Length="9", X_Note="the body comes behind the head") + b'{"a": 1} ',
    request(b'{"caCert": "", "verifyTlsCertificate": false}', Mock_World="default"),
    head("GET", target="/_mock/health"),
)
END = head("GET", target="/_mock/nothing")
HUNDRED = (REQUESTS * 4)[:100]


async def whole(wire: Wire, requests: tuple[bytes, ...]) -> None:
    for each in requests:
        await wire.send(each)
        await asyncio.sleep(0.002)


async def byte_by_byte(wire: Wire, requests: tuple[bytes, ...]) -> None:
    for each in requests:
        for byte in each[:700]:
            await wire.send(bytes((byte,)))
            await asyncio.sleep(0)
        await wire.send(each[700:])


async def in_two_halves(wire: Wire, requests: tuple[bytes, ...]) -> None:
    for each in requests:
        end = each.index(b"\r\n\r\n") + 4
        await wire.send(each[:end])
        await asyncio.sleep(0.002)
        await wire.send(each[end:])
        await asyncio.sleep(0.002)


async def in_pairs(wire: Wire, requests: tuple[bytes, ...]) -> None:
    for first in range(0, len(requests), 2):
        await wire.send(b"".join(requests[first : first + 2]))
        await asyncio.sleep(0.002)


async def in_pairs_across_the_middle(wire: Wire, requests: tuple[bytes, ...]) -> None:
    everything = b"".join(requests)
    for first in range(0, len(everything), 700):
        await wire.send(everything[first : first + 700])
        await asyncio.sleep(0)


async def in_one_pipeline(wire: Wire, requests: tuple[bytes, ...]) -> None:
    await wire.send(b"".join(requests))


DELIVERIES = (whole, byte_by_byte, in_two_halves, in_pairs, in_pairs_across_the_middle, in_one_pipeline)
Delivery = Callable[[Wire, tuple[bytes, ...]], Awaitable[None]]


@pytest.fixture(params=["directly", "by aiohttp"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each of the two ways in turn: requests that need no waiting are answered directly, or aiohttp handles all."""
    if request.param == "by aiohttp":
        monkeypatch.setattr(aiohttp_internals, "UNKNOWN", ("RequestHandler._waiter",))
    return request.param


async def stream(client: Client, requests: tuple[bytes, ...], deliver: Delivery, *, takes: bool = True) -> bytes:
    """All that comes back, without what the machine's time decides."""
    async with client.wire() as wire:
        if not takes:
            wire._writer.transport.pause_reading()
        sending = asyncio.create_task(deliver(wire, (*requests, END)))
        if not takes:
            await asyncio.sleep(0.05)
            wire._writer.transport.resume_reading()
        came = b""
        while b"/_mock/nothing" not in came:
            piece = await asyncio.wait_for(wire._reader.read(65536), 20)
            assert piece, f"closed after {came[-2000:]!r}"
            came += piece
        await sending
    came = re.sub(rb"Date: .*\r\n", b"", came).replace(b":%d" % client.port, b":0")
    return re.sub(rb'"(uptimeSeconds|uptime)":[0-9.e-]+', rb'"\1":0', came)


@pytest.mark.parametrize("deliver", DELIVERIES, ids=lambda each: each.__name__)
async def test_a_delivery_changes_nothing(deliver: Delivery, way: str, serve: Serve, monkeypatch: pytest.MonkeyPatch):
    found = await stream(await serve(**FIXED), REQUESTS, deliver)
    monkeypatch.setattr(aiohttp_internals, "UNKNOWN", ("RequestHandler._waiter",))
    wanted = await stream(await serve(**FIXED), REQUESTS, whole)
    assert found.split(b"HTTP/1.1 ") == wanted.split(b"HTTP/1.1 ")
    assert found.count(b"HTTP/1.1 200") > 8


@pytest.mark.parametrize("takes", [True, False], ids=["a reader", "a slow reader"])
async def test_a_pipeline_of_a_hundred_is_answered_in_its_order(way: str, takes: bool, serve: Serve):
    found = await stream(await serve(**FIXED), HUNDRED, in_one_pipeline, takes=takes)
    wanted = await stream(await serve(**FIXED), HUNDRED, whole)
    assert found.split(b"HTTP/1.1 ") == wanted.split(b"HTTP/1.1 ")


async def test_a_whole_request_needs_no_task_and_any_other_has_one(
    way: str, serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    from mockserver.serving.connection import Connection

    handled = []
    made = Connection.request_of
    monkeypatch.setattr(Connection, "request_of", lambda self, *more: handled.append(more) or made(self, *more))
    client = await serve()
    async with client.wire() as wire:
        await asyncio.sleep(0.01)  # aiohttp's task is there
        for _ in range(5):
            await wire.send(request())
            assert (await wire.answer()).status == 200
        assert len(handled) == (0 if way == "directly" else 5)
        await wire.send(request()[:-5])
        await asyncio.sleep(0.01)
        await wire.send(request()[-5:])
        assert (await wire.answer()).status == 200
        await wire.send(request() * 3)
        assert [(await wire.answer()).status for _ in range(3)] == [200] * 3
        assert len(handled) == (4 if way == "directly" else 9)


async def test_a_request_behind_one_that_waits_is_answered_after_it(way: str, serve: Serve):
    client = await serve()
    async with client.wire() as wire:
        await wire.send(request(b'{"allowedNames": "first"}', Prefer="wait=0.1"))
        await asyncio.sleep(0.02)
        await wire.send(request(b'{"allowedNames": "second"}'))
        assert [(await wire.answer()).record["allowedNames"] for _ in range(2)] == ["first", "second"]
    assert (await client.stored())["allowedNames"] == "second"


async def test_nothing_is_done_for_a_client_that_leaves_while_its_request_waits(way: str, serve: Serve):
    client = await serve()
    before = await client.state()
    running = len(asyncio.all_tasks())
    async with client.wire() as wire:
        await wire.send(request(b'{"allowedNames": "gone"}', Prefer="wait=5"))
        await asyncio.sleep(0.05)
        leave_by_reset(wire)
    await asyncio.sleep(0.2)
    assert await client.state() == before
    assert len(asyncio.all_tasks()) <= running
    (entry,) = client.mock.journal.newest_first()
    assert (entry.status, entry.rule) == (0, "mock.prefer")


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"kind": "delay", "seconds": 0.05}, 200),
        ({"kind": "status", "status": 500}, 500),
    ],
    ids=lambda each: each["kind"] if isinstance(each, dict) else "",
)
async def test_a_fault_plays_either_way(way: str, fault: dict[str, object], status: int, serve: Serve):
    client = await serve()
    made = await client.send("POST", "/_mock/worlds/default/faults", fault, token=None)
    if made.status != 201:
        pytest.fail(str(made.content))
    async with client.wire() as wire:
        await asyncio.sleep(0.01)
        await wire.send(request())
        assert (await wire.answer()).status == status


@pytest.mark.parametrize("size", [100, 20_000, 40_000, 70_000, 300_000, 900_000])
async def test_a_body_of_any_size_reaches_the_control_api_and_the_vendors(way: str, size: int, serve: Serve):
    client = await serve()
    state = await client.state()
    state["organizations"][0]["name"] = "n" * size
    put = await client.send("PUT", "/_mock/worlds/default/state", state, token=None)
    assert (put.status, (await client.state())["organizations"][0]["name"]) == (204, "n" * size)
    patched = await client.send("PATCH", IDENTITIES + PAYMENTS, {"allowedNames": "n" * size, "allowedAudience": "a"})
    assert patched.status == (200 if size <= 255 else 422)
    patched = await client.send("PATCH", IDENTITIES + PAYMENTS, {"tokenReviewerJwt": "n" * size, "gatewayId": 7})
    assert [each["path"] for each in patched.json["message"]] == [["gatewayId"]]


async def test_a_bug_is_a_500_either_way(way: str, serve: Serve, monkeypatch: pytest.MonkeyPatch, log):
    client = await serve()
    vendor = client.mock.vendor

    def broken(*_: object) -> object:
        raise RuntimeError("a bug")

    monkeypatch.setattr(vendor, "answer", broken)
    async with client.wire() as wire:
        await asyncio.sleep(0.01)
        await wire.send(request())
        answer = await wire.answer()
        assert (answer.status, answer.rule) == (500, "mock.crash")
        assert await wire.is_closed()
    assert "a bug" in log.getvalue()


async def test_an_aiohttp_of_other_private_names_is_named_in_the_log(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, log
):
    from mockserver.serving import server

    monkeypatch.setattr(server, "UNKNOWN", ("RequestHandler._waiter",))
    await serve()
    assert log.getvalue().count("RequestHandler._waiter") == 1


def test_the_installed_aiohttp_has_all_private_names():
    assert aiohttp_internals.UNKNOWN == ()
