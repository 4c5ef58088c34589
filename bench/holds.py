"""Measures how long each call about a large world holds the loop, while a thousand updates a second go on.

    python -m bench.holds                          all calls, in a world of 100,000 identities with a record each
    python -m bench.holds --only revisions,state   those whose names contain one of these words
    python -m bench.holds --without YAML           and none of these
    python -m bench.holds --rate 200 --identities 20000

The columns: how long the call took; the longest hold of the server's loop, in processor time of the server (other work
on the machine does not move it) and in time; the longest collection of garbage; the updates meanwhile, whose
latency counts from when they were sent, or could not be as all connections waited; how late the client was itself.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import scale
from bench.large_world import CASES, Client
from bench.servers import ENVIRONMENT, ROOT, pinned

HELD = [sys.executable, "-m", "bench.held"]
MOST_MILLISECONDS = 50
P99_MILLISECONDS = 20
WARM_SECONDS = 5


@dataclass(frozen=True)
class Found:
    """What one call cost."""

    name: str
    seconds: float
    held: dict
    latencies: list
    lag: float = 0.0
    """How late the updates were sent at most, through no fault of the server's."""

    def at(self, share):
        """The latency of the updates that is not exceeded by that share of them; 0 without updates."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    def __str__(self):
        held = self.held
        verdict = "" if held["processor"] <= MOST_MILLISECONDS else " **over**"
        return (
            f"| {self.name} | {self.seconds:.2f} | {held['processor']:.0f}{verdict} | {held['wall']:.0f} |"
            f" {held['collection']:.0f} | {len(self.latencies)} | {self.at(0.99):.1f} | {self.at(1):.0f} |"
            f" {self.lag:.0f} |"
        )


HEAD = (
    "| Call | Seconds | Longest hold, processor ms | Longest hold, ms | Longest collection, ms | Updates | p99, ms |"
    " Longest, ms | Sent late, ms |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
)


class Rig:
    """A server with a large world, and a client that sends updates to it."""

    def __init__(self, client, monitor_port, updates):
        self.client = client
        self._monitor_port = monitor_port
        self._updates = updates

    def measured(self, case):
        """Do what the case says, and return what it cost."""
        if case.before is not None:
            case.before(self.client)
        time.sleep(0.3)
        self._held(), self._latencies()
        began = time.monotonic()
        case.call(self.client)
        took = time.monotonic() - began
        time.sleep(0.3)  # what the call leaves behind is freed
        found = Found(case.name, took, self._held(), *self._latencies())
        if case.after is not None:
            case.after(self.client)
        return found

    def wait_until_warm(self):
        """Wait until the server has done what its ready line does not wait for.

        It loads its operations, one at a time, and looks at the fixture files a second time.
        """
        time.sleep(WARM_SECONDS)
        self._held(), self._latencies()

    def _held(self):
        with socket.create_connection(("127.0.0.1", self._monitor_port)) as monitor, monitor.makefile() as said:
            return json.loads(said.read())

    def _latencies(self):
        if self._updates is None:
            return [], 0.0
        self._updates.stdin.write(b"\n")
        self._updates.stdin.flush()
        line = self._updates.stdout.readline()
        if not line:
            raise RuntimeError("the updates have ended")
        said = json.loads(line)
        return said["latencies"], said["lag"]


@contextmanager
def rig(identities=scale.MANY, rate=1000):
    """A Rig, with that many identities and updates a second."""
    with tempfile.TemporaryDirectory() as folder:
        fixtures, ports = Path(folder) / "large.json", Path(folder) / "ports"
        text = scale.as_json(scale.identities(identities, record=True))
        fixtures.write_text(scale.with_admin(text))
        flags = ["--port", "0", "--watch", "--fixtures", str(ROOT / "fixtures"), "--fixtures", str(fixtures)]
        server = subprocess.Popen(
            [*pinned("server"), *HELD, "serve", str(ports), *flags], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE
        )
        updates = None
        try:
            ends = time.monotonic() + 120
            while not ports.exists():
                if server.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError("the server did not start")
                time.sleep(0.05)
            port, monitor_port = map(int, ports.read_text().split())
            if rate:
                updates = subprocess.Popen(
                    [*pinned("load"), *HELD, "updates", str(port), str(rate)],
                    cwd=ROOT,
                    env=ENVIRONMENT,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            found = Rig(Client(port, text, fixtures), monitor_port, updates)
            found.wait_until_warm()
            yield found
        finally:
            for process in (updates, server):
                if process is not None:
                    process.terminate()
                    process.communicate(timeout=30)


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--identities", type=int, default=scale.MANY)
    parser.add_argument("--rate", type=int, default=1000)
    parser.add_argument("--only", type=lambda text: text.split(","), default=[""])
    parser.add_argument("--without", type=lambda text: text.split(","), default=[])
    arguments = parser.parse_args()
    print(HEAD)
    over = False
    with rig(arguments.identities, arguments.rate) as found:
        os.nice(10)  # what makes the bodies, on the core of the updates, is to keep none of them waiting
        for case in CASES:
            named = any(word in case.name for word in arguments.only)
            if named and not any(word in case.name for word in arguments.without):
                row = found.measured(case)
                over = over or row.held["processor"] > MOST_MILLISECONDS
                print(row, flush=True)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
