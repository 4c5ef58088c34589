"""The names that others may import, and what an import costs."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

import mockserver


def test_the_public_names_are_these():
    assert mockserver.__all__ == ["Settings", "__version__", "create_app"]


@pytest.mark.parametrize("name", mockserver.__all__)
def test_each_public_name_is_there(name: str):
    assert getattr(mockserver, name)


def test_no_other_name_is_there():
    with pytest.raises(AttributeError, match="module 'mockserver' has no attribute 'World'"):
        mockserver.World  # noqa: B018 - the access is what is tested


HEAVY = ("aiohttp", "openapi_core", "jsonschema_rs", "structlog", "jwt", "yaml", "uvloop")
SHOW = f"import sys; print([name for name in {HEAVY!r} if name in sys.modules])"


def loaded_after(code: str, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}\n{SHOW}", *arguments], capture_output=True, text=True, timeout=30, check=True
    )
    return ended.stdout.splitlines()[-1]


def test_an_import_of_the_package_loads_nothing_heavy():
    assert loaded_after("import mockserver") == "[]"


def test_the_version_is_told_without_a_server():
    code = "from mockserver.cli.main import main\ntry:\n    main()\nexcept SystemExit:\n    pass"
    assert loaded_after(code, "version") == "[]"


@pytest.mark.parametrize("arguments", [["--help"], ["coverage", "--help"]], ids=" ".join)
def test_help_is_told_without_a_server(arguments: list[str]):
    code = "from mockserver.cli.main import main\ntry:\n    main()\nexcept SystemExit:\n    pass"
    assert loaded_after(code, *arguments) == "[]"


def test_coverage_is_told_without_a_server(tmp_path: Path):
    operations = [{"operation": "getIt", "items": {"statuses": {"200": "covered"}}}]
    report = {"version": "1", "contract": "c", "profiles": ["contract"], "operations": operations}
    (tmp_path / "report.json").write_text(json.dumps(report))
    code = "from mockserver.cli.main import main\ntry:\n    main()\nexcept SystemExit:\n    pass"
    for form in ("text", "json", "junit", "html"):
        arguments = ("coverage", "--report", str(tmp_path / "report.json"), "--format", form, "--fail-under", "100")
        assert loaded_after(code, *arguments) == "[]"


CORE = "from mockserver import Settings\nfrom mockserver.app import Core\n"


@pytest.mark.parametrize(("engine", "loads"), [("compiled", False), ("openapi-core", True)])
def test_the_library_of_the_second_engine_is_loaded_for_it_alone(engine: str, loads: bool):
    assert ("openapi_core" in loaded_after(f"{CORE}Core(Settings(engine={engine!r}))")) == loads


def test_a_mock_with_the_bundled_document_starts_without_the_slow_judge():
    loaded = loaded_after(CORE + "Core(Settings())")
    assert "aiohttp" in loaded
    assert "openapi_core" not in loaded
    assert "'jwt'" not in loaded
