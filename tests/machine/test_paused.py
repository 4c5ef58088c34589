"""A process that is paused (SIGSTOP, SIGCONT): clients that waited are answered, and no timeout counts the pause."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.commands import run
from tests.client import ADMIN, IDENTITIES, PAYMENTS
from tests.machine.running import Started, started

BODY = b'{"allowedNamespaces": "a"}'
REQUEST = (
    f"PATCH {IDENTITIES}{PAYMENTS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {ADMIN}\r\n"
    f"Content-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n"
).encode() + BODY
SHORT = ("--header-timeout", "1s", "--body-timeout", "1s", "--idle-timeout", "2s", "--write-timeout", "2s")
PAUSES = [
    pytest.param(4.0, SHORT, id="4 s, short timeouts"),
    pytest.param(20.0, (), id="20 s", marks=pytest.mark.extensive),
]


@contextmanager
def paused(server: Started, seconds: float) -> Iterator[None]:
    """Pause the process for that time; the block runs in the pause."""
    server.process.send_signal(signal.SIGSTOP)
    end = time.perf_counter() + seconds
    try:
        yield
        time.sleep(max(0.0, end - time.perf_counter()))
    finally:
        server.process.send_signal(signal.SIGCONT)


class Wire:
    """A connection that sends bytes as it likes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)

    def send(self, content: bytes) -> None:
        self.socket.sendall(content)

    def status(self) -> str:
        """The status of the next response; an empty text if the connection is closed instead."""
        found = b""
        while b"\r\n\r\n" not in found:
            piece = self.socket.recv(65536)
            if not piece:
                return ""
            found += piece
        return found.split()[1].decode()


@contextmanager
def wires(port: int, number: int) -> Iterator[list[Wire]]:
    made = [Wire(port) for _ in range(number)]
    try:
        yield made
    finally:
        for each in made:
            each.socket.close()


@pytest.mark.parametrize(("seconds", "flags"), PAUSES)
def test_everybody_who_waited_is_answered(seconds: float, flags: tuple[str, ...]):
    with started(*flags) as server, wires(server.port, 12) as made, wires(server.port, 3) as half_closed:
        idle, half_head, half_body, new = made[:3], made[3:6], made[6:9], made[9:]
        for each in idle:
            each.send(REQUEST)
            assert each.status() == "200"
        for each in half_head:
            each.send(REQUEST[:40])
        for each in half_body:
            each.send(REQUEST[:-5])
        time.sleep(0.3)
        with paused(server, seconds):
            for each in half_head:
                each.send(REQUEST[40:])
            for each in half_body:
                each.send(REQUEST[-5:])
            for each in (*new, *half_closed):
                each.send(REQUEST)
            for each in half_closed:
                each.socket.shutdown(socket.SHUT_WR)
        assert [each.status() for each in (*new, *half_head, *half_body, *half_closed)] == ["200"] * 12
        for each in idle:
            each.send(REQUEST)
        assert [each.status() for each in idle] == ["200"] * 3
        if seconds > 5:
            server.until_logged("the process was paused: timeouts do not count that time")
        code, log, errors = server.ended()
    assert (code, errors) == (0, "")
    assert log.count("paused") == (seconds > 5)


def test_timeouts_count_on_after_the_pause():
    with started(*SHORT) as server, wires(server.port, 3) as made:
        idle, half_head, half_body = made
        half_head.send(REQUEST[:40])
        half_body.send(REQUEST[:-5])
        time.sleep(0.3)
        with paused(server, 3):
            pass
        assert half_head.status() == "408"
        assert half_body.status() == "400"
        assert idle.status() == ""


def test_a_request_with_a_delay_and_a_stream_of_events_go_on():
    with started(*SHORT) as server, wires(server.port, 2) as made:
        delayed, stream = made
        stream.send(b"GET /_mock/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert stream.status() == "200"
        delayed.send(REQUEST.replace(b"Host:", b"Prefer: wait=2\r\nHost:"))
        time.sleep(0.3)
        with paused(server, 4):
            pass
        assert delayed.status() == "200"
        seen = b""
        while b"updateKubernetesAuth" not in seen:
            piece = stream.socket.recv(65536)
            assert piece
            seen += piece


def test_a_world_is_not_idle_because_the_process_was_paused():
    with started("--world-idle", "2s") as server:
        with server.client() as client:
            assert client.ask("PUT", "/_mock/worlds/mine")[0] == 201
        with paused(server, 4):
            pass
        with server.client() as client:
            assert client.ask("GET", "/_mock/worlds/mine")[0] == 200
            time.sleep(2.5)
            assert client.ask("GET", "/_mock/worlds/mine")[0] == 404


def test_the_health_check_says_that_there_is_no_response():
    with started() as server:
        with paused(server, 0):
            done = run("healthcheck", "--port", str(server.port), "--timeout", "500ms")
            assert (done.returncode, done.stdout) == (1, "")
            assert done.stderr == (
                f"not healthy: http://127.0.0.1:{server.port}/_mock/health: no response within 0.5 seconds\n"
            )
        assert run("healthcheck", "--port", str(server.port)).returncode == 0


@pytest.mark.parametrize("which", ["a server", "all servers", "the command"])
def test_workers_go_on_after_a_pause(which: str):
    from tests.cli.test_workers import children

    with started("--workers", "2", *SHORT) as server, wires(server.port, 8) as made:
        pids = children(server.process.pid)
        chosen = {"a server": pids[:1], "all servers": pids, "the command": [server.process.pid]}[which]
        for pid in chosen:
            os.kill(pid, signal.SIGSTOP)
        for number, each in enumerate(made):
            world = b"" if number < 2 else b"Mock-World: other-%d\r\n" % number
            each.send(REQUEST.replace(b"Host:", world + b"Host:"))
        time.sleep(4)
        for pid in chosen:
            os.kill(pid, signal.SIGCONT)
        statuses = [each.status() for each in made]
        assert statuses == ["200"] * 2 + ["404"] * 6, "other worlds do not exist, but the answer comes"
        assert children(server.process.pid) == pids, "no server was taken for dead"
        code, _, errors = server.ended()
    assert (code, errors) == (0, "")


def test_a_paused_command_is_stopped_once_it_goes_on():
    with started() as server:
        with paused(server, 1):
            server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(10) == 0
