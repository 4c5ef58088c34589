"""The wheel works by itself: contract and world travel inside it."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.testing.runs import run_tests

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
        vendored = ("htmx.min.js", "swagger-ui-bundle.js", "swagger-ui.css")
        for name in (*vendored, "htmx.LICENSE.txt", "swagger-ui.LICENSE.txt"):
            assert f"mockserver/inspector/static/{name}" in names
        assert len([name for name in names if name.endswith(".LICENSE.txt") and ".dist-info/" in name]) == 2
    assert "infisical-mock = mockserver.cli.main:main" in entry_points
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"mockserver", "infisical_mockserver"}


def test_its_extras_and_its_plugin_are_told_to_installers(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = (archive.read(name).decode() for name in names if name.endswith("/METADATA"))
        (entry_points,) = (archive.read(name).decode() for name in names if name.endswith("/entry_points.txt"))
    lines = metadata.splitlines()
    assert {line for line in lines if line.startswith("Provides-Extra")} == {
        "Provides-Extra: all",
        "Provides-Extra: inspector",
        "Provides-Extra: metrics",
        "Provides-Extra: mcp",
        "Provides-Extra: pytest",
        "Provides-Extra: testcontainers",
        "Provides-Extra: tls",
    }
    needed = [line for line in lines if line.startswith("Requires-Dist: ") and ("pytest" in line or "testc" in line)]
    assert len(needed) == 2
    assert all("extra ==" in line for line in needed), "the run-time install has no test tools"
    assert "[pytest11]\ninfisical_mock = mockserver.testing.plugin" in entry_points


def test_pytest_finds_the_plugin_of_an_installed_package(wheel, tmp_path):
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    (tmp_path / "tests").mkdir()
    test = "def test_it(infisical_mock):\n    assert infisical_mock.tokens['ops-admin'] == 'acme-admin-token'\n"
    (tmp_path / "tests" / "test_it.py").write_text(test)
    by_name = ("-p", "infisical_mock", "-p", "no:cacheprovider")
    ended = run_tests(tmp_path / "tests", plugin=by_name, PYTHONPATH=str(tmp_path / "site"))
    assert ended.outcomes == {"passed": 1}, ended.text


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
