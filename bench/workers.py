"""What `--workers 2` gains: two servers behind one port, in turn with one server alone."""

import json
import subprocess
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

from bench import servers
from bench.rounds import Rounds
from bench.servers import CORES, HERE, PINS
from bench.table import Row
from bench.workload import ACCEPTED
from bench.wrk import Round, parsed

CLIENTS = 8
"""Processes of clients: each has a world of its own, as a test has."""
CONNECTIONS = 8
WORLDS = 32


@dataclass(frozen=True)
class InAWorld:
    """A request that names its world in the header."""

    request: object
    world: str

    @property
    def raw(self):
        return self.request.raw.replace(b"\r\n", f"\r\nMock-World: {self.world}\r\n".encode(), 1)


def _in_worlds(folder, *worlds):
    """A file of the accepted update in these worlds in turn."""
    requests = tuple(InAWorld(each, worlds[at % len(worlds)]) for at, each in enumerate(ACCEPTED.requests))
    return replace(ACCEPTED, name=f"in-{worlds[0]}-{len(worlds)}", requests=requests).as_file(folder)


class Tree:
    """A server of several processes, which are all counted."""

    def __init__(self, server):
        self._server = server
        self.port = server.port

    def processor_seconds(self):
        return sum(map(_seconds, _tree(self._server.process.pid)))


def _load(server, files, connections, seconds, cores=()):
    """One round of several processes of clients: on these cores in equal parts, or wherever the system puts them."""
    used = server.processor_seconds()
    pins = [["taskset", "-c", str(cores[at % len(cores)])] if cores else [] for at in range(len(files))]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s"]
    command += ["-s", str(HERE / "replay.lua"), f"http://127.0.0.1:{server.port}/", "--"]
    running = [
        subprocess.Popen([*pin, *command, str(each)], stdout=subprocess.PIPE, text=True)
        for pin, each in zip(pins, files, strict=True)
    ]
    found = [parsed(each.communicate()[0], ACCEPTED.status) for each in running]
    requests = sum(each.requests for each in found)
    used = (server.processor_seconds() - used) / requests * 1e6
    latest, slowest = max(each.p99 for each in found), max(each.slowest for each in found)
    return Round(sum(each.rate for each in found), found[0].p50, latest, slowest, requests, used)


def workers(plan, _):
    """The accepted update in several worlds, with one server and with two workers."""
    if not PINS:
        return [Row("two workers, requests a second: times those of one server (it needs two cores and taskset)", 0)]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        each_its_own = [_in_worlds(folder, f"w{number}") for number in range(CLIENTS)]
        all_of_them = [_in_worlds(folder, *(f"w{number}" for number in range(WORLDS)))]
        one = stack.enter_context(servers.mock())  # on the first core
        two = Tree(stack.enter_context(servers.mock("--workers", "2", pin=False)))
        for server in (one, two):
            _worlds(server)
        own = partial(_load, files=each_its_own, connections=CONNECTIONS, seconds=plan.seconds)
        mixed = partial(_load, files=all_of_them, connections=CLIENTS * CONNECTIONS, seconds=plan.seconds)
        measures = {
            "one core": partial(own, one, cores=CORES[:1]),
            "two cores": partial(own, two, cores=CORES[:2]),
            "two workers, clients anywhere": partial(own, two),
            "one server, clients on the other core": partial(own, one, cores=CORES[1:2]),
            "one core, mixed": partial(mixed, one, cores=CORES[:1]),
            "two cores, mixed": partial(mixed, two),
        }
        rounds = Rounds(measures, plan.few_rounds, "workers")
    alone, both = rounds.median("one core", "processor"), rounds.median("two cores", "processor")
    return [
        Row(
            "two workers and clients on two cores, requests a second: times one server and clients on one core",
            rounds.ratio("two cores", "one core", "rate"),
            ">=",
            1.8,
        ),
        Row(
            "the same, where the system chooses the clients' core",
            rounds.ratio("two workers, clients anywhere", "one core", "rate"),
        ),
        Row(
            "the same: times one server with its clients on a core of their own",
            rounds.ratio("two workers, clients anywhere", "one server, clients on the other core", "rate"),
        ),
        Row(
            "two workers, in connections that change worlds with each request: times one server",
            rounds.ratio("two cores, mixed", "one core, mixed", "rate"),
        ),
        Row("requests a second: " + " / ".join(measures), rounds.medians("rate")),
        Row("processor microseconds a request of the servers", rounds.medians("processor")),
        Row("requests that this processor time allows on two cores: times those of one server", 2 * alone / both),
    ]


def _worlds(server):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    for number in range(WORLDS):
        connection.request("PUT", f"/_mock/worlds/w{number}", json.dumps({}))
        response = connection.getresponse()
        response.read()
        assert response.status in (200, 201)
    connection.close()


def _tree(pid):
    found = [str(pid)]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            found += children.read_text().split()
    return found


def _seconds(pid):
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
