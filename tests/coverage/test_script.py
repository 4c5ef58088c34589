"""`infisical-mock coverage` on a black-box script: every rule of the update operation, and all else that it has."""

import json

import pytest

from mockserver.rules.generation import GENERATIONS
from tests.cli.commands import Running, run, serving
from tests.client import IDENTITIES
from tests.coverage.update_script import WORLDS, Step, fixtures, steps

OPERATION = "updateKubernetesAuth"


def play(server: Running, world: str, step: Step) -> tuple[str, str]:
    """What decided the step, and what was to decide it."""
    path = f"/w/{world}{IDENTITIES}{step.identity}"
    if step.before:
        assert server.ask("PATCH", path, json.dumps(step.before), **headers(step))[0] == 200
    _, found, _ = server.ask("PATCH", path, json.dumps(step.body), **headers(step))
    return found["Mock-Rule"], step.in_live or step.rule if WORLDS[world] == "live" else step.rule


def headers(step: Step) -> dict[str, str]:
    sent = {"Content-Type": "application/json"}
    return sent if step.token is None else {**sent, "Authorization": f"Bearer {step.token}"}


@pytest.fixture(scope="module", params=GENERATIONS)
def server(request: pytest.FixtureRequest):
    """A server of each generation in turn, on which the script has been played in a world of each profile."""
    generation = request.param
    with serving("--as-of", generation) as server:
        for world, profile in WORLDS.items():
            made = {"id": world, "profile": profile, "fixtures": fixtures()}
            assert server.ask("POST", "/_mock/worlds", json.dumps(made))[0] == 201
            decided = [(step, *play(server, world, step)) for step in steps(generation)]
            assert [row for row in decided if row[1] != row[2]] == []
        yield server


def covered(server: Running, *arguments: str):
    return run("coverage", "--url", f"http://127.0.0.1:{server.port}", *arguments)


def test_every_rule_of_the_update_operation_has_refused_and_held(server: Running):
    ended = covered(server, "--operation", OPERATION, "--rules-only", "--fail-under", "100")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "Missing" not in ended.stdout


def test_so_has_everything_else_of_it(server: Running):
    ended = covered(server, "--operation", OPERATION, "--fail-under", "100")
    assert ended.returncode == 0, ended.stdout


def test_the_rest_is_missed_and_named(server: Running):
    ended = covered(server, "--fail-under", "30")
    assert ended.returncode == 1
    assert "Never called" in ended.stdout
    assert "coverage is under 30 %" in ended.stderr


def test_the_end_of_the_worlds_takes_nothing_away(server: Running):
    for world in WORLDS:
        assert server.ask("DELETE", f"/_mock/worlds/{world}")[0] == 204
    assert server.ask("POST", "/_mock/reset")[0] == 204
    assert covered(server, "--operation", OPERATION, "--fail-under", "100").returncode == 0


def test_only_its_own_delete_does(server: Running):
    assert server.ask("DELETE", "/_mock/coverage")[0] == 204
    ended = covered(server, "--operation", OPERATION, "--fail-under", "1")
    assert ended.returncode == 1
    assert "0 %" in ended.stdout
