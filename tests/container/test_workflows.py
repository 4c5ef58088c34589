"""The workflows of the repository are what actionlint takes, and run the commands of the house."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".github" / "workflows"
ACTIONLINT = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.7"


@pytest.mark.extensive
@pytest.mark.timeout(600)
def test_actionlint_finds_nothing():
    go = shutil.which("go")
    if go is None:
        pytest.skip("there is no Go to build actionlint with")
    binaries = ROOT / ".clients" / "actionlint"
    if not (binaries / "actionlint").exists():
        built = subprocess.run(
            [go, "install", ACTIONLINT],
            env=os.environ | {"GOBIN": str(binaries)},
            capture_output=True,
            text=True,
            check=False,
        )
        if built.returncode:
            pytest.skip(f"actionlint could not be built: {built.stderr.strip().splitlines()[-1]}")
    files = sorted(str(each) for each in FOLDER.glob("*.yml"))
    ended = subprocess.run([binaries / "actionlint", *files], capture_output=True, text=True, cwd=ROOT, check=False)
    assert (ended.returncode, ended.stdout) == (0, "")


def runs(name: str) -> list[str]:
    """Every command of a workflow."""
    jobs = yaml.safe_load((FOLDER / name).read_text("utf-8"))["jobs"].values()
    return [step["run"] for job in jobs for step in job.get("steps", ()) if "run" in step]


def test_ci_runs_the_commands_that_developers_run():
    assert {"bash .ci/run", "make test", "make test-oldest", "make image"} <= set(runs("ci.yml"))


def test_a_release_publishes_for_both_processors_with_what_it_is_made_of():
    jobs = yaml.safe_load((FOLDER / "release.yml").read_text("utf-8"))["jobs"]
    (build,) = (step for step in jobs["image"]["steps"] if step.get("uses", "").startswith("docker/build-push-action@"))
    assert build["with"]["platforms"] == "linux/amd64,linux/arm64"
    assert (build["with"]["sbom"], build["with"]["provenance"]) == (True, "mode=max")
    assert jobs["pypi"]["permissions"] == {"id-token": "write"}
    assert not [
        step
        for job in jobs.values()
        for step in job.get("steps", ())
        if "password" in step.get("with", {}) and "pypi" in step["uses"]
    ]
