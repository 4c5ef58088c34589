"""The mock against what else a team could take: Prism, Mockoon, WireMock, MockServer, openapi-core around a handler.

Prism and Mockoon come from npm, at the versions of bench/npm, into a folder that is no part of the checkout. Each
answers 200 with a body like the mock's, and keeps its log to itself.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from functools import cache, partial
from pathlib import Path

import yaml

from bench import java_peers, servers
from bench.java_peers import MOCKSERVER, WIREMOCK
from bench.rounds import Rounds, progress
from bench.servers import HERE, ROOT, Running
from bench.table import Row, skipped
from bench.workload import ACCEPTED, PATH

INSTALLED = ROOT / ".bench" / "npm"
_DONE = INSTALLED / "installed"
PRISM, MOCKOON, STATIC = "silenced Prism", "Mockoon", "Mockoon with one static route"
CORE, ENGINE = "openapi-core on every request", "the mock itself with `--engine openapi-core`"
MARKS = {PRISM: 2.0, MOCKOON: 10, STATIC: None, WIREMOCK: None, MOCKSERVER: None, CORE: 15, ENGINE: None}
COMPILED_WHILE_RUNNING = (PRISM, MOCKOON, STATIC, WIREMOCK, MOCKSERVER)
CONNECTIONS = 64


def peers(plan, wrk):
    """Requests a second of the mock, as multiples of those of each of the others."""
    with ExitStack() as stack:
        ours = stack.enter_context(servers.mock())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        body = folder / "body.json"
        body.write_bytes(servers.usual_answer(ours, ACCEPTED))
        asked, missing = {"mock": ours}, {}
        for name, make in _others(body).items():
            try:
                asked[name] = stack.enter_context(make())
            except RuntimeError as error:
                progress(f"{name}: {error}")
                missing[name] = str(error).splitlines()[-1][:80]
        for name, server in asked.items():
            progress(f"warming up {name}")
            _answers_alike(name, server, json.loads(body.read_bytes()))
            wrk(server, ACCEPTED, CONNECTIONS, plan.warm_up if name in COMPILED_WHILE_RUNNING else 1)
        measures = {name: partial(wrk, each, ACCEPTED, CONNECTIONS, plan.seconds) for name, each in asked.items()}
        rounds = Rounds(measures, plan.few_rounds, f"{', '.join(asked)}; {CONNECTIONS} connections")
        resident = " / ".join(f"{each.resident_mb():.0f}" for each in asked.values())
    everyone = " / ".join(asked)
    return [
        *(_compared(name, rounds, missing) for name in MARKS),
        Row(f"requests a second, {CONNECTIONS} connections: {everyone}", rounds.medians("rate")),
        Row(f"processor microseconds a request: {everyone}", rounds.medians("processor")),
        *(_used(name, rounds) for name in asked if name != "mock"),
        Row(f"resident after that, MB: {everyone}", resident),
    ]


def _others(body):
    """How each of them is started. Raises RuntimeError, when it is called, where that cannot be."""
    return {
        PRISM: lambda: _prism(body),
        MOCKOON: lambda: _mockoon(ROOT / "openapi.yaml"),
        STATIC: lambda: _mockoon(_static_route(body)),
        **java_peers.others(body),
        CORE: lambda: servers.openapi_core_handler(body),
        ENGINE: lambda: servers.mock("--engine", "openapi-core"),
    }


def _compared(name, rounds, missing):
    what = f"requests a second at {CONNECTIONS} connections: times those of {name}"
    asked = (">=", MARKS[name]) if MARKS[name] else ()
    if name in missing:
        return skipped(what, missing[name], *asked)
    return Row(what, rounds.ratio("mock", name, "rate"), *asked)


def _used(name, rounds):
    """A busy machine moves this less than rates."""
    return Row(
        f"processor time of a request to {name}: times that of the mock", rounds.ratio(name, "mock", "processor")
    )


def versions():
    """The versions of Node, Java and the programs that they run, as pairs; none where they are not installed."""
    return [*_npm_versions(), *java_peers.versions()]


def _npm_versions():
    if not _DONE.is_file() or shutil.which("node") is None:
        return []
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    pairs = (("Prism", "@stoplight/prism-cli"), ("Mockoon", "@mockoon/cli"))
    files = ((name, INSTALLED / "node_modules" / package / "package.json") for name, package in pairs)
    return [
        ("Node", node.removeprefix("v")),
        *((name, json.loads(file.read_text())["version"]) for name, file in files),
    ]


def _answers_alike(name, server, body):
    """Stops the run where a server's answers have not the properties that the mock's have."""
    answer = json.loads(servers.answers(server, ACCEPTED, 100)[-1])
    wanted = {outer: set(inner) for outer, inner in body.items()}
    if {outer: set(inner) for outer, inner in answer.items()} != wanted:
        sys.exit(f"{name} answers with another body: {answer}")


def _installed(program):
    """A program of the locked versions. Raises RuntimeError if they cannot be had."""
    why = _not_installed()
    if why:
        raise RuntimeError(why)
    return str(INSTALLED / "node_modules" / ".bin" / program)


@cache
def _not_installed():
    """Installs the locked versions, unless they are there; why that cannot be, empty if it can."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        return "npm is not installed"
    INSTALLED.mkdir(parents=True, exist_ok=True)
    lock, there = HERE / "npm" / "package-lock.json", INSTALLED / "package-lock.json"
    if _DONE.is_file() and there.is_file() and there.read_bytes() == lock.read_bytes():
        return ""
    progress("npm installs Prism and Mockoon into .bench/npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / "npm" / name, INSTALLED / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"]
    try:
        ran = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, check=False, timeout=180)
    except subprocess.TimeoutExpired:
        return "npm did not install them in three minutes"
    if ran.returncode:
        progress(ran.stderr[-2000:])
        return "npm could not install them: is its registry there?"
    _DONE.touch()
    return ""


def _prism(body):
    """Prism with this one operation of the document, in which the answer stands as the example of the 200.

    With all of them it would be slower: its router tries every path.
    """
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
    path = PATH + "{identityId}"
    update = document["paths"][path]["patch"]
    update["responses"]["200"]["content"]["application/json"]["example"] = json.loads(body.read_bytes())
    file = body.with_name("openapi.json")
    file.write_text(json.dumps({**document, "paths": {path: {"patch": update}}}, default=str))
    program = _installed("prism")
    return Running(lambda port: [program, "mock", "--verboseLevel", "silent", "--port", str(port), str(file)])


def _mockoon(data):
    """Mockoon with that document, from which it makes its own templates; or with routes of its own format."""
    program = _installed("mockoon-cli")
    quiet = ["--disable-log-to-file", "--disable-admin-api", "--repair"]
    return Running(lambda port: [program, "start", *quiet, "--port", str(port), "--data", str(data)])


def _static_route(body):
    """A route that answers every PATCH alike, with templates off: no more than Mockoon has to do."""
    ids = [f"00000000-0000-4000-8000-{number:012d}" for number in range(3)]
    response = {"uuid": ids[2], "body": body.read_text(), "statusCode": 200, "default": True, "disableTemplating": True}
    response["headers"] = [{"key": "Content-Type", "value": "application/json"}]
    endpoint = PATH.removeprefix("/") + ":identityId"
    environment = {
        "uuid": ids[0],
        "lastMigration": 33,
        "name": "bench",
        "hostname": "127.0.0.1",
        "routes": [{"uuid": ids[1], "type": "http", "method": "patch", "endpoint": endpoint, "responses": [response]}],
        "rootChildren": [{"type": "route", "uuid": ids[1]}],
    }
    file = body.with_name("mockoon.json")
    file.write_text(json.dumps(environment))
    return file
