"""`serve --workers`: several servers behind one port."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, RemoteDisconnected
from pathlib import Path

import pytest

from mockserver.serving.world_routing import worker_of
from mockserver.testing import MockError
from mockserver.testing.mock import server_at
from tests.cli.commands import COMMAND, Running, environment, run, serving
from tests.client import ADMIN, IDENTITIES, PAYMENTS

SECONDS = 20


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    with serving("--workers", "2") as server:
        yield server


def children(pid: int) -> list[int]:
    """The servers of a command."""
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def world_on(worker: int, number: int = 2) -> str:
    """A name of a world that the worker with that index has."""
    return next(name for name in map("on-{}".format, range(100)) if worker_of(name, number) == worker)


def created(server: Running, name: str, **body: object) -> int:
    status, _, content = server.ask("PUT", f"/_mock/worlds/{name}", json.dumps(body))
    assert status in (200, 201), content
    return status


def until(holds, why: str) -> None:
    end = time.perf_counter() + SECONDS
    while not holds():
        assert time.perf_counter() < end, why
        time.sleep(0.05)


def updated(server: Running, world: str) -> tuple[int, dict[str, str], bytes]:
    headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
    return server.ask("PATCH", f"/w/{world}{IDENTITIES}{PAYMENTS}", '{"allowedNames": "a"}', **headers)


class TestTwoWorkers:
    def test_the_ready_line_counts_them(self, running: Running):
        assert running.ready_line.endswith(", 2 workers)")

    def test_each_world_stays_on_one_server_and_both_servers_have_some(self, running: Running):
        names = [f"spread-{number}" for number in range(24)]
        for name in names:
            assert created(running, name) == 201
            assert created(running, name) == 200, "the same server, which knows the world"
            for _ in range(3):
                assert updated(running, name)[0] == 200
        counts = set()
        for name in names:
            _, _, content = running.ask("GET", f"/_mock/requests?world={name}")
            assert len(json.loads(content)["requests"]) == 3
            _, _, content = running.ask("GET", f"/_mock/worlds/{name}.not-there")
            counts.add(content.partition(b"on the server")[2].partition(b")")[0])
        assert len(counts) == 2, "two servers were asked"

    def test_requests_without_a_world_reach_the_same_server(self, running: Running):
        before = len(json.loads(running.ask("GET", "/_mock/requests?world=default")[2])["requests"])
        for _ in range(6):
            assert running.update()[0] == 200
        after = len(json.loads(running.ask("GET", "/_mock/requests?world=default")[2])["requests"])
        assert after == before + 6

    def test_no_connection_waits_for_another_client_to_connect(self, running: Running):
        """A new connection wakes all servers, and one of them gets it: the others must not wait."""
        kept = [HTTPConnection("127.0.0.1", running.port, timeout=2) for _ in range(16)]
        try:
            for _ in range(10):
                with ThreadPoolExecutor(8) as pool:
                    assert set(pool.map(lambda _: running.ask("GET", "/_mock/health")[0], range(100))) == {200}
                for each in kept:
                    each.request("GET", "/_mock/health")
                    response = each.getresponse()
                    response.read()
                    assert response.status == 200
        finally:
            for each in kept:
                each.close()

    def test_the_header_names_the_world_as_the_path_does(self, running: Running):
        created(running, "by-header")
        headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json", "Mock-World": "by-header"}
        status, answered, _ = running.ask("PATCH", IDENTITIES + PAYMENTS, '{"allowedNames": "a"}', **headers)
        assert (status, answered["Mock-World"]) == (200, "by-header")

    @pytest.mark.parametrize(
        ("method", "path"),
        [
            ("POST", "/_mock/worlds"),
            ("GET", "/_mock/metrics"),
            ("GET", "/_mock/events"),
            ("GET", "/_mock/requests/latest/explain"),
            ("POST", "/_mock/requests/verify"),
        ],
    )
    def test_a_control_call_without_a_world_is_refused_with_a_word(self, running: Running, method: str, path: str):
        status, headers, content = running.ask(method, path)
        assert (status, headers["Content-Type"].partition(";")[0]) == (501, "application/json")
        problem = json.loads(content)
        assert problem["error"] == "WorldNotNamed"
        assert "world" in problem["message"]

    @pytest.mark.parametrize("path", ["/_mock/health", "/_mock/rules", "/_mock/openapi.yaml", "/openapi.yaml"])
    def test_documents_are_those_of_any_server(self, running: Running, path: str):
        assert running.ask("GET", path)[0] == 200

    def test_a_copy_is_on_the_server_of_its_origin(self, running: Running):
        server = server_at(f"http://127.0.0.1:{running.port}")
        for number in range(8):
            with server.world(f"origin-{number}") as origin, server.world(origin=origin.id) as copy:
                assert copy.id.startswith(f"{origin.id}.")
                assert copy.names() == origin.names()
                assert copy.journal.requests() == []
                with pytest.raises(MockError, match="no-such"):
                    copy.verify(operation="updateKubernetesAuth", rule="no-such")

    def test_a_dropped_connection_is_dropped_for_the_client_too(self, running: Running):
        world = server_at(f"http://127.0.0.1:{running.port}").world()
        world.faults.add("drop", where="before-write", operation="updateKubernetesAuth")
        with pytest.raises(RemoteDisconnected):
            updated(running, world.id)
        assert updated(running, world.id)[0] == 200

    def test_limits_are_those_of_the_server_with_its_words(self, running: Running):
        headers = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}
        large = json.dumps({"allowedNames": "a" * (1024 * 1024)})
        status, answered, content = running.ask("PATCH", IDENTITIES + PAYMENTS, large, **headers)
        assert (status, answered["Mock-Rule"]) == (400, "body.size"), content

    def test_the_client_address_is_that_of_its_own_header_or_its_socket(self, running: Running):
        for header, status in (("203.0.113.9", 200), ("198.51.100.7", 403)):
            found = running.ask(
                "GET",
                "/api/v1/identities/details",
                Authorization="Bearer acme-office-token",
                **{"X-Real-IP": header},
            )
            assert found[0] == status

    def test_events_arrive_while_they_happen(self, running: Running):
        created(running, "watched")
        stream = HTTPConnection("127.0.0.1", running.port, timeout=5)
        stream.request("GET", "/_mock/events?world=watched")
        response = stream.getresponse()
        assert updated(running, "watched")[0] == 200
        seen = b""
        while b"updateKubernetesAuth" not in seen:
            seen += response.read1(4096)
        stream.close()


def test_a_killed_server_loses_its_worlds_and_nothing_else():
    with serving("--workers", "2") as server:
        names = [f"world-{number}" for number in range(16)]
        for name in names:
            created(server, name)
        victim = children(server.process.pid)[0]
        os.kill(victim, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{victim}/cmdline").exists(), "it is gone")
        answers = {name: updated(server, name) for name in names}  # those that it had wait for the next server
        lost = [name for name in names if answers[name][0] == 404]
        assert 0 < len(lost) < len(names)
        for name in lost:
            _, headers, content = answers[name]
            assert headers["Mock-Rule"] == "world.unknown"
            assert b"on the server 127.0.0.1:%d (worker 1)" % server.port in content
            created(server, name)
            assert updated(server, name)[0] == 200
        code, _ = server.stop()
        assert code == 0
        assert "ended with signal 9: its worlds are lost" in server.rest()[1]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_runs_on_after_the_command(how: signal.Signals, tmp_path: Path):
    with serving("--workers", "3", TMPDIR=str(tmp_path)) as server:
        pids = [
            int(each)
            for each in Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        ]
        assert len(pids) == 3
        server.process.send_signal(how)
        code = server.process.wait(10)
        assert code == (0 if how is not signal.SIGKILL else -9)
        until(lambda: not any(Path(f"/proc/{pid}/cmdline").exists() for pid in pids), "all have ended")
        until(lambda: not list(tmp_path.iterdir()), "no file is left")


def test_no_other_program_is_needed(tmp_path: Path):
    with serving("--workers", "2", PATH=str(tmp_path)) as server:
        created(server, "there")
        assert updated(server, "there")[0] == 200


def test_bad_fixtures_are_reported_once(tmp_path: Path):
    file = tmp_path / "world.yaml"
    file.write_text("organisations: []\n")
    ended = run("serve", "--workers", "3", "--port", "0", "--fixtures", str(file))
    assert ended.returncode == 3
    assert ended.stderr.count("organisations") == 1


def test_a_port_in_use_is_an_error_of_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended = run("serve", "--workers", "2", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    assert "is in use" in ended.stderr


def test_tls_is_refused_beside_workers():
    ended = run("serve", "--workers", "2", "--tls", "auto")
    assert ended.returncode == 2
    assert "--workers serves HTTP only" in ended.stderr


def test_the_port_file_is_written_once_all_servers_answer(tmp_path: Path):
    file = tmp_path / "port"
    process = subprocess.Popen(
        [*COMMAND, "serve", "--workers", "2", "--port", "0", "--port-file", str(file)],
        stdout=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    try:
        until(file.exists, "the port file is written")
        connection = HTTPConnection("127.0.0.1", int(file.read_text()), timeout=5)
        connection.request("GET", "/_mock/health")
        assert connection.getresponse().status == 200
        connection.close()
    finally:
        process.terminate()
        process.communicate(timeout=10)


@pytest.mark.extensive
def test_two_hundred_tests_in_parallel_each_world_on_one_worker():
    from tests.testing.runs import ROOT, XDIST, run_tests

    with serving("--workers", "3", INFISICAL_MOCK_JOURNAL_SIZE="20000") as server:
        client = ROOT / "examples" / "pytest"
        url = f"http://127.0.0.1:{server.port}"
        ended = run_tests(client, "tests/test_access.py", *XDIST, "-n", "4", INFISICAL_MOCK_URL=url)
        assert ended.outcomes == {"passed": 200}, ended.text
        seen = []
        for number in "123":
            content = server.ask("GET", "/_mock/requests?limit=1000", **{"Mock-Worker": number})[2]
            seen.append({each["world"] for each in json.loads(content)["requests"]})
        assert sum(map(len, seen)) == len(set().union(*seen)), "no world was on two workers"
        assert sum(map(len, seen)) >= 100, "the copies of one world are all on its worker, so one may have had none"
        worlds = json.loads(server.ask("GET", "/_mock/worlds")[2])["worlds"]
        assert [each["id"] for each in worlds] == ["default"], "every world is gone"
