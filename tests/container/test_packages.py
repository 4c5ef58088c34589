"""The packages that are published: they hold what they should, and install without the checkout."""

import shutil
import subprocess
import sys
import tarfile
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PYTHON = sys.executable


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheel and sdist, built by the locked backend as `make dist` builds them."""
    folder = tmp_path_factory.mktemp("dist")
    command = [PYTHON, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, cwd=folder)
    return folder


def environment(folder: Path) -> Path:
    """A virtual environment that sees the development environment's packages, so that nothing is fetched."""
    venv.create(folder, with_pip=False, symlinks=True)
    site = next(folder.glob("lib/python3*/site-packages"))
    theirs = Path(
        subprocess.check_output([PYTHON, "-c", "import site; print(site.getsitepackages()[0])"], text=True).strip()
    )
    (site / "development.pth").write_text(f"{theirs}\n")
    return folder / "bin" / "python"


@pytest.mark.extensive
@pytest.mark.parametrize("kind", ["wheel", "sdist"])
def test_it_installs_and_checks_its_bundled_world(dist: Path, kind: str, tmp_path: Path):
    (package,) = dist.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    python = environment(tmp_path / "environment of a user")
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    pip = [PYTHON, "-m", "pip", "--python", str(python), "install", *offline, str(package)]
    subprocess.run(pip, check=True, cwd=tmp_path)
    command = python.with_name("infisical-mock")
    ended = subprocess.run([command, "check"], capture_output=True, text=True, cwd=tmp_path, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout.endswith("ok\n")


@pytest.mark.extensive
def test_it_installs_from_a_git_url(tmp_path: Path):
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("there is no git repository")
    python = environment(tmp_path / "environment")
    url = f"git+file://{ROOT}"
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet", "--disable-pip-version-check"]
    pip = [PYTHON, "-m", "pip", "--python", str(python), "install", *offline, url]
    subprocess.run(pip, check=True, cwd=tmp_path)
    ended = subprocess.run([python.with_name("infisical-mock"), "version"], capture_output=True, text=True, check=True)
    assert (
        ended.stdout.strip()
        == subprocess.check_output(
            [PYTHON, "-c", "import mockserver; print(mockserver.__version__)"], text=True, cwd=ROOT
        ).strip()
    )


def test_the_sdist_holds_what_a_build_needs(dist: Path):
    (package,) = dist.glob("*.tar.gz")
    with tarfile.open(package) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "openapi.yaml", "fixtures/world.yaml", "README.md", "LICENSE"} <= names
    assert not [name for name in names if name.startswith(("tests/", "bench/", ".ci"))]


@pytest.mark.parametrize(
    "check", [("twine", "check", "--strict"), ("check_wheel_contents",)], ids=lambda check: check[0]
)
def test_an_index_would_take_it(dist: Path, check: tuple[str, ...]):
    files = [str(each) for each in dist.iterdir() if check[0] == "twine" or each.suffix == ".whl"]
    ended = subprocess.run([PYTHON, "-m", *check, *files], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "warning" not in ended.stdout.lower()
