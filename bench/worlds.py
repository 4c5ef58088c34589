"""Measures what worlds cost: making them, keeping them, asking them. Prints each mark with its figure and a verdict.

make bench-worlds               print the table
make bench-worlds ARGS=--write  and put it into bench/README.md
"""

import argparse
import json
import random
import statistics
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

from bench import machine, servers
from bench.servers import HERE, ROOT
from bench.table import Row, markdown, put, verdict
from bench.workload import IDENTITIES as UPDATED
from bench.workload import PATH as ANY
from bench.workload import TOKEN

IDENTITIES = 1_000
WORLDS = 10_000
ROUNDS = 40
REQUESTS = 250
PATH = ANY + UPDATED[0]
BODY = json.dumps({"allowedNames": "api", "accessTokenTTL": 3600})
HEADERS = {"Authorization": TOKEN, "Content-Type": "application/json"}


def fixtures():
    """The bundled world's administrator and payments identity, and a thousand more."""
    lines = [(ROOT / "fixtures" / "world.yaml").read_text()]
    section, rest = lines[0].split("\nidentities:\n")
    many = "".join(
        f"  - {{ id: 2d000000-0000-4000-8000-{number:012x}, organization: acme, name: many-{number},"
        f" kubernetesAuth: {{ kubernetesHost: 'https://prod.k8s.example:6443' }} }}\n"
        for number in range(IDENTITIES)
    )
    return f"{section}\nidentities:\n{many}{rest}"


class Asking:
    """One connection that is kept."""

    def __init__(self, server):
        self._connection = HTTPConnection("127.0.0.1", server.port)

    def __call__(self, method, path, body=None, wanted=200):
        self._connection.request(method, path, body, HEADERS)
        response = self._connection.getresponse()
        content = response.read()
        if response.status != wanted:
            sys.exit(f"{method} {path}: {response.status} {content[:300]}")
        return content


def seconds(ask, paths):
    """How long the updates at these paths take, one after the other."""
    started = time.perf_counter()
    for path in paths:
        ask("PATCH", path, BODY)
    return time.perf_counter() - started


def measured():
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "world.yaml"
        file.write_text(fixtures())
        flags = ["--fixtures", str(file), "--max-worlds", str(WORLDS + 1), "--world-idle", "100000"]
        with servers.mock(*flags, pin=False) as server:
            ask = Asking(server)
            empty = server.resident_mb()
            ask("GET", "/_mock/health")
            started = time.perf_counter()
            for number in range(WORLDS):
                ask("POST", "/_mock/worlds", json.dumps({"id": f"w{number}"}), 201)
            making = (time.perf_counter() - started) / WORLDS * 1000
            made = server.resident_mb()
            of_worlds = [f"/w/w{number}{PATH}" for number in range(WORLDS)]
            seconds(ask, of_worlds)
            used = server.resident_mb()
            chance = random.Random(7)
            pairs = [
                (seconds(ask, [PATH] * REQUESTS), seconds(ask, chance.sample(of_worlds, REQUESTS)))
                for _ in range(ROUNDS)
            ]
    return empty, making, made, used, pairs


def table(empty, making, made, used, pairs):
    each = (made - empty) * 1024 / WORLDS
    ratio = statistics.median(other / default for default, other in pairs)
    default, other = (statistics.median(column) / REQUESTS * 1e6 for column in zip(*pairs, strict=True))
    return [
        Row("a world made over HTTP, milliseconds", making, "<", 1),
        Row("resident for one world, KB", each, "<", 50),
        Row(f"resident with {WORLDS:,} worlds, MB", made, "<", 1024),
        Row("the same once each has been written to, MB", used, "<", 1024),
        Row("an update in a random world, against one in default", ratio, "<=", 1.05),
        Row("microseconds of both, round trip: default / random world", f"{default:.0f} / {other:.0f}"),
    ]


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--write", action="store_true", help="put the table into bench/README.md")
    write = arguments.parse_args().write
    rows = table(*measured())
    text = f"{machine.cpu()}; {IDENTITIES:,} identities in the seed, {WORLDS:,} worlds\n\n{markdown(rows)}"
    print(text)
    if write:
        readme = HERE / "README.md"
        readme.write_text(put(readme.read_text(), "worlds", text))
    return 0 if verdict(rows) else 1


if __name__ == "__main__":
    sys.exit(main())
