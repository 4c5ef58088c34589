"""Measures what grows with the number of identities: seconds and memory of a load. And what must not: an update.

    python -m bench.growth                 up to a million identities, each with Kubernetes Auth
    python -m bench.growth --most 100000   up to so many
    python -m bench.growth --only updates  or: loads

All figures are processor time or memory of the server's process, which other work on the machine hardly moves.
"""

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from http.client import HTTPConnection
from pathlib import Path

from bench import scale, servers
from bench.rounds import progress
from bench.servers import ENVIRONMENT, ROOT
from bench.table import Row, markdown, verdict

MOST = 1_000_000
FEW = 10
MARKED, MARKS = 100_000, {"JSON": 3, "YAML": 5}
"""Seconds that so many identities may take to load."""
ROUNDS, UPDATES = 20, 250
_LOAD = """
import gc, json, re, sys, time
from pathlib import Path
from mockserver.seeding.load import load, texts

def resident():
    return int(re.search(r"VmRSS:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) * 1024

path = Path(sys.argv[1])
load(texts([Path(sys.argv[2])]), 0)  # what is imported and computed once
before = resident()
gc.disable()  # as a start does
begun = time.process_time()
state = load(texts([path]), 0)
seconds = time.process_time() - begun
held = resident() - before
plain = 0.0
if path.suffix == ".json":
    del state
    begun = time.process_time()
    json.loads(path.read_text())
    plain = time.process_time() - begun
print(json.dumps({"seconds": seconds, "bytes": held, "plain": plain}))
"""


def loads(most=MOST):
    """The rows of a tenth, half and all of them, as JSON and as YAML."""
    forms = {"JSON": ("json", scale.as_json), "YAML": ("yaml", scale.as_yaml)}
    for form, (suffix, written) in forms.items():
        found = {}
        for count in (most // 10, most // 2, most):
            progress(f"{count:,} identities as {form}")
            with tempfile.TemporaryDirectory() as folder:
                path, one = Path(folder) / f"many.{suffix}", Path(folder) / f"one.{suffix}"
                path.write_text(written(scale.identities(count, record=True)))
                one.write_text(written(scale.identities(1, record=True)))
                command = [sys.executable, "-c", _LOAD, str(path), str(one)]
                done = subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True)
            found[count] = json.loads(done.stdout)
            mark = ("<=", MARKS[form]) if count == MARKED else ()
            yield Row(f"{count:,} identities as {form}: processor seconds of the load", found[count]["seconds"], *mark)
            yield Row("resident bytes for each", found[count]["bytes"] / count, "<=", 2048)
            if found[count]["plain"]:
                times = found[count]["seconds"] / found[count]["plain"]
                yield Row("the load: times `json.loads` of the same file", times)
        ratio = found[most]["seconds"] / found[most // 2]["seconds"]
        yield Row(f"{form}: {most:,} identities, times half of them", ratio, "<=", 2.2)


class _Updates:
    """Updates to a server, whose processor time is counted."""

    def __init__(self, server, count):
        self._server = server
        self._count = count
        self._chance = random.Random(7)
        self._connection = HTTPConnection("127.0.0.1", server.port)

    def microseconds(self, spread):
        """Return the processor time of one update, to identities at random or to the first ten."""
        among = self._count if spread else FEW
        paths = [self._path(self._chance.randrange(among)) for _ in range(UPDATES)]
        self._connection.close()
        self._send(paths[0], -1)
        begun = self._server.processor_seconds()
        for number, path in enumerate(paths):
            self._send(path, number)
        return (self._server.processor_seconds() - begun) / UPDATES * 1e6

    def _path(self, number):
        return f"/api/v1/auth/kubernetes-auth/identities/2d000000-0000-4000-8000-{number:012x}"

    def _send(self, path, number):
        headers = {"Authorization": f"Bearer {scale.ADMIN_TOKEN}", "Content-Type": "application/json"}
        body = json.dumps({"allowedNames": f"api-{number}", "accessTokenTTL": 3600})
        self._connection.request("PATCH", path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != 200:
            sys.exit(f"PATCH {path}: {response.status} {content[:300]}")


def updates(most=MOST, rounds=ROUNDS):
    """The rows of an update in a world of ten and of many identities, asked in turn."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{count}.json" for count in (FEW, most)]
        for path, count in zip(files, (FEW, most), strict=True):
            path.write_text(scale.with_admin(scale.as_json(scale.identities(count, record=True))))
        progress(f"{most:,} identities are loaded")
        with (
            servers.mock("--fixtures", str(files[0]), pin=False) as small,
            servers.Running(
                lambda port: [sys.executable, "-m", "mockserver", "--fixtures", str(files[1]), "--port", str(port)],
                "/_mock/health",
                pin=False,
                patience=900,
            ) as large,
        ):
            few, many = _Updates(small, FEW), _Updates(large, most)
            for each in (few, many):
                for _ in range(8):
                    each.microseconds(spread=True)  # journal and revisions fill
            for spread, which in ((False, "the same ten identities"), (True, "identities at random")):
                pairs = []
                for number in range(rounds):
                    progress(f"round {number + 1} of {rounds}, {which}")
                    first, second = (few, many) if number % 2 else (many, few)
                    took = {first: first.microseconds(spread), second: second.microseconds(spread)}
                    pairs.append((took[few], took[many]))
                small_us, large_us = (statistics.median(column) for column in zip(*pairs, strict=True))
                ratio = statistics.median(much / little for little, much in pairs)
                what = f"an update among {most:,} identities, {which}: times that among {FEW}"
                marked = () if spread else ("<=", 1.1)
                yield Row(f"{what} ({small_us:.0f} and {large_us:.0f} microseconds)", ratio, *marked)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    arguments.add_argument("--most", type=int, default=MOST)
    arguments.add_argument("--only", choices=("updates", "loads"))
    given = arguments.parse_args()
    rows = []
    if given.only != "loads":
        rows += updates(given.most)
    if given.only != "updates":
        rows += loads(given.most)
    print(markdown(rows))
    return 0 if verdict(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
