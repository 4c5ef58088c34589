"""Ten minutes of 64 good clients beside clients that misbehave, and what became of the server.

    make stress                          prints the table; exit code 1 if a mark is missed
    make stress ARGS="--seconds 30"      a shorter look
    make stress ARGS="--workers 2"       two servers behind one port
    make soak                            the same for an hour

Everything stays on this machine. Server, good clients and misbehaving ones are processes of their own.
"""

import argparse
import json
import subprocess
import sys
import time
from typing import Any, NamedTuple

from tests.stress.good import WINDOW_SECONDS
from tests.stress.rough import IDLE_CONNECTIONS, STREAMS, WORLDS
from tests.stress.running import ROOT, Running, RunningWorkers

SECONDS = 600
SETTLE_SECONDS = 20
MAX_GROWTH = 0.02
WARM_SECONDS = 120
"""Until then journal, revisions, worlds and idle connections grow to their bounds."""
JUDGED_SECONDS = 240
"""Memory is not judged in a shorter look."""
MAX_P99 = 0.050
CLIENTS = 64


class Row(NamedTuple):
    """One line of the table; a row without a mark only tells."""

    what: str
    mark: str
    figure: str
    holds: bool | None = None


class Looks:
    """What is seen of the server from outside while the clients are at it."""

    def __init__(self, server: Running) -> None:
        self._server = server
        self.resident: list[float] = []
        self.sockets: list[int] = []

    def until_done(self, *clients: "subprocess.Popen[bytes]") -> None:
        """Looks once a second until both sets of clients have ended."""
        while any(each.poll() is None for each in clients):
            if self._server.process.poll() is not None:
                return
            self.resident.append(self._server.resident_mb())
            self.sockets.append(self._server.sockets())
            time.sleep(1)

    def tenths(self) -> list[float]:
        """Memory at each tenth of the time, in MB."""
        last = len(self.resident) - 1
        return [self.resident[last * tenth // 10] for tenth in range(1, 11)]

    def ends(self) -> tuple[float, float]:
        """Mean memory in the first and in the last quarter of the time after the first two minutes, in MB."""
        after = self.resident[WARM_SECONDS:] or self.resident
        length = max(1, len(after) // 4)
        return sum(after[:length]) / length, sum(after[-length:]) / length


def clients(kind: str, server: Running, seconds: float) -> "subprocess.Popen[bytes]":
    """A process of clients, which prints what it met when its time is over."""
    command = [sys.executable, "-m", f"tests.stress.{kind}", str(server.port), str(seconds)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)


def settled(server: Running, sockets: int, tasks: dict[str, int]) -> tuple[int, dict[str, int]]:
    """Sockets and tasks that are left beyond those of the start, once there is time to let go of all."""
    deadline = time.perf_counter() + SETTLE_SECONDS
    while True:
        left, running = server.sockets() - sockets, server.tasks()
        if (left <= 0 and running == tasks) or time.perf_counter() > deadline:
            return left, {name: number for name, number in running.items() if number != tasks.get(name)}
        time.sleep(0.2)


def stress(seconds: float, workers: int) -> tuple[list[Row], list[str]]:
    """The table, and every complaint in words."""
    with RunningWorkers(workers) if workers > 1 else Running() as server:
        server.ask("/_mock/health")
        sockets, files, tasks = server.sockets(), server.files(), server.tasks()
        before, looks = server.processor_seconds(), Looks(server)
        good, rough = clients("good", server, seconds), clients("rough", server, seconds)
        looks.until_done(good, rough)
        used = (server.processor_seconds() - before) / seconds
        met, done = (json.loads(each.communicate()[0] or b"null") for each in (good, rough))
        if met is None or done is None or server.process.poll() is not None:
            return [Row("the run came to its end", "yes", "no", False)], [server.errors()]
        left, running = settled(server, sockets, tasks)
        files_left = server.files() - files
        journal = json.loads(server.ask("/_mock/requests?limit=0&world=default"))
        code, stopped = server.stop()
        errors = server.errors()
    complaints = [*met["complaints"], *done["complaints"], *errors.splitlines()[:20]]
    rows = [
        *_of_good(met),
        *_of_rough(done, looks),
        Row("sockets left", "0", str(left), left <= 0),
        Row("open files more than at the start", "0", str(files_left), files_left <= 0),
        Row("tasks left", "0", str(sum(running.values())), not running),
        _memory(looks),
        Row("memory at each tenth of the time, MB", "", ", ".join(f"{each:.0f}" for each in looks.tenths())),
        Row("journal, bytes", "<= 16777216", str(journal["bytes"]), journal["bytes"] <= 16 * 1024 * 1024),
        Row("exchanges that made room in it, counted", "", f"{journal['evicted']:,}"),
        Row("lines on stderr, at the level of warnings", "0", str(len(errors.splitlines())), not errors),
        Row("ends at SIGTERM with 0 within a second", "yes", f"{code}, {stopped:.2f} s", code == 0 and stopped < 1),
        Row("processor: server / good clients", "", f"{used:.0%} / {met['own_processor']:.0%}"),
    ]
    return rows, complaints


def _of_good(met: dict[str, Any]) -> list[Row]:
    worst, windows = max(met["p99"]), len(met["p99"])
    late = {number * WINDOW_SECONDS: each for number, each in enumerate(met["p99"]) if each >= MAX_P99}
    median = sorted(met["p50"])[windows // 2]
    return [
        Row(f"requests of {CLIENTS} good clients", "", f"{met['requests']:,}"),
        Row(
            "accepted changes; lost, torn, or not as told",
            "0",
            f"{met['commits']:,}; {len(met['complaints'])}",
            not met["complaints"],
        ),
        Row(
            f"p99 of good requests in the worst of {windows} windows of {WINDOW_SECONDS} s, ms",
            "< 50",
            f"{worst * 1000:.1f}",
            not late,
        ),
        Row(
            "windows that missed it: seconds from the start, and ms",
            "",
            ", ".join(f"{second} s: {each * 1000:.0f}" for second, each in late.items()) or "none",
        ),
        Row("median of good requests / slowest, ms", "", f"{median * 1000:.1f} / {met['most'] * 1000:.0f}"),
        Row("by which the good clients themselves are late, p99, ms", "", f"{met['own_lag_p99'] * 1000:.1f}"),
    ]


def _of_rough(done: dict[str, Any], looks: Looks) -> list[Row]:
    kinds = ", ".join(f"{name.replace('_', ' ')} {number:,}" for name, number in sorted(done["done"].items()))
    held = done["idle_connections"]
    return [
        Row("misbehaved", "", kinds),
        Row(
            "answers due to those who misbehave, and not given",
            "0",
            str(len(done["complaints"])),
            not done["complaints"],
        ),
        Row(
            "idle connections at one time",
            f"{IDLE_CONNECTIONS}",
            f"{held}" if held >= IDLE_CONNECTIONS else f"{held}: this machine allows no more open files (ulimit -n)",
            True if held >= IDLE_CONNECTIONS else None,
        ),
        Row("streams of events at one time", f"{STREAMS}", str(done["streams"]), done["streams"] == STREAMS),
        Row(f"worlds at one time besides, of {WORLDS}", "", str(done["worlds"])),
        Row("sockets of the server, most at one time", "", str(max(looks.sockets))),
    ]


def _memory(looks: Looks) -> Row:
    early, late = looks.ends()
    growth = late / early - 1
    return Row(
        "memory, last quarter against the first after two minutes, MB",
        f"<= {MAX_GROWTH:.0%} more",
        f"{early:.1f} → {late:.1f} ({growth:+.1%})",
        growth <= MAX_GROWTH if len(looks.resident) >= JUDGED_SECONDS else None,
    )


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--seconds", type=float, default=SECONDS, help=f"how long [{SECONDS}]")
    arguments.add_argument("--workers", type=int, default=1, help="servers behind the port [1]")
    chosen = arguments.parse_args()
    rows, complaints = stress(chosen.seconds, chosen.workers)
    print("| What | Mark | Figure | Verdict |\n| --- | --- | --- | --- |")
    for what, mark, figure, holds in rows:
        print(f"| {what} | {mark} | {figure} | {'' if holds is None else 'holds' if holds else 'MISSED'} |")
    for each in complaints:
        print(f"- {each}")
    return 0 if all(each.holds is not False for each in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
