"""Starts the mock with the bundled world on a free port, runs schemathesis against it, and stops it; twice at once.

`python tests/fuzz/run.py [arguments of schemathesis]`. Exit code: schemathesis's, or 1 if the server did not hold out.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 30
STOP_SECONDS = 10


@contextmanager
def server(*settings: str) -> Iterator[str]:
    """The URL of a server with these flags, which stops with the block.

    Raises RuntimeError if it does not start or end as it should.
    """
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--port-file", str(port_file), *settings]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + START_SECONDS  # noqa: TID251 - waiting for a process is the test's own time
            while not port_file.exists():
                if process.poll() is not None or time.monotonic() > deadline:  # noqa: TID251
                    raise RuntimeError("the server did not start")
                time.sleep(0.02)
            yield f"http://127.0.0.1:{port_file.read_text()}"
            if process.poll() is not None:
                raise RuntimeError(f"the server ended by itself, with exit code {process.returncode}")
        finally:
            process.terminate()
            try:
                code = process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
    if code != 0:
        raise RuntimeError(f"the server ended with exit code {code}")


def fuzz(arguments: Sequence[str], as_of: Sequence[str] = (), **settings: object) -> subprocess.CompletedProcess[str]:
    """Runs schemathesis with these arguments against a server of its own; `as_of` are its flags."""
    with server(*as_of) as url:
        command = [sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.yaml", "--url", url, *arguments]
        return subprocess.run(command, cwd=ROOT, text=True, check=False, **settings)  # type: ignore[call-overload]


def fuzz_control(arguments: Sequence[str], **settings: object) -> subprocess.CompletedProcess[str]:
    """The same for the control API and its own document."""
    with server() as url:
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", "tests/fuzz/control.toml", "run"]
        where = ["mockserver/control/openapi.yaml", "--url", url]
        return subprocess.run([*command, *where, *arguments], cwd=ROOT, text=True, check=False, **settings)  # type: ignore[call-overload]


PARTS = (("--phases", "examples,coverage,fuzzing"), ("--phases", "stateful"))
"""They run side by side, each against a server of its own: schemathesis keeps one core busy, and no more."""
NEWEST = ("--as-of", "2026-10")


def main(arguments: Sequence[str]) -> int:
    """Runs all phases, or those that are named; of the control API after `control`. Gives back the worst exit code.

    The vendor's API is fuzzed twice: as the default server has it, and as the newest generation has it. After `newest`
    it is only the latter.
    """
    if arguments[:1] == ["control"]:
        return fuzz_control(arguments[1:]).returncode
    if arguments[:1] == ["newest"]:
        return phases(arguments[1:], NEWEST)
    return max(phases(arguments, ()), phases(arguments, NEWEST))


def phases(arguments: Sequence[str], as_of: Sequence[str]) -> int:
    """Runs all phases, or those that are named, against servers with these flags. Gives back the worst exit code."""
    if any(each.split("=")[0] == "--phases" for each in arguments):
        return fuzz(arguments, as_of).returncode
    first, second = PARTS
    with ThreadPoolExecutor() as pool:
        later = pool.submit(fuzz, (*arguments, *second), as_of, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        code = fuzz((*arguments, *first), as_of).returncode
        print(later.result().stdout)
    return max(code, later.result().returncode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
