"""`infisical-mock coverage` on a black-box script of sub-organizations and the second search of identities."""

import json

import pytest

from mockserver.rules.generation import GENERATIONS
from tests.cli.commands import Running, run, serving
from tests.coverage.neighbours_script import OPERATIONS, Step, fixtures, steps

WORLDS = {"of-contract": "contract", "of-live": "live"}


def play(server: Running, world: str, step: Step) -> tuple[str, str]:
    """What decided the step, and what was to decide it."""
    method, path = step.request
    headers = {} if step.token is None else {"Authorization": f"Bearer {step.token}"}
    body = None
    if step.body is not None:
        headers["Content-Type"], body = "application/json", json.dumps(step.body)
    _, found, _ = server.ask(method, f"/w/{world}{path}", body, **headers)
    return found["Mock-Rule"], step.in_live or step.rule if WORLDS[world] == "live" else step.rule


@pytest.fixture(scope="module", params=GENERATIONS)
def server(request: pytest.FixtureRequest):
    """A server of each generation in turn, on which the script has been played in a world of each profile."""
    with serving("--as-of", request.param) as server:
        for world, profile in WORLDS.items():
            made = {"id": world, "profile": profile, "fixtures": fixtures()}
            assert server.ask("POST", "/_mock/worlds", json.dumps(made))[0] == 201
            decided = [(step, *play(server, world, step)) for step in steps(request.param)]
            assert [row for row in decided if row[1] != row[2]] == []
        yield server


UNBREAKABLE = {
    "deleteSubOrganization": "contract.body refused, contract.unrecognized-keys refused",
    "listSubOrganizations": "contract.unrecognized-keys refused",
}
"""Rules about a body, of operations that have none."""


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_rule_has_refused_and_held(server: Running, operation: str):
    ended = run("coverage", "--url", f"http://127.0.0.1:{server.port}", "--operation", operation, "--rules-only")
    assert (ended.returncode, ended.stderr) == (0, "")
    missing = [line.split(maxsplit=1)[1] for line in ended.stdout.splitlines() if line.startswith("  rules")]
    assert missing == ([UNBREAKABLE[operation]] if operation in UNBREAKABLE else []), ended.stdout


@pytest.mark.parametrize("operation", OPERATIONS)
def test_so_has_every_class_of_a_field(server: Running, operation: str):
    ended = run("coverage", "--url", f"http://127.0.0.1:{server.port}", "--operation", operation)
    assert "  fields" not in ended.stdout
