"""A server in a process of its own: its log and its errors are in files, so that it never waits for a reader."""

import signal
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.cli.commands import COMMAND, environment
from tests.machine.processes import Client, limited

SECONDS = 30


class Started:
    """A server that has been started; `port` is known once it is ready."""

    def __init__(self, process: subprocess.Popen[bytes], folder: Path) -> None:
        self.process = process
        self.port = 0
        self.is_secure = False
        self._folder = folder

    @property
    def log(self) -> str:
        """What stands on stdout so far."""
        return (self._folder / "stdout").read_text()

    @property
    def errors(self) -> str:
        """What stands on stderr so far."""
        return (self._folder / "stderr").read_text()

    def client(self, timeout: float = SECONDS) -> Client:
        """Return a new client."""
        context = None
        if self.is_secure:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        return Client(self.port, timeout, context)

    def until(self, holds: Callable[[], object], why: str = "", seconds: float = SECONDS) -> None:
        """Wait until something holds."""
        end = time.perf_counter() + seconds
        while not holds():
            assert time.perf_counter() < end, f"{why}\n{self.log}\n{self.errors}"
            time.sleep(0.02)

    def until_logged(self, words: str) -> None:
        """Wait until the words stand on stdout."""
        self.until(lambda: words in self.log, words)

    def until_said(self, words: str) -> None:
        """Wait until the words stand on stderr."""
        self.until(lambda: words in self.errors, words)

    def ended(self, how: signal.Signals = signal.SIGTERM) -> tuple[int, str, str]:
        """Send the signal, and return exit code, log and errors."""
        self.process.send_signal(how)
        code = self.process.wait(SECONDS)
        return code, self.log, self.errors


@contextmanager
def starting(*arguments: str, command: Sequence[str] = COMMAND, limit: str = "", **variables: str) -> Iterator[Started]:
    """A server on a free port that may not be ready yet. `limit` is one of the shell."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "stdout").open("wb") as stdout, (folder / "stderr").open("wb") as stderr:
            process = subprocess.Popen(
                limited([*command, "serve", "--port", "0", *arguments], limit),
                stdout=stdout,
                stderr=stderr,
                env=environment(**variables),
            )
        try:
            yield Started(process, folder)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.terminate()  # with workers, so that it stops them
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()


@contextmanager
def started(*arguments: str, command: Sequence[str] = COMMAND, limit: str = "", **variables: str) -> Iterator[Started]:
    """A server that is ready."""
    with starting(*arguments, command=command, limit=limit, **variables) as server:
        server.until(lambda: " ready at " in server.log or server.process.poll() is not None)
        line = next((each for each in server.log.splitlines() if " ready at " in each), "")
        assert line, server.errors
        url = line.split(" (")[0]
        server.port, server.is_secure = int(url.rpartition(":")[2]), "https://" in url
        yield server
