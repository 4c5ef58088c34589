"""A mock in a process of its own, and the two ways to ask it: bytes as they are, and calls of the control API."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

COMMAND = (sys.executable, "-m", "mockserver")
NOW = "2026-03-01T12:00:00Z"
SEED = "7"
AS_OF = "2026-08"
"""One generation in both profiles: what a later one changes has tests of its own."""
SECONDS = 20


def environment(**variables: str) -> dict[str, str]:
    """The environment of this process without what the command listens to, and with `variables`."""
    own = ("INFISICAL_MOCK_", "PORT", "NO_COLOR")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | variables


class Mock:
    """A mock that runs."""

    def __init__(self, port: int) -> None:
        self._port = port

    def send(self, content: bytes, *, ends: bool = False) -> bytes:
        """All that comes back until the mock closes the connection. With `ends` it hears that no more is sent."""
        with socket.create_connection(("127.0.0.1", self._port), SECONDS) as connection:
            connection.sendall(content)
            if ends:
                connection.shutdown(socket.SHUT_WR)
            pieces = []
            try:
                while piece := connection.recv(1 << 16):
                    pieces.append(piece)
            except ConnectionResetError:
                pass  # a connection that was dropped may end so
        return b"".join(pieces)

    def ask(self, method: str, path: str, body: str | None = None, accept: str = "application/json") -> bytes:
        """The answer to a call of the control API."""
        connection = HTTPConnection("127.0.0.1", self._port, timeout=SECONDS)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json", "Accept": accept})
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        assert response.status // 100 == 2, f"{method} {path}: {response.status} {content!r}"
        return content


@contextmanager
def serving(engine: str, hash_seed: str) -> Iterator[Mock]:
    """A mock whose clock stands still and whose ids are the same in each run; it stops with the block."""
    with tempfile.TemporaryDirectory() as folder:
        port = Path(folder) / "port"
        fixed = (
            "--as-of",
            AS_OF,
            "--clock",
            NOW,
            "--seed",
            SEED,
            "--engine",
            engine,
            "--port",
            "0",
            "--port-file",
            str(port),
        )
        with subprocess.Popen(
            [*COMMAND, "serve", *fixed],
            stdout=subprocess.PIPE,
            text=True,
            env=environment(PYTHONHASHSEED=hash_seed),
        ) as process:
            try:
                assert process.stdout is not None
                assert process.stdout.readline(), "the mock did not start"
                yield Mock(int(port.read_text()))
            finally:
                process.terminate()


def coverage_pages(report: str) -> dict[str, str]:
    """What `infisical-mock coverage` makes of that report: all of it as text, the update in the longer formats."""
    narrow = ("--operation", "updateKubernetesAuth")
    formats = {
        "coverage.txt": ("--format", "text"),
        "coverage-update.html": ("--format", "html", *narrow),
        "coverage-update.junit.xml": ("--format", "junit", *narrow),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.json"
        file.write_text(report, encoding="utf-8")
        started = {
            name: subprocess.Popen(
                [*COMMAND, "coverage", "--report", str(file), *arguments],
                stdout=subprocess.PIPE,
                encoding="utf-8",
                env=environment(),
            )
            for name, arguments in formats.items()
        }
        pages = {name: process.communicate(timeout=SECONDS)[0] for name, process in started.items()}
    failed = [name for name, process in started.items() if process.returncode != 0]
    assert not failed, failed
    return pages
