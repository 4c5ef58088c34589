"""The mock as users run it, in a process of its own, and what the system says of that process."""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from types import TracebackType

from tests.stress.served import TASKS_FILE

ROOT = Path(__file__).parent.parent.parent


class Running:
    """A server until the end of a `with` block. What it writes to stderr is kept."""

    def __init__(self, *arguments: str) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed at the end of the block
        self._folder = tempfile.TemporaryDirectory()
        self._tasks = Path(self._folder.name) / "tasks"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("INFISICAL_MOCK_")}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.stress.served", "--port", "0", *arguments],
            cwd=ROOT,
            env=kept | {TASKS_FILE: str(self._tasks)},
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the server did not start: {self.errors()}")
        self.port = int(line.split(" (")[0].rpartition(":")[2])

    def errors(self) -> str:
        """All that stands on stderr: the log, at the level of warnings."""
        self._errors.seek(0)
        return self._errors.read()

    def resident_mb(self) -> float:
        """Memory that the process holds."""
        return _resident_mb(self.process.pid)

    def files(self) -> int:
        """How many files the process has open, sockets included."""
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))  # noqa: PTH208 - no link is followed

    def sockets(self) -> int:
        """How many sockets the process has open."""
        folder, found = f"/proc/{self.process.pid}/fd", 0
        for name in os.listdir(folder):  # noqa: PTH208 - links that may be gone by the next look
            try:
                found += os.readlink(f"{folder}/{name}").startswith("socket:")  # noqa: PTH115
            except FileNotFoundError:
                continue
        return found

    def tasks(self) -> dict[str, int]:
        """The tasks of its loop, by what they run."""
        return self._tasks_of(self.process.pid)

    def _tasks_of(self, pid: int) -> dict[str, int]:
        self._tasks.unlink(missing_ok=True)
        os.kill(pid, signal.SIGUSR1)
        deadline = time.perf_counter() + 10
        while not self._tasks.exists():
            if time.perf_counter() > deadline:
                raise TimeoutError("the server does not count its tasks")
            time.sleep(0.01)
        return json.loads(self._tasks.read_bytes())

    def processor_seconds(self) -> float:
        """Processor time that the process has taken."""
        return _processor_seconds(self.process.pid)

    def ask(self, path: str, method: str = "GET", body: bytes | None = None) -> bytes:
        """The body of an answer of the control API."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()

    def stop(self) -> tuple[int, float]:
        """Ends it as a container does; the exit code, and the seconds that it took."""
        began = time.perf_counter()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(10)
        return code, time.perf_counter() - began

    def __enter__(self) -> "Running":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self._errors.close()
        self._folder.cleanup()


class RunningWorkers(Running):
    """The mock with several servers behind its port: memory, files and time are those of all its processes."""

    def __init__(self, number: int) -> None:
        super().__init__("--workers", str(number))
        self._pids = _tree(self.process.pid)

    def resident_mb(self) -> float:
        return sum(_resident_mb(each) for each in self._pids)

    def files(self) -> int:
        return sum(len(os.listdir(f"/proc/{each}/fd")) for each in self._pids)  # noqa: PTH208

    def sockets(self) -> int:
        return self.files()

    def tasks(self) -> dict[str, int]:
        _, *workers = self._pids
        return dict(sum((Counter(self._tasks_of(each)) for each in workers), Counter()))

    def processor_seconds(self) -> float:
        return sum(map(_processor_seconds, self._pids))


def _tree(pid: int) -> list[int]:
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, children.read_text().split())
    return found


def _resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
