"""Measures what the number of identities costs: seconds to load them, and latency with many against that with few.

    python bench/scale.py

`loading()` and `latencies()` are what `run.py` calls. Two servers are asked in turn, so that a machine that slows down
slows both of them down; the identities that make the difference are in an organization of their own.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path

ROOT = Path(__file__).parent.parent
FEW, MANY = 1_000, 100_000
ROUNDS, ASKED = 15, 100
TOKEN = "Bearer acme-admin-token"
JSON = {"Authorization": TOKEN, "Content-Type": "application/json"}
HEAD = (
    "version: 1\norganizations:\n  - {id: 0f000000-0000-4000-8000-000000000001, name: ConnectionLimits, slug: limits}\n"
)
RECORD = {"kubernetesHost": "https://prod.k8s.example:6443", "allowedNamespaces": "payments", "allowedNames": "api"}
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
LOAD = """
import gc, sys, time
from pathlib import Path
from mockserver.settings import bundled
from mockserver.seeding.load import load, texts
gc.disable()  # as a start does
begun = time.perf_counter()
state = load(texts([bundled("fixtures"), Path(sys.argv[1])]), 0)
print(time.perf_counter() - begun)
"""

_AUTH = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002"
_WHO = "/api/v1/identities"
REQUESTS = {
    "get a record": ("GET", _AUTH, None),
    "update a record": ("PATCH", _AUTH, {"allowedNamespaces": "payments,default", "accessTokenTTL": 3600}),
    "get an identity": ("GET", f"{_WHO}/1d000000-0000-4000-8000-000000000002", None),
    "update an identity": ("PATCH", f"{_WHO}/1d000000-0000-4000-8000-000000000002", {"name": "payments"}),
    "details": ("GET", f"{_WHO}/details", None),
    "list": ("GET", f"{_WHO}?orgId=0a000000-0000-4000-8000-000000000001", None),
    "search": ("POST", f"{_WHO}/search", {"search": {"name": {"$contains": "pay"}}}),
    "list gateways": ("GET", "/api/v2/gateways", None),
}


def identities(count, *, record=False):
    """That many identities as fixtures; `record`: each with Kubernetes Auth."""
    for number in range(count):
        entry = {"id": f"2d000000-0000-4000-8000-{number:012x}", "organization": "limits", "name": f"load-{number}"}
        yield {**entry, "kubernetesAuth": RECORD} if record else entry


ADMIN_TOKEN = "limits-admin-token"
ADMIN = {"id": "2e000000-0000-4000-8000-000000000001", "organization": "limits", "name": "limits-ops", "role": "admin"}


def with_admin(text):
    """The fixtures, as JSON, with an administrator of the organization that has the identities."""
    world = json.loads(text)
    world["identities"].append(ADMIN)
    world["accessTokens"] = [{"token": ADMIN_TOKEN, "identity": ADMIN["name"]}]
    return json.dumps(world)


def as_yaml(entries):
    """Fixtures as people write them: a line for each key."""
    lines = [f"{HEAD}identities:\n"]
    for entry in entries:
        sign = "-"
        for key, value in entry.items():
            below = (
                "".join(f"\n      {name}: {each}" for name, each in value.items()) if key == "kubernetesAuth" else ""
            )
            lines.append(f"  {sign} {key}: {below or value}\n")
            sign = " "
    return "".join(lines)


def as_json(entries):
    """The same fixtures as a program writes them."""
    organizations = [{"id": "0f000000-0000-4000-8000-000000000001", "name": "ConnectionLimits", "slug": "limits"}]
    return json.dumps({"version": 1, "organizations": organizations, "identities": list(entries)})


FORMS = {
    "YAML": lambda count: as_yaml(identities(count)),
    "JSON": lambda count: as_json(identities(count)),
    "YAML, each with a record": lambda count: as_yaml(identities(count, record=True)),
    "JSON, each with a record": lambda count: as_json(identities(count, record=True)),
}


def loading(counts=(FEW, MANY // 2, MANY), rounds=3):
    """Seconds to load that many identities, for each form of fixtures: the least of some rounds, each a process."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            name: {count: _loaded(_written(folder, form(count)), rounds) for count in counts}
            for name, form in FORMS.items()
        }


def latencies(few=FEW, many=MANY, rounds=ROUNDS, asked=ASKED):
    """For each request: median milliseconds with few, with many, and the median of the ratios of the rounds."""
    with tempfile.TemporaryDirectory() as folder:
        files = [_written(folder, as_yaml(identities(count, record=True)), f"{count}.yaml") for count in (few, many)]
        with _Server(files[0]) as small, _Server(files[1]) as large:
            return {name: _compared(small, large, request, rounds, asked) for name, request in REQUESTS.items()}


def _written(folder, text, name=None):
    path = Path(folder) / (name or ("limits.json" if text.startswith("{") else "limits.yaml"))
    path.write_text(text)
    return path


def _loaded(path, rounds):
    command = [sys.executable, "-c", LOAD, str(path)]
    return min(
        float(subprocess.run(command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True, check=True).stdout)
        for _ in range(rounds)
    )


def _compared(small, large, request, rounds, asked):
    pairs = []
    for number in range(rounds):
        first, second = (small, large) if number % 2 else (large, small)
        took = {first: first.median(request, asked), second: second.median(request, asked)}
        pairs.append((took[small], took[large]))
    few, many = (statistics.median(column) * 1000 for column in zip(*pairs, strict=True))
    return few, many, statistics.median(much / little for little, much in pairs)


class _Server:
    """A mock of its own process, and one connection to it."""

    def __init__(self, fixtures):
        flags = ["--port", "0", "--fixtures", "fixtures", "--fixtures", str(fixtures)]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "mockserver", *flags], cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        if "ready" not in line:
            sys.exit(f"the mock did not start with {fixtures}")
        self.connection = HTTPConnection("127.0.0.1", int(line.split("127.0.0.1:")[1].split()[0]))

    def median(self, request, asked):
        """Seconds of the request, sent so many times one after the other."""
        method, path, body = request
        content = None if body is None else json.dumps(body)
        self.connection.close()  # the next request opens it again: the mock ends one that has said nothing for a while
        return statistics.median(self._took(method, path, content) for _ in range(asked))

    def _took(self, method, path, content):
        begun = time.perf_counter()
        self.connection.request(method, path, content, JSON if content else {"Authorization": TOKEN})
        answer = self.connection.getresponse()
        answer.read()
        took = time.perf_counter() - begun
        if answer.status != 200:
            sys.exit(f"{method} {path}: {answer.status}")
        return took

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


def rows():
    """Each mark with its figure and a verdict: (what, mark, figure, holds), as `run.py` prints them."""
    loads = loading()
    for name, seconds in loads.items():
        shown = " / ".join(f"{seconds[count]:.2f}" for count in sorted(seconds))
        counts = " / ".join(f"{count:,}" for count in sorted(seconds))
        yield f"load of {counts} identities, {name}, seconds", "<= 3 at the most", shown, max(seconds.values()) <= 3
    for name, (few, many, ratio) in latencies().items():
        what = f"{name}, {FEW:,} / {MANY:,} identities, milliseconds (ratio)"
        yield what, "<= 1.10", f"{few:.2f} / {many:.2f} ({ratio:.2f})", ratio <= 1.1


if __name__ == "__main__":
    for what, mark, figure, good in rows():
        print(f"| {what} | {mark} | {figure} | {'holds' if good else 'MISSED'} |")
