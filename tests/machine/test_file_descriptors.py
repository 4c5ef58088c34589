"""No file descriptors left: the start is refused in a line; a server that runs says so once, goes on, and recovers."""

import os
import resource
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest

from tests.cli.commands import COMMAND
from tests.cli.test_watch import ONE, TWO, write
from tests.machine.processes import ended
from tests.machine.running import Started, started

pytestmark = pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="needs Linux: its limits of other processes")
LIMIT = 60
WORDS = "no file descriptors left: new connections are not served until some are free"


@pytest.mark.parametrize("files", [10, 16, 24, 40, 95])
@pytest.mark.parametrize("workers", [(), ("--workers", "2")], ids=["one", "workers"])
def test_a_start_with_too_few_is_refused_in_a_line(files: int, workers: tuple[str, ...]):
    done = ended("serve", "--port", "0", *workers, limit=f"-n {files}")
    reason = f"this process may have {files} open files, and the server needs 96: raise the limit (ulimit -n)\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", reason)


def test_with_the_fewest_it_serves_as_many_as_fit():
    with started(limit="-n 96") as server, ExitStack() as stack:
        for _ in range(120):
            stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
        server.until(lambda: is_healthy(server), "those over the limit are closed")
        # On a busy machine those over the limit may hold the last ones for two checks: the log says so then.
        assert "Traceback" not in server.ended()[1]


def is_healthy(server: Started) -> bool:
    with server.client() as client:
        try:
            return client.ask("GET", "/_mock/health")[0] == 200
        except (OSError, HTTPException):
            return False


LOOPS = {
    "uvloop": (*COMMAND,),
    "asyncio": (
        *(sys.executable, "-c"),
        "import sys; sys.modules['uvloop'] = None; from mockserver.cli.main import main; main()",
    ),
}


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def many_connections(port: int, number: int) -> Iterator[None]:
    with ExitStack() as stack:
        for _ in range(number):
            stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        yield


@pytest.mark.parametrize("tls", [(), ("--tls", "auto")], ids=["http", "https"])
@pytest.mark.parametrize("loop", LOOPS)
def test_a_server_without_any_says_so_once_goes_on_and_recovers(loop: str, tls: tuple[str, ...]):
    with started("--log-level", "info", *tls, command=LOOPS[loop]) as server, server.client() as client:
        pid = server.process.pid
        assert client.ask("GET", "/_mock/health")[0] == 200
        assert client.update("before") == 200
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
        with many_connections(server.port, 2 * LIMIT):
            server.until_logged(WORDS)
            before = processor_seconds(pid)
            time.sleep(2)
            assert processor_seconds(pid) - before < 0.8, "it must not spin"
            assert client.ask("GET", "/_mock/health")[0] == 200, "those that are open are served"
            assert client.update("meanwhile") == 200
        server.until_logged("file descriptors are free again")
        for _ in range(5):
            with server.client() as again:
                assert again.namespace() == "meanwhile"
        code, log, errors = server.ended()
    assert code == 0
    assert errors == ""
    assert log.count(WORDS) == 1
    assert "Traceback" not in log


def test_a_request_that_needs_a_file_is_answered_with_the_reason():
    """Modules of rare calls are loaded when they are first called."""
    with started() as server, server.client() as client:
        assert client.ask("GET", "/api/status")[0] == 200
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
        with many_connections(server.port, 2 * LIMIT):
            server.until_logged(WORDS)
            status, content = client.ask("GET", "/_mock/coverage")
            assert status == 503
            assert b"there are no file descriptors left (ulimit -n)" in content
        server.until(lambda: client.ask("GET", "/_mock/coverage")[0] == 200, "the answer once there are some")
        client.close()
        _, log, errors = server.ended()
    assert "Traceback" not in log + errors


def test_watched_fixtures_are_read_once_there_are_some_again(tmp_path: Path):
    file = tmp_path / "world.yaml"
    file.write_text(ONE)
    with started("--watch", "--fixtures", str(file), "--log-level", "info") as server:
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
        with many_connections(server.port, 2 * LIMIT):
            server.until_logged(WORDS)
            write(file, TWO)
            server.until_logged("cannot be read: Too many open files")
        server.until_logged("fixtures reloaded")
        assert server.ended()[0] == 0
