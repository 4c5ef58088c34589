"""What each command loads: exactly these packages of others, and these modules of ours."""

import json
import subprocess
import sys

import pytest

from mockserver.api.operations import OPERATIONS
from mockserver.contract.compiled import Contracts
from mockserver.rules.generation import Generation
from mockserver.settings import bundled
from tests.cli.commands import environment, serving

LOADED = """
import json, sys
before = set(sys.modules)
try:
    {code}
except SystemExit:
    pass
names = (name for name in set(sys.modules) - before if getattr(sys.modules[name], "__spec__", None))
print(json.dumps(sorted(names)))
"""
RUN = "from mockserver.cli.main import main; main()"
START = "from mockserver import Settings; from mockserver.cli import running; core = running.Core(Settings())"

DEFAULT = Generation("2026-08")
"""The generation of a server in profile `contract` without `--as-of`."""

COMMAND = {"cli", "cli.environment", "cli.main", "cli.streams"}
FLAGS = {
    *COMMAND,
    "cli.option",
    "cli.units",
    "errors",
    "rules",
    "rules.edition",
    "rules.generation",
    "rules.profile",
    "settings",
}
SETTINGS = {*FLAGS, "cli.options"}
COMMANDS = {
    "cli.check",
    "cli.coverage",
    "cli.document",
    "cli.generations",
    "cli.healthcheck",
    "cli.parity",
    "cli.proxy",
    "cli.pull",
    "cli.schemathesis_config",
    "cli.serve",
    "cli.token",
    "cli.version",
}

OURS = {
    "version": {*COMMAND, "cli.version"},
    "--version": {*COMMAND, "cli.version"},
    "--help": {*SETTINGS, *COMMANDS, "cli.tenant", "errors", "files"},
    "serve --help": {*SETTINGS, "cli.serve"},
    "serve --port x": {*SETTINGS, "cli.serve"},
    "check --help": {*SETTINGS, "cli.check", "errors"},
    "healthcheck --help": {*FLAGS, "cli.healthcheck"},
    "healthcheck --timeout 0.2 --port 1": {*FLAGS, "cli.healthcheck"},
    "token --help": {*FLAGS, "cli.token"},
    "token --namespace n --name n": {
        *FLAGS,
        "cli.token",
        "clock",
        "infisical",
        "infisical.clusters",
        "infisical.clusters.service_account",
    },
    "coverage --help": {*FLAGS, "cli.coverage"},
    "schemathesis-config --help": {*FLAGS, "cli.schemathesis_config", "files"},
    "document --help": {*FLAGS, "cli.document"},
    "document diff --help": {*FLAGS, "cli.document"},
    "parity --help": {*FLAGS, "cli.parity", "cli.tenant", "files"},
    "parity --url x": {*FLAGS, "cli.parity", "cli.tenant", "files"},
    "pull --help": {*FLAGS, "cli.pull", "cli.tenant", "files"},
    "proxy --help": {*SETTINGS, "cli.proxy", "cli.tenant"},
    "proxy --upstream x": {*SETTINGS, "cli.proxy", "cli.tenant"},
    "generations": {*FLAGS, "cli.generations"},
    "generations diff --help": {*FLAGS, "cli.generations"},
    "generations diff x y": {*FLAGS, "cli.generations"},
}


def loaded(code: str, *arguments: str) -> tuple[set[str], set[str]]:
    """The packages of others that the code loads, and the modules of ours."""
    command = [sys.executable, "-c", LOADED.format(code=code), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True, env=environment())
    names = json.loads(ended.stdout.splitlines()[-1])
    others = {name.partition(".")[0] for name in names} - {"mockserver", *sys.stdlib_module_names}
    return others, {name.removeprefix("mockserver.") for name in names if name.startswith("mockserver.")}


@pytest.mark.parametrize("command", OURS)
def test_a_command_loads_what_it_uses_and_nothing_else(command: str):
    others, ours = loaded(RUN, *command.split())
    # PyJWT takes cryptography where it is installed, as it is beside the tools that publish packages.
    others -= {"_cffi_backend", "cryptography"}
    assert others == ({"click", "jwt"} if command.startswith("token --name") else {"click"})
    assert ours == OURS[command]


def test_healthcheck_of_a_healthy_server_loads_no_http_library():
    with serving() as server:
        others, ours = loaded(RUN, "healthcheck", "--port", str(server.port))
    assert (others, ours) == ({"click"}, {*FLAGS, "cli.healthcheck"})


LATER = (
    "api.explain.replay",
    "api.identities.create",
    "api.kubernetes_auth.update",
    "api.universal_auth.login",
    "control.identities",
    "control.inner_request",
    "control.llms",
    "control.mcp",
    "control.metrics",
    "control.own_contract",
    "control.requests",
    "control.state",
    "control.worlds",
    "coverage.html",
    "coverage.looks",
    "inspector",
    "inspector.pages",
    "journal.explain",
    "journal.har",
    "journal.verify",
    "seeding.dump",
    "seeding.places",
    "serving.trust",
    "testing",
    "watch",
    "worlds.changes",
)
"""What a server loads when it is asked for."""

PACKAGES = {
    *("aiohappyeyeballs", "aiohttp", "aiosignal", "attr", "brotli", "frozenlist", "idna", "jsonschema_rs", "multidict"),
    *("orjson", "propcache", "rpds", "typing_extensions", "uvloop", "yarl"),
}
"""aiohttp and what it needs, and what is ours to choose."""


def test_a_server_loads_no_more_than_it_needs_to_answer():
    others, ours = loaded(START)
    assert {name for name in others if not name.startswith("_")} - {"backports"} <= PACKAGES
    assert {"app", "control.api", "seeding.build"} <= ours
    assert not ours & set(LATER)


def test_a_server_without_requests_loads_all_operations_of_its_generation():
    _, ours = loaded(f"{START}; import asyncio; asyncio.run(running.load_the_rest(core))")
    served = Contracts(bundled("openapi.yaml")).of(DEFAULT).operations
    assert {each for each in OPERATIONS.modules.values() if f"api.{each}" in ours} == {
        OPERATIONS.modules[name] for name in served
    }
