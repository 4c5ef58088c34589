"""The types of the installed wheel: a user's project passes `mypy --strict` and `pyright`, and mistakes are found."""

import json
import re
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.clients.installed import PLACES, Client, NotInstallable, Step, install

pytestmark = [pytest.mark.slow, pytest.mark.extensive, pytest.mark.timeout(600)]

ROOT = Path(__file__).resolve().parents[2]
USES = Path(__file__).with_name("project") / "uses.py"
FOLDER = PLACES / "pyright"
QUIET = ("--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
PYRIGHT = Client(
    name="pyright",
    title="pyright",
    source="node",
    needs=("node", "npm"),
    steps=(Step(("npm", "install", "--prefix", str(FOLDER), *QUIET, "pyright@1.1.414"), FOLDER),),
    command=("node", str(FOLDER / "node_modules" / "pyright" / "index.js")),
)
MISTAKES = (
    "Mock(profile='lve')",
    "Mock(prot=3)",
    "Mock(port='8080')",
    "Mock(engine='openapi')",
    "Mock(log_level='trace')",
    "world.faults.add('dorp')",
    "world.faults.add('drop', where='before-wrte')",
    "world.faults.add('status', status='503')",
    "world.faults.add('stale', operation='getKubernetesAut')",
    "world.faults.add('stale', opertion='getKubernetesAuth')",
    "world.verify(operation='updateKubernetesAut')",
    "world.verify(oporation='updateKubernetesAuth')",
    "world.verify(status='200')",
    "world.verify(count={'atLest': 1})",
    "world.verify(order=[{'stats': 200}])",
    "world.verify(state={'changed': []})",
    "world.verify(warning='poling')",
    "world.journal.requests(oporation='updateKubernetesAuth')",
    "world.journal.requests(operation='updateKubernetesAut')",
    "world.clock.advance('1')",
    "world.clok.now()",
    "server.world(profile='strict')",
    "server.world(asof='2026-09')",
    "Mock(rate_limits='cloud-fre')",
    "server.world(rate_limits={'raed': 1})",
    "world.verify(maxRequestsPerMinute='10')",
    "later.faults.add('dorp')",
    "later.verify(operation='updateKubernetesAut')",
    "later.identities['payments']",
)
HEAD = """from mockserver.testing import Later, Mock, Server, World


def mistakes(world: World, server: Server, later: World[Later]) -> None:
"""
Errors = Callable[[Path], set[tuple[str, int]]]


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel; what the wheel needs comes from the development environment."""
    folder = tmp_path_factory.mktemp("types with a space")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True, capture_output=True)
    python = folder / "venv" / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    (site,) = (folder / "venv" / "lib").glob("python*/site-packages")
    (site / "development.pth").write_text(sysconfig.get_path("purelib"))
    where = "import mockserver; print(mockserver.__file__)"
    ended = subprocess.run([python, "-c", where], cwd=folder, check=True, capture_output=True, text=True)
    assert ended.stdout.startswith(str(site)), "not the sources, but the wheel"
    return python


@pytest.fixture(scope="module", params=["mypy", "pyright"])
def errors(request: pytest.FixtureRequest, python: Path) -> Errors:
    """A type checker: the errors in the files of a folder, each with its file and line."""
    if request.param == "mypy":
        return lambda folder: mypy(python, folder)
    try:
        install(PYRIGHT)
    except NotInstallable as reason:
        pytest.skip(f"pyright cannot be had: {reason}")
    return lambda folder: pyright(python, folder)


def mypy(python: Path, folder: Path) -> set[tuple[str, int]]:
    command = [python, "-m", "mypy", "--strict", "--no-incremental", "--no-error-summary", "."]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode in (0, 1), ended.stderr
    assert not ended.stderr
    found = re.findall(r"^([^:\n]+):(\d+): error: .*", ended.stdout, re.MULTILINE)
    assert found or not ended.returncode, ended.stdout
    return {(name, int(line)) for name, line in found}


def pyright(python: Path, folder: Path) -> set[tuple[str, int]]:
    command = [*PYRIGHT.command, "--outputjson", "--pythonpath", str(python), "."]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert ended.returncode in (0, 1), ended.stdout + ended.stderr
    rows = json.loads(ended.stdout)["generalDiagnostics"]
    return {
        (Path(each["file"]).name, each["range"]["start"]["line"] + 1) for each in rows if each["severity"] == "error"
    }


def test_a_project_without_mistakes_has_no_errors(errors: Errors, tmp_path: Path):
    (tmp_path / "test_uses.py").write_text(f"# pyright: strict\n{USES.read_text('utf-8')}")
    assert errors(tmp_path) == set()


def test_every_mistake_is_found(errors: Errors, tmp_path: Path):
    (tmp_path / "mistakes.py").write_text(HEAD + "".join(f"    {each}\n" for each in MISTAKES))
    first = HEAD.count("\n") + 1
    found = {line - first for _, line in errors(tmp_path)}
    assert [each for number, each in enumerate(MISTAKES) if number not in found] == []
    assert found <= set(range(len(MISTAKES)))
