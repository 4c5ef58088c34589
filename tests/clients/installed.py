"""Puts real clients in place: each in a folder of its own under `.clients`, once, and with no network afterwards."""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = Path(__file__).resolve().parent
PLACES = ROOT / ".clients"
PYTHON_VERSION = sys.version.split()[0]
SECONDS = 600
"""How long all installations of one run may take together: what hangs once must not hang for each client anew."""

# Known to all workers of one run, and to no other run.
_RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or f"process {os.getpid()}"


class NotInstallable(Exception):
    """The client cannot be had on this machine, and why: no test of ours has failed."""


class NotBuildable(Exception):
    """Everything the client needs was there, and it could not be built: what we keep is at fault."""


@dataclass(frozen=True)
class Step:
    """A command, the folder that it runs in, and its further variables. `builds`: it needs no network any more."""

    command: tuple[str, ...]
    folder: Path = ROOT
    variables: Mapping[str, str] = field(default_factory=dict)
    builds: bool = False


@dataclass(frozen=True)
class Client:
    """A real client: what the summary calls it, the programs it needs, how it comes into its place, how it is run.

    `copied` are files of its source folder that have to stand in its place, as its language looks for packages there.
    """

    name: str
    title: str
    source: str
    needs: tuple[str, ...]
    steps: tuple[Step, ...]
    command: tuple[str, ...]
    copied: tuple[str, ...] = ()
    built_for: str = ""

    @property
    def place(self) -> Path:
        """Its folder under `.clients`."""
        return PLACES / self.name

    def __str__(self) -> str:
        return self.name


_told: dict[str, Exception | None] = {}


Tell = Callable[[str], None]


def _silent(_: str) -> None:
    """Say nothing."""


def install(client: Client, tell: Tell = _silent) -> None:
    """Returns when the client can be run. Raises NotInstallable or NotBuildable, each time alike within one run.

    `tell` is given a line for each step of an installation, and one at its end.
    """
    if client.name not in _told:
        _told[client.name] = _first_time(client, tell)
    problem = _told[client.name]
    if problem is not None:
        raise problem


def _first_time(client: Client, tell: Tell) -> Exception | None:
    missing = [program for program in client.needs if shutil.which(program) is None]
    if missing:
        return NotInstallable(f"{' and '.join(missing)} not found on this machine")
    PLACES.mkdir(exist_ok=True)
    # Beside the place, not in it: a step may begin by emptying it.
    stamp, failed = PLACES / f"{client.name}.stamp", PLACES / f"{client.name}.failed"
    # One at a time for each language: clients of one language share most of what has to be fetched and compiled.
    with _alone(PLACES / f"{client.source}.lock"):
        if client.place.is_dir() and _text(stamp) == _digest(client):
            return None
        stamp.unlink(missing_ok=True)
        run, _, reason = _text(failed).partition("\n")
        if run == _RUN:
            return NotInstallable(reason)
        try:
            _install(client, tell)
        except NotInstallable as problem:
            failed.write_text(f"{_RUN}\n{problem}")
            return problem
        except NotBuildable as problem:
            return problem
        stamp.write_text(_digest(client))
    return None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _digest(client: Client) -> str:
    """What is installed is told by what it was made from: every file of the source folder, and the way it is made."""
    known = hashlib.sha256(client.built_for.encode())
    for path in sorted((SOURCES / client.source).iterdir()):
        if path.is_file():
            known.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    for step in client.steps:
        relative = (part.replace(str(ROOT), ".") for part in (*step.command, *step.variables.values()))
        known.update("\0".join(relative).encode())
    return known.hexdigest()


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _install(client: Client, tell: Tell) -> None:
    begun = time.perf_counter()
    shutil.rmtree(client.place, ignore_errors=True)
    client.place.mkdir()
    for name in client.copied:
        shutil.copy(SOURCES / client.source / name, client.place / name)
    for number, step in enumerate(client.steps, 1):
        what = " ".join(step.command[:2]).replace(str(ROOT), ".")
        tell(f"installing {client.title}, step {number} of {len(client.steps)}: {what}")
        left = SECONDS - _spent()
        if left <= 0:
            raise NotInstallable(f"`{what}` not begun: this run's {SECONDS} s for installations are spent")
        code, output = _run(step, PLACES / f"{client.name}.log", left)
        if code is None:
            raise NotInstallable(f"`{what}` failed: no end within the {SECONDS} s for installations")
        if code:
            kind = NotBuildable if step.builds else NotInstallable
            raise kind(f"`{what}` failed: {_reason(output)}")
    tell(f"installed {client.title} in {time.perf_counter() - begun:.0f} s")


def _spent(more: float = 0) -> float:
    """The seconds that the installations of this run have taken, in all its workers."""
    with _alone(PLACES / "spent.lock"):
        kept = PLACES / "spent"
        run, _, seconds = _text(kept).partition("\n")
        spent = more + (float(seconds) if run == _RUN else 0)
        kept.write_text(f"{_RUN}\n{spent}")
    return spent


def _run(step: Step, output: Path, seconds: float) -> tuple[int | None, str]:
    """The exit code and what was said on stderr; no code if it had to be stopped."""
    begun = time.perf_counter()
    # Into a file and in a group of its own: what a killed program leaves behind holds no pipe open.
    with output.open("w") as file:
        process = subprocess.Popen(
            step.command,
            cwd=step.folder,
            env=os.environ | step.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            start_new_session=True,
        )
        try:
            code: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    _spent(time.perf_counter() - begun)
    return code, output.read_text(errors="replace")


def _reason(output: str) -> str:
    """The line that says it: the first of an error (not of a retry), else the last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()] or ["without a word"]
    errors = (line for line in lines if "error" in line.lower() and not line.startswith("WARNING"))
    return next(errors, lines[-1]).replace(f"{ROOT}/", "")[:200]
