"""Well-behaved clients beside others: their updates, their order, their turn. Nothing here measures time."""

import asyncio
import socket
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import pytest

from mockserver.serving import connection, connection_limits
from tests.cli.commands import serving
from tests.client import IDENTITIES, PAYMENTS, request
from tests.stress.connection import connected, request_bytes
from tests.stress.good import Met, Shared
from tests.stress.hosted import LARGE, PATIENCE, Hosted, sockets, until


async def test_what_is_not_taken_is_not_made(host: Callable[..., Awaitable[Hosted]]):
    """A client that asks for much and reads nothing gets no further answers; once it reads, it gets them all."""
    hosted = await host()
    asked = []
    answer = hosted.mock.answer
    hosted.mock.answer = lambda request: asked.append(request.path) or answer(request)
    async with hosted.wire(takes=False) as wire:
        await wire.send(LARGE * 300 + request())
        await until(lambda: bool(hosted.server.limits.slow))
        for _ in range(50):
            await asyncio.sleep(0)
        made = len(asked)
        assert made < 200
        wire._writer.transport.resume_reading()
        assert await hosted.answers(wire, 300) == [200] * 300
        assert await hosted.answers(wire) == [200]
    assert len(asked) == 301


async def test_a_server_that_stops_leaves_no_socket_of_a_client_that_takes_nothing(
    host: Callable[..., Awaitable[Hosted]],
):
    before = sockets()
    hosted = await host()
    async with hosted.wire(takes=False) as wire:
        await wire.send(LARGE * 300)
        await until(lambda: bool(hosted.server.limits.slow))
        await hosted.server.stop()
        await until(lambda: not len(hosted.server.limits))
    await until(lambda: sockets() == before)


async def test_pipelined_requests_of_two_clients_are_each_answered_in_their_order(
    host: Callable[..., Awaitable[Hosted]],
):
    hosted = await host()
    clients = [await connected(hosted.server.port) for _ in range(2)]
    wanted = [[f"line-{client}-{number}" for number in range(40)] for client in range(2)]
    rows = [
        [clients[client].ask(request_bytes("PATCH", IDENTITIES + PAYMENTS, {"allowedNames": name})) for name in names]
        for client, names in enumerate(wanted)
    ]
    for row, names in zip(rows, wanted, strict=True):
        answers = await asyncio.gather(*row)
        assert [each.json["identityKubernetesAuth"]["allowedNames"] for each in answers] == names
    for each in clients:
        each.abort()


async def test_no_update_is_lost_where_many_write_to_one_record(host: Callable[..., Awaitable[Hosted]]):
    hosted = await host()
    met, shared, port = Met(0), Shared(), hosted.server.port
    first = await connected(port)
    assert (await first.ask(request_bytes("POST", "/_mock/worlds", {"id": Shared.NAME}))).status == 201
    path = f"/w/{Shared.NAME}{IDENTITIES}{PAYMENTS}"

    async def write(number: int) -> None:
        client = await connected(port)
        for each in range(20):
            names = f"{number}-{each}"
            answer = await client.ask(request_bytes("PATCH", path, {"allowedNames": names}))
            assert answer.status == 200
            shared.accepted[answer.header("Mock-Request-Id")] = names
        client.abort()

    await asyncio.gather(*map(write, range(10)))
    found = (await first.ask(request_bytes("GET", f"/_mock/worlds/{Shared.NAME}/revisions?limit=1000"))).json
    record = (await first.ask(request_bytes("GET", path))).json["identityKubernetesAuth"]
    shared.audit(met, found, record)
    assert met.complaints == []
    assert found["revision"] == len(found["revisions"]) == 200
    shared.accepted.popitem()
    shared.audit(met, found, record)
    assert met.complaints, "an audit that never complains shows nothing"
    first.abort()


async def test_looking_at_many_connections_gives_others_their_turn(
    host: Callable[..., Awaitable[Hosted]], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(connection_limits, "CHECKED_AT_ONCE", 2)
    hosted = await host(idle_timeout=0.1)
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(hosted.wire()) for _ in range(7)]
        assert all([await wire.is_closed(PATIENCE) for wire in wires])


async def test_a_look_at_all_does_not_hurry_a_client_that_has_ended_its_side(
    host: Callable[..., Awaitable[Hosted]], monkeypatch: pytest.MonkeyPatch
):
    """Both look whether a connection is at rest, and between two pipelined requests it is, for a moment."""
    hosted = await host()
    answered = connection.Connection.log_access

    def check_at_once(self: connection.Connection, *more: Any) -> None:
        answered(self, *more)
        asyncio.get_running_loop().call_soon(self.check_timeout, 0.0)
        asyncio.get_running_loop().call_soon(self._close_when_idle, asyncio.get_running_loop(), 0.0)

    monkeypatch.setattr(connection.Connection, "log_access", check_at_once)
    async with hosted.wire() as wire:
        await wire.send(request() * 5)
        wire.end()
        assert await hosted.answers(wire, 5) == [200] * 5
        assert await wire.is_closed(PATIENCE)


def test_a_client_of_the_command_that_half_closes_gets_its_answers():
    """The command serves on another loop than these tests do."""
    with serving() as server, socket.create_connection(("127.0.0.1", server.port), PATIENCE) as client:
        client.sendall(request() * 5)
        client.shutdown(socket.SHUT_WR)
        came = b""
        while chunk := client.recv(65536):
            came += chunk
    assert came.count(b"HTTP/1.1 200 OK") == 5


def test_a_client_of_the_command_that_takes_nothing_gets_no_further_answers():
    with serving("--write-timeout", "1") as server, socket.create_connection(("127.0.0.1", server.port)) as client:
        client.sendall(LARGE * 1000)  # about 100 MB
        deadline = time.perf_counter() + PATIENCE
        try:
            while time.perf_counter() < deadline:
                client.send(LARGE)
                time.sleep(0.1)
        except ConnectionError:
            return
        pytest.fail("a client that takes nothing was not cut off")
