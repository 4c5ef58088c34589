"""Counts the instructions of one request, mock against bare handler: a figure that no other load moves.

    python -m bench.instructions                    print the figures of accepted updates
    python -m bench.instructions invalid login      and those of the mock for other requests (names in bench.workload)
    python -m bench.instructions run mock 2 login   serve the thousand requests twice in this process: what is counted

Cachegrind counts a process that serves the requests once and one that serves them twice; the difference is the second
time. There is no network: the server's protocol is fed with bytes. What the kernel does is not counted.
"""

import gc
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from bench.in_process import Connections, Loop, PlainLoop
from bench.servers import ENVIRONMENT, ROOT
from bench.table import Row, skipped
from bench.workload import ACCEPTED, OTHERS, REFUSED, VARIANTS

WORKLOADS = {each.name: each for each in (ACCEPTED, *REFUSED, *OTHERS)}
LABELS = {
    "invalid": "422", "by-rule": "400", "no-good-token": "401", "unknown": "404", "read": "GET", "login": "login"
}  # fmt: skip
SERVERS = ("mock", "bare", "bare on uvloop")
_COUNTED = re.compile(r"I\s+refs:\s+([0-9,]+)")


def why_not():
    """Say why nothing can be counted here; empty if it can."""
    return "" if shutil.which("valgrind") else "valgrind is not installed"


def instructions(server, workload=ACCEPTED):
    """Return the instructions of one request to that server, the first time apart. Raises RuntimeError if it fails."""
    _compile(server, workload)
    once, twice = (_counted(server, rounds, workload) for rounds in (1, 2))
    return (twice - once) / VARIANTS


def _command(server, rounds, workload):
    return [sys.executable, "-m", "bench.instructions", "run", server, str(rounds), workload.name]


def _compile(server, workload):
    """Serve the requests once without counting, so that both counted processes find the bytecode."""
    subprocess.run(_command(server, 1, workload), cwd=ROOT, env=ENVIRONMENT, capture_output=True, check=True)


def rows(_plan, _wrk):
    """The instructions of an accepted update, and how many times those of the bare handler they are."""
    what = "instructions of an accepted update: times those of the bare handler"
    if why_not():
        return [skipped(what, why_not(), "<=", 1.35)]
    found = {server: instructions(server) for server in SERVERS}
    others = {label: instructions("mock", WORKLOADS[name]) for name, label in LABELS.items()}
    return [
        Row(what, found["mock"] / found["bare"], "<=", 1.35),
        Row("the same, of the bare handler on uvloop", found["mock"] / found["bare on uvloop"]),
        Row("thousand instructions: mock / bare / bare on uvloop", _thousands(found)),
        Row(f"thousand instructions of the mock for other requests: {' / '.join(others)}", _thousands(others)),
    ]


def _thousands(counts):
    return " / ".join(f"{each / 1000:.0f}" for each in counts.values())


def _counted(server, rounds, workload):
    """The instructions of a whole process that serves the requests so many times."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out"
        command = ["valgrind", "--tool=cachegrind", "--cache-sim=no", f"--cachegrind-out-file={out}"]
        command += _command(server, rounds, workload)
        done = subprocess.run(
            command, cwd=ROOT, env={**ENVIRONMENT, "PYTHONHASHSEED": "0"}, capture_output=True, text=True, check=False
        )
    found = _COUNTED.search(done.stderr)
    if done.returncode != 0 or found is None:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return int(found[1].replace(",", ""))


def run(server, rounds, workload=ACCEPTED):
    """Serve the requests so many times in this process."""
    loop = PlainLoop() if server == "bare" else Loop()
    try:
        loop.run_until_complete((_mock if server == "mock" else _bare)(loop, rounds, workload))
    finally:
        loop.close()


async def _mock(loop, rounds, workload):
    from mockserver import Settings
    from mockserver.app import create_app
    from mockserver.serving.server import Server

    server = Server(create_app(Settings()), "127.0.0.1", 0)
    await server.start()
    await _ask(loop, rounds, workload)
    await server.stop()


async def _bare(loop, rounds, workload):
    from bench import bare

    runner = await bare.listen(b'{"identityKubernetesAuth":"' + b"a" * 700 + b'"}', 0)
    await _ask(loop, rounds, workload)
    await runner.cleanup()


async def _ask(loop, rounds, workload):
    gc.collect()
    gc.freeze()  # as `serve` does
    gc.set_threshold(20_000, 10, 10)
    requests = [request.raw for request in workload.requests] * (VARIANTS // len(workload.requests))
    connections = Connections(loop)
    for _ in range(rounds):
        await connections.ask(requests, workload.status)
    await connections.close()


def main():
    if sys.argv[1:2] == ["run"]:
        run(sys.argv[2], int(sys.argv[3]), WORKLOADS[sys.argv[4]])
        return 0
    if why_not():
        sys.exit(why_not())
    if sys.argv[1:]:
        unknown = [name for name in sys.argv[1:] if name not in WORKLOADS]
        if unknown:
            sys.exit(f"no workload is called {', '.join(unknown)}: choose some of {', '.join(WORKLOADS)}")
        for name in sys.argv[1:]:
            print(f"{name}: {instructions('mock', WORKLOADS[name]):,.0f} instructions a request")
        return 0
    found = {server: instructions(server) for server in SERVERS}
    for server, count in found.items():
        print(f"{server}: {count:,.0f} instructions a request, the mock takes {found['mock'] / count:.2f} times that")
    return 0


if __name__ == "__main__":
    sys.exit(main())
