"""The pytest plugin: a server for the session, a world for each test, and its exchanges when a test fails."""

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.testing import Now, Server, World
from mockserver.testing.exchanges import exchanges, warnings

URL, CONTROL_TOKEN = "INFISICAL_MOCK_URL", "INFISICAL_MOCK_CONTROL_TOKEN"
MARK = "infisical_mock"
_OPTIONS = ("profile", "as_of", "now", "fixtures")
_WORLD = pytest.StashKey[World[Now]]()
_TITLE = "infisical-mock: exchanges of this test"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Options of the command line and of the configuration file."""
    fail = "Fail a test whose client did what the mock warns of."
    group = parser.getgroup("infisical-mock")
    group.addoption("--infisical-mock-fail-on-warning", action="store_true", help=fail)
    parser.addini("infisical_mock_fail_on_warning", fail, type="bool", default=False)
    parser.addini("infisical_mock_profile", "Profile of the tests' worlds: contract or live.", default="")
    parser.addini(
        "infisical_mock_as_of", "Service of the tests' worlds: a generation, a date or a release.", default=""
    )
    parser.addini("infisical_mock_now", "Time at which the tests' worlds stand still, as ISO 8601.", default="")
    parser.addini(
        "infisical_mock_fixtures", "Fixture file of the tests' worlds, relative to the configuration file.", default=""
    )


def pytest_configure(config: pytest.Config) -> None:
    """Registers the marker, and checks what the configuration file says of the generation."""
    _check_as_of(config.getini("infisical_mock_as_of") or None, "infisical_mock_as_of")
    config.addinivalue_line(
        "markers",
        f"{MARK}(profile=None, as_of=None, now=None, fixtures=None): the world that the fixture infisical_mock gives.",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Checks the generations that markers name, before the first test runs."""
    for item in items:
        for mark in item.iter_markers(MARK):
            _check_as_of(mark.kwargs.get("as_of"), f"@pytest.mark.{MARK} of {item.nodeid}")


def _check_as_of(value: object, where: str) -> None:
    if value is None:
        return
    from mockserver.rules.generation import generation_as_of

    try:
        generation_as_of(str(value))
    except ValueError as error:
        raise pytest.UsageError(f"{where}: {error}") from None


def pytest_report_header() -> str | None:
    """Says so if the tests use a server that runs already."""
    url = os.environ.get(URL)
    return f"infisical-mock: {url}" if url else None


@pytest.fixture(scope="session")
def infisical_mock_server() -> Iterator[Server[Now]]:
    """The server of the session: the one at INFISICAL_MOCK_URL, or one of this process on a free port."""
    from mockserver.testing.mock import Mock, server_at

    url = os.environ.get(URL)
    if not url:
        with Mock() as server:
            yield server
        return
    server = server_at(url, os.environ.get(CONTROL_TOKEN))
    server.health()
    yield server


@pytest.fixture(scope="session")
def _infisical_mock_origins(
    infisical_mock_server: Server[Now],  # noqa: ARG001 - it goes after these worlds
) -> Iterator[dict[tuple[Path, str, str], World[Now]]]:
    """Worlds made from fixture files, by file, profile and generation: making a test's own from one costs nothing."""
    made: dict[tuple[Path, str, str], World[Now]] = {}
    yield made
    for world in made.values():
        world.delete()


@pytest.fixture
def infisical_mock(
    request: pytest.FixtureRequest,
    infisical_mock_server: Server[Now],
    _infisical_mock_origins: dict[tuple[Path, str, str], World[Now]],
) -> Iterator[World[Now]]:
    """A world of the test's own; it is gone when the test is over."""
    options = _options(request)
    fixtures = options.get("fixtures")
    if isinstance(fixtures, Path):
        key = (fixtures, options.get("profile", ""), options.get("as_of", ""))
        if key not in _infisical_mock_origins:
            made = {name: value for name, value in options.items() if name != "now"}
            _infisical_mock_origins[key] = infisical_mock_server.world(**made)
        options = {name: value for name, value in options.items() if name == "now"}
        options["origin"] = _infisical_mock_origins[key].id
    with infisical_mock_server.world(**options) as world:
        request.node.stash[_WORLD] = world
        yield world


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """What the configuration file says, and over it the markers: of the module, of the class, of the test."""
    config = request.config
    options = {name: config.getini(f"{MARK}_{name}") for name in _OPTIONS if config.getini(f"{MARK}_{name}")}
    if "fixtures" in options:
        options["fixtures"] = _file(options["fixtures"], (config.inipath or config.rootpath / "ini").parent)
    for mark in reversed(list(request.node.iter_markers(MARK))):
        unknown = set(mark.kwargs) - set(_OPTIONS)
        if mark.args or unknown:
            pytest.fail(f"@pytest.mark.{MARK} takes {', '.join(_OPTIONS)}, by name: {mark}", pytrace=False)
        options.update(mark.kwargs)
        if isinstance(mark.kwargs.get("fixtures"), str | Path):
            options["fixtures"] = _file(mark.kwargs["fixtures"], request.path.parent)
    return {name: value for name, value in options.items() if value is not None}


def _file(fixtures: str | Path, folder: Path) -> str | Path:
    """The path of a fixture file, seen from `folder`; YAML itself, which has more than one line, as it is."""
    return fixtures if "\n" in str(fixtures) else (folder / fixtures).resolve()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fails a test that has passed, if its client was warned and that is to be a failure."""
    result = yield
    config = item.config
    if config.getoption("infisical_mock_fail_on_warning") or config.getini("infisical_mock_fail_on_warning"):
        world = item.stash.get(_WORLD, None)
        found = warnings(world) if world is not None else []
        if found:
            pytest.fail("The mock warns of what the client did:\n" + "\n".join(found), pytrace=False)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Adds the exchanges of its world, with the reasons, to the report of a test that failed."""
    report = yield
    world = item.stash.get(_WORLD, None)
    if report.failed and report.when != "teardown" and world is not None:
        report.sections.append((_TITLE, exchanges(world)))
    return report
