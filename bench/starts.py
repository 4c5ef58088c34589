"""What a start costs: seconds to the first good answer, seconds of the short commands, memory of a mock that waits."""

import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import NamedTuple

from bench import servers
from bench.rounds import Rounds
from bench.servers import ENVIRONMENT, ROOT
from bench.table import Row
from bench.workload import ACCEPTED

QUIET_SECONDS = 1
"""After so long without a request a server has loaded what it loads in its own time."""


class Start(NamedTuple):
    """Seconds from exec to the first good answer, and of processor time by then; the first update; MB when it waits.

    The update is sent at once; `update` and `update_processor` are its milliseconds.
    """

    seconds: float
    processor: float
    update: float
    update_processor: float
    resident: float


class Command(NamedTuple):
    """Seconds from exec to exit."""

    seconds: float


def starts(plan, _wrk):
    """Starts of the mock and of the bare handler in turn; then the commands, in turn with Python that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        body = Path(folder) / "body.json"
        body.write_bytes(b"{}")
        measures = {"mock": partial(_start, servers.mock), "bare": partial(_start, servers.bare, "asyncio", body)}
        rounds = Rounds(measures, plan.starts, "starts")
    return [
        Row("start to healthy: times that of the bare handler", rounds.ratio("mock", "bare", "seconds"), "<=", 1.4),
        Row("seconds to the first answer: mock / bare", rounds.medians("seconds")),
        Row("processor seconds by then: mock / bare", rounds.medians("processor")),
        Row("milliseconds of the first accepted PATCH, sent at once: mock / bare", rounds.medians("update")),
        Row("processor milliseconds of it: mock / bare", rounds.medians("update_processor")),
        *_commands(plan),
        Row("resident when idle, MB", rounds.median("mock", "resident"), "<=", 60),
        Row("resident when idle, MB: the bare handler", rounds.median("bare", "resident")),
    ]


def _start(make, *arguments):
    with make(*arguments, pin=False) as server:
        processor, began = server.processor_seconds(), time.perf_counter()
        servers.answers(server, ACCEPTED, most=1)
        update, by_then = time.perf_counter() - began, server.processor_seconds()
        time.sleep(QUIET_SECONDS)
        return Start(server.start_seconds, processor, update * 1000, (by_then - processor) * 1000, server.resident_mb())


def _commands(plan):
    with servers.mock(pin=False) as server:
        asked = {
            "healthcheck": ["-m", "mockserver", "healthcheck", "--port", str(server.port)],
            "version": ["-m", "mockserver", "version"],
            "--help": ["-m", "mockserver", "--help"],
            "pass": ["-c", "pass"],
        }
        rounds = Rounds({name: partial(_ran, command) for name, command in asked.items()}, plan.starts, "commands")
    for name in ("healthcheck", "version", "--help"):
        yield Row(f"`{name}`, seconds", rounds.median(name, "seconds"), "<", 0.15)
    yield Row("`python -c pass`, seconds", rounds.median("pass", "seconds"))


def _ran(arguments):
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.DEVNULL, check=True)
    return Command(time.perf_counter() - began)
