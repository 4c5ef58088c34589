"""The examples for CI: what they say is run, as their shells would run it, against a server started as they say.

Only the address is another one, by the variable that the examples use themselves; and of the client's tests those run
that are quick.
"""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver import __version__
from mockserver.cli.main import infisical_mock
from mockserver.cli.serve import serve
from tests.cli.commands import Running, serving
from tests.testing.runs import ROOT, environment

EXAMPLES = ROOT / "examples"
CLIENT = EXAMPLES / "pytest"
URL = "INFISICAL_MOCK_URL"
QUICK = (
    "-q -p mockserver.testing.plugin -p no:cacheprovider --ignore=tests/test_access.py --ignore=tests/test_failures.py"
)


def loaded(name: str) -> dict[str, Any]:
    return yaml.safe_load((EXAMPLES / name).read_text("utf-8"))


GITHUB, GITLAB, COMPOSE = loaded("github-actions.yml"), loaded("gitlab-ci.yml"), loaded("compose.yaml")
GITHUB_JOB, GITLAB_JOB = GITHUB["jobs"]["test"], GITLAB["test"]


@contextmanager
def service(variables: dict[str, str]) -> Iterator[tuple[Running, dict[str, str]]]:
    """A server that is told what the service container is told, and the environment of the steps."""
    given = {name: value for name, value in variables.items() if name != URL}
    with serving(**given) as server:
        steps = environment(**{URL: f"http://127.0.0.1:{server.port}", "PYTEST_ADDOPTS": QUICK})
        steps["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{steps['PATH']}"
        yield server, steps


def run(command: str | list[str], variables: dict[str, str], folder: Path = CLIENT) -> str:
    """What a step prints; it ends well."""
    shell = ["bash", "-eo", "pipefail", "-c", command] if isinstance(command, str) else command
    ended = subprocess.run(shell, cwd=folder, env=variables, capture_output=True, text=True, timeout=100, check=False)
    assert ended.returncode == 0, f"{command}\n{ended.stdout}\n{ended.stderr}"
    return ended.stdout


needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="the examples use curl")


@needs_curl
def test_the_steps_for_github_seed_and_test():
    job = GITHUB_JOB
    with service({**job["services"]["infisical"]["env"], **job["env"]}) as (_, variables):
        steps = [each for each in job["steps"] if "run" in each]
        assert [each["name"].split()[0] for each in steps] == ["Seed", "Test", "Show"]
        printed = [run(each["run"], variables) for each in steps]
    assert "4 passed" in printed[1], "with the test of the seeded default world"
    assert '"requests"' in printed[2]


@needs_curl
def test_the_scripts_for_gitlab_seed_and_test():
    with service(GITLAB_JOB["variables"]) as (_, variables):
        for line in GITLAB_JOB["before_script"]:
            run(line, variables)
        (line,) = GITLAB_JOB["script"]
        assert "4 passed" in run(line, variables)


def test_the_services_of_compose_seed_and_test():
    mock, tests = COMPOSE["services"]["infisical"], COMPOSE["services"]["tests"]
    (volume,) = mock["volumes"]
    source, target, mode = volume.split(":")
    assert mode == "ro"
    given = {**mock["environment"], "INFISICAL_MOCK_FIXTURES": str((EXAMPLES / source).parent / Path(target).name)}
    assert Path(target).parent == Path(mock["environment"]["INFISICAL_MOCK_FIXTURES"])
    with service(given) as (server, variables):
        assert "(profile live," in server.ready_line
        kind, name, *arguments = mock["healthcheck"]["test"]
        assert (kind, name) == ("CMD", "infisical-mock")
        port = {"INFISICAL_MOCK_PORT": str(server.port)}
        run([sys.executable, "-m", "mockserver", *arguments], {**variables, **port}, ROOT)
        assert tests["depends_on"] == {"infisical": {"condition": "service_healthy"}}
        (volume,) = tests["volumes"]
        folder = EXAMPLES / volume.split(":")[0]
        assert tests["working_dir"] == volume.split(":")[1]
        program, *arguments = tests["command"]
        assert program == "python"
        assert "4 passed" in run([sys.executable, *arguments], variables, folder)


def known_variables() -> set[str]:
    """The variables that `serve` reads."""
    return {name for each in serve.params for name in ([each.envvar] if isinstance(each.envvar, str) else each.envvar)}


@pytest.mark.parametrize(
    "variables",
    [
        GITHUB_JOB["services"]["infisical"]["env"],
        {name: value for name, value in GITLAB_JOB["variables"].items() if name != URL},
        COMPOSE["services"]["infisical"]["environment"],
    ],
    ids=["github", "gitlab", "compose"],
)
def test_the_services_are_told_what_the_command_knows(variables: dict[str, str]):
    assert set(variables) <= known_variables()
    assert all(isinstance(value, str) for value in variables.values())


def test_the_images_are_of_this_version_and_the_addresses_are_theirs():
    mock = GITHUB_JOB["services"]["infisical"]
    images = [mock["image"], GITLAB_JOB["services"][0]["name"], COMPOSE["services"]["infisical"]["image"]]
    assert {each.rpartition(":")[2] for each in images} == {__version__}
    assert mock["ports"] == ["8080:8080"]
    assert GITHUB_JOB["env"][URL] == "http://localhost:8080"
    assert GITLAB_JOB["variables"][URL] == f"http://{GITLAB_JOB['services'][0]['alias']}:8080"
    assert COMPOSE["services"]["tests"]["environment"][URL] == "http://infisical:8080"
    assert COMPOSE["services"]["infisical"]["ports"] == ["127.0.0.1:8080:8080"]


def test_githubs_service_asks_our_own_command_for_its_health():
    options = shlex.split(GITHUB_JOB["services"]["infisical"]["options"])
    given = dict(zip(options[::2], options[1::2], strict=True))
    name, sub_command = given.pop("--health-cmd").split()
    assert name == "infisical-mock"
    assert sub_command in infisical_mock.list_commands(None)
    assert given == {"--health-interval": "1s", "--health-timeout": "2s", "--health-retries": "30"}


@pytest.mark.parametrize("name", ["github-actions.yml", "gitlab-ci.yml", "compose.yaml"])
def test_the_documentation_shows_the_files_as_they_are(name: str):
    assert f"```yaml\n{(EXAMPLES / name).read_text('utf-8')}```" in (ROOT / "docs" / "how-to" / "ci.md").read_text(
        "utf-8"
    )
