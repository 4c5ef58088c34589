"""Runs `infisical-mock` as a user does: in a process of its own, with flags and variables."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

from tests.client import ADMIN, IDENTITIES, PAYMENTS

COMMAND = (sys.executable, "-m", "mockserver")
READY_SECONDS = 20


def environment(**variables: str) -> dict[str, str]:
    """The environment of this process without what the command listens to, and with `variables`."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("INFISICAL_MOCK_") and name not in ("PORT", "NO_COLOR")
    }
    return kept | variables


def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """A command that ends by itself."""
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=30, check=False, env=environment(**variables)
    )


class Running:
    """A server that runs until the test is over."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.ready_line = self._line()
        self.port = int(self.ready_line.split(" (")[0].rpartition(":")[2]) if self.ready_line else 0

    def _line(self) -> str:
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], READY_SECONDS)
        return self.process.stdout.readline().rstrip("\n") if readable else ""

    def ask(self, method: str, path: str, body: str | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return response.status, dict(response.getheaders()), response.read()
        finally:
            connection.close()

    def update(self, body: str = '{"allowedNames": "a"}', token: str = ADMIN) -> tuple[int, dict[str, str], bytes]:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        return self.ask("PATCH", IDENTITIES + PAYMENTS, body, **headers)

    def stop(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """The exit code, and the seconds that the end took."""
        started = time.perf_counter()
        self.process.send_signal(how)
        return self.process.wait(timeout=10), time.perf_counter() - started

    def rest(self) -> tuple[str, str]:
        """What else stands on stdout and stderr."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        return self.process.stdout.read(), self.process.stderr.read()


@contextmanager
def serving(*arguments: str, **variables: str) -> Iterator[Running]:
    """A server on a free port, unless arguments or variables name another."""
    named = "PORT" in variables or "INFISICAL_MOCK_PORT" in variables or "--port" in arguments
    process = subprocess.Popen(
        [*COMMAND, *arguments, *(() if named else ("--port", "0"))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(**variables),
    )
    try:
        yield Running(process)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
