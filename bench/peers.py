"""The mock against what else a team could take: Prism, Mockoon, and openapi-core around a handler of its own.

Prism and Mockoon come from npm, at the versions of bench/npm, into a folder that is no part of the checkout. Each
answers 200 with the body that the mock answers with, and keeps its log to itself.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import yaml

from bench import servers
from bench.rounds import Rounds, progress
from bench.servers import HERE, ROOT, Running
from bench.table import Row, skipped
from bench.workload import ACCEPTED, PATH

INSTALLED = ROOT / ".bench" / "npm"
PRISM, MOCKOON = "@stoplight/prism-cli", "@mockoon/cli"
CONNECTIONS = 64
WARM_UP_SECONDS = 3


class Missing(Exception):
    """What npm installs cannot be had here, and why."""


def peers(plan, wrk):
    """Requests a second of the mock, as multiples of those of each of the others."""
    with ExitStack() as stack:
        ours = stack.enter_context(servers.mock())
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        body = folder / "body.json"
        body.write_bytes(servers.usual_answer(ours, ACCEPTED))
        asked = {"mock": ours, "openapi-core": stack.enter_context(servers.openapi_core_handler(body))}
        why = _from_npm(stack, asked, folder, body.read_bytes())
        for name, server in asked.items():
            progress(f"warming up {name}")
            _answers_alike(name, server, body.read_bytes())
            wrk(server, ACCEPTED, CONNECTIONS, WARM_UP_SECONDS if plan.rounds > 3 else 1)
        measures = {name: partial(wrk, each, ACCEPTED, CONNECTIONS, plan.seconds) for name, each in asked.items()}
        rounds = Rounds(measures, plan.few_rounds, f"{', '.join(asked)}, {CONNECTIONS} connections")
        resident = " / ".join(f"{each.resident_mb():.0f}" for each in asked.values())
    marks = {"silenced Prism": 2.5, "Mockoon": 10, "openapi-core": 15}
    rows = []
    for name, mark in marks.items():
        what = f"requests a second at {CONNECTIONS} connections: times those of {name}"
        if name == "openapi-core":
            what += " on every request"
        known = name in asked
        rows.append(
            Row(what, rounds.ratio("mock", name, "rate"), ">=", mark) if known else skipped(what, why, ">=", mark)
        )
    everyone = " / ".join(asked)
    return [
        *rows,
        Row(f"requests a second: {everyone}", rounds.medians("rate")),
        Row(f"processor microseconds a request: {everyone}", rounds.medians("processor")),
        Row(f"resident after that, MB: {everyone}", resident),
    ]


def versions():
    """The versions of Node, Prism and Mockoon, as pairs; none where they are not installed."""
    if not INSTALLED.is_dir() or shutil.which("node") is None:
        return []
    node = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return [("Node", node.removeprefix("v")), *((_title(name), _version(name)) for name in (PRISM, MOCKOON))]


def _title(name):
    return "Prism" if name == PRISM else "Mockoon"


def _version(name):
    return json.loads((INSTALLED / "node_modules" / name / "package.json").read_text())["version"]


def _answers_alike(name, server, body):
    """Stops the run where a server does not answer as the others do."""
    answer = json.loads(servers.answers(server, ACCEPTED, 100)[-1])
    if answer.keys() != json.loads(body).keys() or (name != "mock" and answer != json.loads(body)):
        sys.exit(f"{name} answers with another body: {answer}")


def _from_npm(stack, asked, folder, body):
    """Starts what comes from npm; or says why it cannot."""
    try:
        _install()
        asked["silenced Prism"] = stack.enter_context(_prism(folder, body))
        asked["Mockoon"] = stack.enter_context(_mockoon(folder, body))
    except (Missing, RuntimeError) as error:
        progress(f"npm's mocks: {error}")
        return str(error).partition("\n")[0][:80]
    return ""


def _install():
    """Installs the locked versions, unless they are there."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        raise Missing("npm is not installed")
    INSTALLED.mkdir(parents=True, exist_ok=True)
    lock, there = HERE / "npm" / "package-lock.json", INSTALLED / "package-lock.json"
    done = INSTALLED / "installed"
    if done.is_file() and there.is_file() and there.read_bytes() == lock.read_bytes():
        return
    progress("npm installs Prism and Mockoon into .bench/npm")
    for name in ("package.json", "package-lock.json"):
        shutil.copyfile(HERE / "npm" / name, INSTALLED / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        ran = subprocess.run(command, cwd=INSTALLED, capture_output=True, text=True, check=False, timeout=240)
    except subprocess.TimeoutExpired:
        raise Missing("npm did not install them in four minutes") from None
    if ran.returncode:
        progress(ran.stderr[-2000:])
        raise Missing("npm could not install them: is its registry there?")
    done.touch()


def _prism(folder, body):
    """Prism with the same document, in which the answer stands as the example of the 200."""
    document = yaml.safe_load((ROOT / "openapi.yaml").read_text())
    answer = document["paths"][PATH + "{identityId}"]["patch"]["responses"]["200"]["content"]["application/json"]
    answer["example"] = json.loads(body)
    file = folder / "openapi.json"
    file.write_text(json.dumps(document, default=str))
    program = str(INSTALLED / "node_modules" / ".bin" / "prism")
    return Running(lambda port: [program, "mock", "--verboseLevel", "silent", "--port", str(port), str(file)])


def _mockoon(folder, body):
    """Mockoon with one route, which answers every PATCH alike; templates are off, as the body has none."""
    response = {"uuid": _uuid(3), "body": body.decode(), "statusCode": 200, "default": True, "disableTemplating": True}
    response["headers"] = [{"key": "Content-Type", "value": "application/json"}]
    endpoint = PATH.removeprefix("/") + ":identityId"
    route = {"uuid": _uuid(2), "type": "http", "method": "patch", "endpoint": endpoint, "responses": [response]}
    environment = {
        "uuid": _uuid(1),
        "lastMigration": 33,
        "name": "bench",
        "hostname": "127.0.0.1",
        "routes": [route],
        "rootChildren": [{"type": "route", "uuid": _uuid(2)}],
    }
    file = folder / "mockoon.json"
    file.write_text(json.dumps(environment))
    program = str(INSTALLED / "node_modules" / ".bin" / "mockoon-cli")
    quiet = ["--disable-log-to-file", "--disable-admin-api"]
    return Running(lambda port: [program, "start", *quiet, "--repair", "--port", str(port), "--data", str(file)])


def _uuid(number):
    return f"00000000-0000-4000-8000-{number:012d}"
