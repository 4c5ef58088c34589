"""The machine's time jumps by hours. Worlds follow it, as the service does; durations and timeouts do not notice."""

import json
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from pathlib import Path

import pytest

from mockserver.clock import iso, machine_seconds
from tests.client import ADMIN, IDENTITIES, PAYMENTS
from tests.machine.jumping import JUMP_FILE
from tests.machine.processes import Client
from tests.machine.running import Started, started

HOUR = 3600
JUMPS = [pytest.param(HOUR, id="forwards"), pytest.param(-HOUR, id="backwards")]
COMMAND = (sys.executable, "-m", "tests.machine.jumping")
HEADERS = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}


class Jumping:
    """A server whose machine's time can jump."""

    def __init__(self, server: Started, file: Path) -> None:
        self.server = server
        self._file = file

    def jump(self, seconds: int) -> None:
        """Set the machine's time, and wait until the server has it."""
        self._file.write_text(str(seconds))
        self.server.process.send_signal(signal.SIGUSR1)
        with self.server.client() as client:
            self.server.until(lambda: abs(now(client) - machine_seconds() - seconds) < 60, "the jump")


def now(client: Client) -> float:
    """The time of the default world, in seconds."""
    text = json.loads(client.ask("GET", "/_mock/worlds/default")[1])["now"]
    return datetime.fromisoformat(text).timestamp()


@contextmanager
def jumping(tmp_path: Path, *flags: str) -> Iterator[Jumping]:
    file = tmp_path / "jump"
    with started(*flags, command=COMMAND, **{JUMP_FILE: str(file)}) as server:
        yield Jumping(server, file)
        assert server.process.poll() is None
        code, log, errors = server.ended()
    assert (code, errors) == (0, "")
    assert "paused" not in log, "a jump of the wall clock is no pause"


def expiring(seconds: int) -> str:
    moment = iso((machine_seconds() + seconds) * 1000)
    return f"""version: 1
organizations: [{{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }}]
identities: [{{ id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: ops, role: admin }}]
accessTokens: [{{ token: short, identity: ops, expiresAt: "{moment}" }}]
"""


@pytest.mark.parametrize("seconds", JUMPS)
def test_a_token_expires_by_the_time_that_the_machine_has(tmp_path: Path, seconds: int):
    fixtures = tmp_path / "world.yaml"
    fixtures.write_text(expiring(HOUR // 2))
    with jumping(tmp_path, "--fixtures", str(fixtures)) as machine, machine.server.client() as client:
        target = "/api/v1/identities/1d000000-0000-4000-8000-000000000001"
        assert client.ask("GET", target, Authorization="Bearer short")[0] == 200
        machine.jump(seconds)
        assert client.ask("GET", target, Authorization="Bearer short")[0] == (403 if seconds > 0 else 200)
        machine.jump(0)
        assert client.ask("GET", target, Authorization="Bearer short")[0] == 200


@pytest.mark.parametrize("seconds", JUMPS)
def test_nobody_is_locked_out_of_a_window_by_a_jump(tmp_path: Path, seconds: int):
    with jumping(tmp_path, "--rate-limits", "write=2") as machine, machine.server.client() as client:
        assert [client.update("a") for _ in range(3)] == [200, 200, 429]
        machine.jump(seconds)
        assert [client.update("a") for _ in range(3)] == [200, 200, 429], "a new window"
        connection = HTTPConnection("127.0.0.1", machine.server.port, timeout=10)
        connection.request("PATCH", IDENTITIES + PAYMENTS, '{"allowedNames": "b"}', HEADERS)
        response = connection.getresponse()
        assert 0 < int(response.headers["retry-after"]) <= 60
        connection.close()


@pytest.mark.parametrize("seconds", JUMPS)
def test_revisions_and_journal_keep_their_order(tmp_path: Path, seconds: int):
    with jumping(tmp_path) as machine, machine.server.client() as client:
        for number in range(6):
            if number == 3:
                machine.jump(seconds)
            assert client.update(f"ns{number}") == 200
        assert client.namespace() == "ns5"
        revisions = json.loads(client.ask("GET", "/_mock/worlds/default/revisions")[1])["revisions"]
        assert [each["revision"] for each in revisions] in ([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1])
        listed = json.loads(client.ask("GET", "/_mock/requests?operation=updateKubernetesAuth")[1])["requests"]
        in_order = [each["requestId"] for each in sorted(revisions, key=lambda each: each["revision"])]
        assert [each["id"] for each in listed] in (in_order, in_order[::-1])
        record = json.loads(client.ask("GET", IDENTITIES + PAYMENTS, Authorization=f"Bearer {ADMIN}")[1])
        updated = datetime.fromisoformat(record["identityKubernetesAuth"]["updatedAt"]).timestamp()
        assert abs(updated - machine_seconds() - seconds) < 60, "the time of the machine, as the service writes it"


@pytest.mark.parametrize("seconds", JUMPS)
def test_no_connection_is_closed_and_no_delay_is_longer(tmp_path: Path, seconds: int):
    with jumping(tmp_path, "--header-timeout", "60s") as machine:
        port = machine.server.port
        idle, delayed = (HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(2))
        idle.request("GET", "/api/status")
        before = idle.getresponse()
        before.read()
        begun = time.perf_counter()
        delayed.request("PATCH", IDENTITIES + PAYMENTS, '{"allowedNames": "b"}', {**HEADERS, "Prefer": "wait=2"})
        machine.jump(seconds)
        response = delayed.getresponse()
        assert response.status == 200
        assert 2 <= time.perf_counter() - begun < 10
        time.sleep(1.2)  # connections are looked at each half second
        socket = idle.sock
        idle.request("GET", "/api/status")
        after = idle.getresponse()
        assert idle.sock is socket, "the same connection"
        moved = parsedate_to_datetime(after.headers["Date"]) - parsedate_to_datetime(before.headers["Date"])
        assert abs(moved.total_seconds() - seconds) < 60
        for each in (idle, delayed):
            each.close()


@pytest.mark.parametrize("seconds", JUMPS)
def test_no_world_is_idle_by_a_jump_and_a_stream_of_events_goes_on(tmp_path: Path, seconds: int):
    with jumping(tmp_path, "--world-idle", "600s") as machine, machine.server.client() as client:
        assert client.ask("PUT", "/_mock/worlds/mine")[0] == 201
        stream = HTTPConnection("127.0.0.1", machine.server.port, timeout=20)
        stream.request("GET", "/_mock/events")
        events = stream.getresponse()
        machine.jump(seconds)
        assert client.ask("GET", "/_mock/worlds/mine")[0] == 200
        assert client.update("a") == 200
        seen = b""
        while b"updateKubernetesAuth" not in seen:
            seen += events.read1(4096)
        stream.close()
