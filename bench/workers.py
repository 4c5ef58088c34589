"""What `--workers 2` gains: two servers behind nginx in turn with one server alone, on all cores of the machine."""

import json
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

from bench import servers
from bench.rounds import Rounds
from bench.table import Row
from bench.workload import ACCEPTED

WORLDS = 32
CONNECTIONS = 64


@dataclass(frozen=True)
class InAWorld:
    """A request that names its world in the header."""

    request: object
    world: str

    @property
    def raw(self):
        return self.request.raw.replace(b"\r\n", f"\r\nMock-World: {self.world}\r\n".encode(), 1)


IN_WORLDS = replace(
    ACCEPTED,
    name="in-worlds",
    requests=tuple(InAWorld(each, f"w{number % WORLDS}") for number, each in enumerate(ACCEPTED.requests)),
)


class Tree:
    """A server of several processes, which are all counted."""

    def __init__(self, server):
        self._server = server
        self.port = server.port

    def processor_seconds(self):
        return sum(map(_seconds, _tree(self._server.process.pid)))

    def nginx_seconds(self):
        return sum(_seconds(each) for each in _tree(self._server.process.pid) if _name(each) == "nginx")


def workers(plan, wrk):
    """The accepted update in many worlds, with one server and with two behind nginx."""
    if shutil.which("nginx") is None:
        return [Row("two workers, requests a second: times those of one server (there is no nginx)", 0)]
    with ExitStack() as stack:
        one = stack.enter_context(servers.mock(pin=False))
        two = Tree(stack.enter_context(servers.mock("--workers", "2", pin=False)))
        for server in (one, two):
            _worlds(server)
        before, used = two.nginx_seconds(), []

        def of_two():
            began = two.nginx_seconds()
            found = wrk(two, IN_WORLDS, CONNECTIONS, plan.seconds)
            used.append((two.nginx_seconds() - began) / found.requests * 1e6)
            return found

        rounds = Rounds(
            {"one": partial(wrk, one, IN_WORLDS, CONNECTIONS, plan.seconds), "two": of_two}, plan.few_rounds, "workers"
        )
        assert two.nginx_seconds() > before
    nginx = sorted(used)[len(used) // 2]
    alone, both = rounds.median("one", "processor"), rounds.median("two", "processor")
    return [
        Row("two workers, requests a second: times those of one server", rounds.ratio("two", "one", "rate"), ">=", 1.8),
        Row("requests a second, one server / two workers", rounds.medians("rate")),
        Row("processor microseconds a request, one server / two workers and nginx", rounds.medians("processor")),
        Row("of these nginx", nginx),
        Row(
            "requests a second that this processor time allows on two cores: times those of one server",
            2 * alone / both,
        ),
        Row("the same with nginx on a core of its own", 2 * alone / (both - nginx)),
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


def _name(pid):
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _seconds(pid):
    return sum(int(each.read_text().split()[0]) for each in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
