"""Nothing is left of a client, however it goes: no task, no socket, no lost update. Nothing here measures time."""

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from mockserver import Settings, connection, create_app, crowd
from mockserver.app import Core
from mockserver.logs import Log
from mockserver.server import Server
from tests.cli.commands import serving
from tests.client import IDENTITIES, PAYMENTS, Wire, head, request
from tests.stress.connection import connected, request_bytes
from tests.stress.good import Met, Shared

PATIENCE = 20
FILES = Path("/proc/self/fd")
SHORT = {"header_timeout": 0.3, "body_timeout": 0.3, "idle_timeout": 0.5, "write_timeout": 0.5}
LARGE = request_bytes("GET", "/openapi.yaml")


class Hosted:
    """A server in the test's own loop."""

    def __init__(self, server: Server, mock: Core, log: StringIO) -> None:
        self.server = server
        self.mock = mock
        self.log = log

    @asynccontextmanager
    async def wire(self, *, takes: bool = True) -> AsyncIterator[Wire]:
        """A connection, from which the client may take nothing, and which it leaves only when it is told to."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        if not takes:
            writer.transport.pause_reading()
        try:
            yield Wire(reader, writer)
        finally:
            writer.close()

    async def answers(self, wire: Wire, number: int = 1) -> list[int]:
        """The statuses of the next answers."""
        return [(await wire.answer("GET", PATIENCE)).status for _ in range(number)]


@pytest.fixture
async def host(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Callable[..., Awaitable[Hosted]]]:
    """Starts servers: `await host(max_body=100)`."""
    monkeypatch.setattr(connection, "LINGER_SECONDS", 0.1)
    monkeypatch.setattr(connection, "HALF_CLOSED_SECONDS", 0.5)
    async with AsyncExitStack() as stack:

        async def start(**settings: Any) -> Hosted:
            made, log = Settings(port=0, **settings), StringIO()
            mock = Core(made, log=Log(stream=log))
            server = Server(create_app(mock=mock), made.host, made.port)
            await server.start()
            stack.push_async_callback(server.stop)
            return Hosted(server, mock, log)

        yield start


async def until(holds: Callable[[], bool]) -> None:
    """Waits until it holds; the test fails if it never does."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what is waited for knows of no event
            await asyncio.sleep(0.01)


def sockets() -> int:
    """The open sockets of this process."""
    found = 0
    for each in FILES.iterdir():
        with suppress(FileNotFoundError):
            found += str(each.readlink()).startswith("socket:")
    return found


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
        await until(lambda: bool(hosted.server.crowd.slow))
        leave_by_reset(wire)


async def takes_nothing_and_stays(hosted: Hosted) -> None:
    async with hosted.wire(takes=False) as wire:
        await wire.send(LARGE * 300)
        await until(lambda: bool(hosted.server.crowd.slow))
        await until(lambda: not len(hosted.server.crowd))
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
    assert len(hosted.server.crowd) == 0
    assert not hosted.server.crowd.special
    assert hosted.log.getvalue() == ""
    assert not [record for record in caplog.records if record.levelname in ("ERROR", "CRITICAL")]
    async with hosted.wire() as wire:
        await wire.send(request())
        assert await hosted.answers(wire) == [200]


async def test_what_is_not_taken_is_not_made(host: Callable[..., Awaitable[Hosted]]):
    """A client that asks for much and reads nothing gets no further answers; once it reads, it gets them all."""
    hosted = await host()
    asked = []
    answer = hosted.mock.answer
    hosted.mock.answer = lambda request: asked.append(request.path) or answer(request)
    async with hosted.wire(takes=False) as wire:
        await wire.send(LARGE * 300 + request())
        await until(lambda: bool(hosted.server.crowd.slow))
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
        await until(lambda: bool(hosted.server.crowd.slow))
        await hosted.server.stop()
        await until(lambda: not len(hosted.server.crowd))
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
    monkeypatch.setattr(crowd, "AT_A_TIME", 2)
    hosted = await host(**{**SHORT, "idle_timeout": 0.1})
    async with AsyncExitStack() as stack:
        wires = [await stack.enter_async_context(hosted.wire()) for _ in range(7)]
        assert all([await wire.is_closed(PATIENCE) for wire in wires])


async def test_a_look_at_all_does_not_hurry_a_client_that_has_ended_its_side(
    host: Callable[..., Awaitable[Hosted]], monkeypatch: pytest.MonkeyPatch
):
    """Both look whether a connection is at rest, and between two pipelined requests it is, for a moment."""
    hosted = await host()
    answered = connection.Connection.log_access

    def look_at_once(self: connection.Connection, *more: Any) -> None:
        answered(self, *more)
        asyncio.get_running_loop().call_soon(self.look, 0.0)
        asyncio.get_running_loop().call_soon(self._see_out, asyncio.get_running_loop(), 0.0)

    monkeypatch.setattr(connection.Connection, "log_access", look_at_once)
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
