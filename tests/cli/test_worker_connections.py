"""`serve --workers`: a connection is on the worker of its request's world, however the bytes come."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection

import pytest

from tests.cli.commands import Running, serving
from tests.cli.test_workers import children, created, until, world_on
from tests.client import ADMIN, IDENTITIES, PAYMENTS
from tests.stress.garbage import GARBAGE

FIRST, SECOND = world_on(0), world_on(1)
WORLDS = (FIRST, SECOND)


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving("--workers", "2") as server:
        for each in WORLDS:
            created(server, each)
        yield server


@pytest.fixture(scope="module")
def alone() -> Iterator[Running]:
    with serving() as server:
        yield server


def update(world: str, names: str = "a", *, form: str = "path", more: str = "", body: bytes | None = None) -> bytes:
    """The bytes of an update, which names its world in the path, in the header, or in a target of absolute form."""
    content = json.dumps({"allowedNames": names}).encode() if body is None else body
    path = IDENTITIES + PAYMENTS if form == "header" else f"/w/{world}{IDENTITIES}{PAYMENTS}"
    target = f"http://mock.example{path}" if form == "absolute" else path
    header = f"mOCK-wORLD:  {world} \r\n" if form == "header" else ""
    head = f"PATCH {target} HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer {ADMIN}\r\n{header}{more}"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


class Wire:
    """A connection of raw bytes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._file = self.socket.makefile("rb")

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self.socket.close()

    def answer(self) -> tuple[int, dict[str, str], bytes]:
        """The next response; the status is 0 if the connection has ended."""
        line = self._file.readline()
        if not line:
            return 0, {}, b""
        headers = {}
        while (each := self._file.readline().strip()) != b"":
            name, _, value = each.decode().partition(": ")
            headers[name] = value
        return int(line.split()[1]), headers, self._file.read(int(headers["Content-Length"]))


def ask(running: Running, *pieces: bytes, pause: float = 0.0) -> tuple[int, dict[str, str], bytes]:
    with Wire(running.port) as wire:
        for each in pieces:
            wire.socket.sendall(each)
            time.sleep(pause)
        return wire.answer()


@pytest.mark.parametrize("form", ["path", "header", "absolute"])
@pytest.mark.parametrize("world", WORLDS)
def test_a_request_finds_its_world(running: Running, world: str, form: str):
    for number in range(6):  # whichever server accepts the connection
        status, headers, content = ask(running, update(world, f"{form}-{number}", form=form))
        assert (status, headers.get("Mock-World")) == (200, world), content


def test_each_request_of_a_connection_finds_its_world(running: Running):
    with Wire(running.port) as wire:
        for number in range(30):
            world = WORLDS[number // 2 % 2]
            wire.socket.sendall(update(world, f"turn-{number}", form="header" if number % 3 else "path"))
            status, headers, content = wire.answer()
            assert (status, headers.get("Mock-World")) == (200, world)
            assert f"turn-{number}".encode() in content
            wire.socket.sendall(
                b"GET /_mock/worlds/%s HTTP/1.1\r\nHost: localhost\r\n\r\n" % WORLDS[number % 2].encode()
            )
            assert wire.answer()[0] == 200


CUTS: dict[str, Callable[[bytes], list[bytes]]] = {
    "byte by byte": lambda content: [content[at : at + 1] for at in range(len(content))],
    "within the method": lambda content: [content[:3], content[3:]],
    "within the path": lambda content: [content[:12], content[12:]],
    "behind the first line": lambda content: [content[: content.index(b"\n") + 1], content[content.index(b"\n") + 1 :]],
    "within the header that names the world": lambda content: [
        content[: content.index(b"wORLD") + 2], content[content.index(b"wORLD") + 2 :]
    ],
    "before the body": lambda content: [
        content[: content.index(b"\r\n\r\n") + 4], content[content.index(b"\r\n\r\n") + 4 :]
    ],
    "within the body": lambda content: [content[:-5], content[-5:]],
}  # fmt: skip


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("form", ["path", "header"])
@pytest.mark.parametrize("cut", CUTS)
def test_a_request_in_pieces_finds_its_world(running: Running, world: str, form: str, cut: str):
    content = update(world, form="header") if "names the world" in cut else update(world, form=form)
    pieces = CUTS[cut](content)
    with Wire(running.port) as wire:
        for _ in range(2):  # on a new connection, and on one that has been used
            wire.socket.sendall(update(WORLDS[0] if world == WORLDS[1] else WORLDS[1]))
            assert wire.answer()[0] == 200
            for each in pieces:
                wire.socket.sendall(each)
                time.sleep(0.0005 if len(pieces) > 10 else 0.02)
            status, headers, _ = wire.answer()
            assert (status, headers["Mock-World"]) == (200, world)


@pytest.mark.parametrize("size", [10_000, 31_000, 33_000, 200_000, 1_000_000, 1_048_576, 1_048_577])
@pytest.mark.parametrize("world", WORLDS)
def test_a_large_body_is_whole_wherever_it_was_begun(running: Running, world: str, size: int):
    """What was read before the connection was handed over goes with it, in the message or in a file."""
    names = "n" * (size - len('{"allowedNames": ""}'))
    body = b'{"allowedNames": "%s"}' % names.encode()
    assert len(body) == size
    for _ in range(3):
        status, headers, content = ask(running, update(world, body=body))
        if size > 1_048_576:
            assert (status, headers["Mock-Rule"]) == (400, "body.size")
        else:
            assert (status, headers["Mock-World"]) == (422, world) or names.encode() in content, content[:300]


def test_requests_of_one_world_in_one_go_are_answered_in_turn(running: Running):
    for world in WORLDS:
        with Wire(running.port) as wire:
            wire.socket.sendall(b"".join(update(world, f"line-{number}") for number in range(20)))
            for number in range(20):
                status, _, content = wire.answer()
                assert status == 200
                assert f"line-{number}".encode() in content


def test_a_request_behind_one_of_another_worker_s_world_is_never_answered_for_a_wrong_world(running: Running):
    """Both were read at once, so the second one cannot go to its worker: it says so, and nothing is changed."""
    for first, second in (WORLDS, WORLDS[::-1]):
        before = running.ask("GET", f"/_mock/worlds/{second}")[2]
        with Wire(running.port) as wire:
            wire.socket.sendall(update(first, "in-front") + update(second, "behind"))
            assert wire.answer()[0] == 200
            status, headers, content = wire.answer()
            assert status == 421
            assert headers["Connection"] == "close"
            assert json.loads(content)["error"] == "MisdirectedRequest"
            assert wire.answer()[0] == 0, "the connection is closed"
        after = running.ask("GET", f"/_mock/worlds/{second}")[2]
        assert json.loads(after)["revision"] == json.loads(before)["revision"]


@pytest.mark.parametrize("at", [1, 4, 20, 60, 150])
def test_the_beginning_of_the_next_request_may_come_with_the_one_before(running: Running, at: int):
    for first in WORLDS:
        for second in WORLDS:
            whole = update(second, "behind", form="header")
            with Wire(running.port) as wire:
                wire.socket.sendall(update(first, "in-front") + whole[:at])
                assert wire.answer()[0] == 200
                wire.socket.sendall(whole[at:])
                status, headers, content = wire.answer()
                if first == second:
                    assert (status, headers["Mock-World"]) == (200, second), content
                else:
                    assert status == 421 or headers["Mock-World"] == second


def test_a_client_that_closes_its_side_is_answered(running: Running):
    for world in WORLDS:
        for number in range(1, 5):
            with Wire(running.port) as wire:
                wire.socket.sendall(b"".join(update(world, f"half-{each}") for each in range(number)))
                wire.socket.shutdown(socket.SHUT_WR)
                assert [wire.answer()[0] for _ in range(number + 1)] == [200] * number + [0]


@pytest.mark.parametrize(
    "content",
    [
        b"nonsense\r\n\r\n",
        b"GET /w/x/ HTTP/9.9\r\nHost: mock\r\n\r\n",
        b"GET /%s HTTP/1.1\r\nHost: mock\r\n\r\n" % (b"a" * 100_000),
        b"GET / HTTP/1.1\r\nHost: mock\r\n%s\r\n" % b"".join(b"X-%d: 1\r\n" % number for number in range(5000)),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n",
        *GARBAGE,
    ],
)
def test_what_is_no_request_is_refused_as_by_one_server(running: Running, alone: Running, content: bytes):
    expected = ask(alone, content)
    for _ in range(3):  # at whichever server
        began = time.perf_counter()
        found = ask(running, content)
        assert (found[0], found[1].get("Mock-Rule")) == (expected[0], expected[1].get("Mock-Rule"))
        assert time.perf_counter() - began < 5, "at once, and not when the time for a head is over"


def test_a_head_that_does_not_end_runs_out_of_time():
    with serving("--workers", "2", "--header-timeout", "1s") as server:
        assert ask(server, b"GET /api/v1/x HTTP/1.1\r\nHost: mock\r\n")[0] == 408


def test_a_hundred_clients_that_leave_while_they_are_handed_over_leave_nothing(running: Running):
    def files() -> list[int]:
        return [len(os.listdir(f"/proc/{pid}/fd")) for pid in children(running.process.pid)]  # noqa: PTH208

    before = files()
    for number in range(100):
        with Wire(running.port) as wire:
            wire.socket.sendall(update(WORLDS[number % 2])[: 40 + 3 * number])
    until(lambda: all(now <= then for now, then in zip(files(), before, strict=True)), "every descriptor is closed")


def test_a_worker_that_takes_no_connections_is_named_once_its_inbox_is_full():
    with serving("--workers", "2") as server, ExitStack() as stack:
        paused = children(server.process.pid)[1]
        os.kill(paused, signal.SIGSTOP)
        stack.callback(os.kill, paused, signal.SIGCONT)
        made = [stack.enter_context(Wire(server.port)) for _ in range(150)]
        for each in made:
            each.socket.sendall(update(SECOND, "n" * 8000))
        status = running_ask(server, FIRST)
        assert status == 404, "the other worker goes on"
        found = set()
        for each in made:
            each.socket.settimeout(0.01 if found else 10)
            try:
                found.add(each.answer()[0])
            except TimeoutError:
                found.add(-1)
        assert found <= {503, -1}
        assert 503 in found, "there was no room for all"


def running_ask(server: Running, world: str) -> int:
    return server.ask("PATCH", f"/w/{world}{IDENTITIES}{PAYMENTS}", "{}", Authorization=f"Bearer {ADMIN}")[0]


def test_each_worker_counts_the_connections_that_it_has():
    with serving("--workers", "2", "--max-connections", "5") as server, ExitStack() as stack:
        for world in WORLDS:
            created(server, world)
        for world in WORLDS:
            for _ in range(5):
                wire = stack.enter_context(Wire(server.port))
                wire.socket.sendall(update(world))
                assert wire.answer()[0] == 200
        for world in WORLDS:
            status, headers, _ = ask(server, update(world))
            assert (status, headers["Mock-Rule"]) == (503, "mock.crowded")


def test_without_the_control_api_its_paths_are_the_vendor_s(running: Running):
    with serving("--workers", "2", "--no-control") as server:
        status, headers, _ = server.ask("GET", "/_mock/requests")
        assert (status, headers["Mock-Rule"]) == (404, "route.unknown")
        assert server.ask("GET", "/_mock/health")[0] == 200


def test_a_connection_of_a_client_library_serves_all_worlds(running: Running):
    connection = HTTPConnection("127.0.0.1", running.port, timeout=10)
    try:
        for number in range(20):
            connection.request("GET", f"/_mock/worlds/{WORLDS[number % 2]}")
            response = connection.getresponse()
            assert (response.status, json.loads(response.read())["id"]) == (200, WORLDS[number % 2])
    finally:
        connection.close()
