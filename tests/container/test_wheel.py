"""The wheel works by itself: contract and world travel inside it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    # The locked backend of the development environment builds it: pip would fetch one.
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path


def test_it_holds_what_a_server_needs_and_nothing_of_ours(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        (entry_points,) = (archive.read(name).decode() for name in names if name.endswith("/entry_points.txt"))
        for name in ("openapi.yaml", "fixtures/world.yaml"):
            assert archive.read(f"mockserver/bundled/{name}") == (ROOT / name).read_bytes()
    assert "infisical-mock = mockserver.cli.main:main" in entry_points
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"mockserver", "infisical_mockserver"}


def test_it_runs_where_there_is_no_checkout(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "empty").mkdir()
    run = subprocess.run(
        [sys.executable, "-c", "from mockserver.cli.main import main; main()", "check"],
        cwd=tmp_path / "empty",
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.endswith("ok\n")
