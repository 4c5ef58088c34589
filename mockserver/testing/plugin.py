"""The pytest plugin: a server for the session, a world for each test, and its exchanges when the test fails."""

import os
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast

import pytest

from mockserver.errors import StartError, did_you_mean, nearest
from mockserver.settings import TLS
from mockserver.testing import MockError, Server, World
from mockserver.testing.exchanges import exchanges, unplayed, warnings
from mockserver.testing.vocabulary import PROFILES, MockSettings, mistake

URL, CONTROL_TOKEN = "INFISICAL_MOCK_URL", "INFISICAL_MOCK_CONTROL_TOKEN"
TLS_CA_FILE = "INFISICAL_MOCK_TLS_CA_FILE"
MARK = "infisical_mock"
_OPTIONS = ("profile", "as_of", "now", "fixtures", "rate_limits")
_OF_THE_COPY = ("now", "rate_limits")
"""Options of each test's own world; the others are those of the world that it is a copy of."""
_WORLD = pytest.StashKey[World]()
_UNPLAYED = pytest.StashKey[list[str]]()
_REPORTED = "infisical_mock_unplayed"
_TITLE = "infisical-mock: exchanges of this test"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of the command line and of the configuration file."""
    fail = "Fail a test if the mock warns of what its client did."
    unfired = "Fail a test that arms a fault which never fires."
    group = parser.getgroup("infisical-mock")
    group.addoption("--infisical-mock-fail-on-warning", action="store_true", help=fail)
    parser.addini("infisical_mock_fail_on_warning", fail, type="bool", default=False)
    parser.addini("infisical_mock_fail_on_unplayed_fault", unfired, type="bool", default=False)
    parser.addini("infisical_mock_profile", "Profile of the tests' worlds: contract or live.", default="")
    parser.addini("infisical_mock_as_of", "Generation of the tests' worlds: its name, a date or a release.", default="")
    parser.addini("infisical_mock_tls", "HTTPS with a certificate of the session (auto), or HTTP (off).", default="")
    parser.addini("infisical_mock_tls_cert", "HTTPS with the certificate in this PEM file, as --tls-cert.", default="")
    parser.addini("infisical_mock_tls_key", "The key of infisical_mock_tls_cert.", default="")
    parser.addini("infisical_mock_tls_ca_file", "The authority of infisical_mock_tls_cert, for clients.", default="")
    parser.addini(
        "infisical_mock_rate_limits", "Rate limits of the tests' worlds: cloud-free or cloud-pro.", default=""
    )
    parser.addini("infisical_mock_now", "Time at which the tests' worlds are frozen, in ISO 8601.", default="")
    parser.addini(
        "infisical_mock_fixtures", "Fixture file of the tests' worlds, relative to the configuration file.", default=""
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker and the summary, and check the profile and generation of the configuration file."""
    _check_as_of(config.getini("infisical_mock_as_of") or None, "infisical_mock_as_of")
    profile = config.getini("infisical_mock_profile")
    mistaken = mistake("profile", profile, PROFILES) if profile else ""
    if mistaken:
        raise pytest.UsageError(f"infisical_mock_profile: {mistaken}")
    tls = config.getini("infisical_mock_tls")
    mistaken = mistake("tls", tls, TLS) if tls else ""
    if mistaken:
        raise pytest.UsageError(f"infisical_mock_tls: {mistaken}")
    config.pluginmanager.register(_Summary(), "infisical-mock-summary")
    config.addinivalue_line(
        "markers",
        f"{MARK}({', '.join(f'{name}=None' for name in _OPTIONS)}): the world of the fixture infisical_mock.",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Check the generations of the markers before the first test runs."""
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
    """Return a line with the URL if the tests use a server that is running already."""
    url = os.environ.get(URL)
    return f"infisical-mock: {url}" if url else None


@pytest.fixture(scope="session")
def infisical_mock_server(pytestconfig: pytest.Config) -> Iterator[Server]:
    """The server of the session: the one at INFISICAL_MOCK_URL, or one in this process on a free port."""
    from mockserver.testing.mock import Mock, server_at

    url = os.environ.get(URL)
    if not url:
        with ExitStack() as stack:
            with _errors_in_a_line():
                server = stack.enter_context(Mock(**_tls(pytestconfig)))
            yield server
        return
    with _errors_in_a_line():
        server = server_at(url, os.environ.get(CONTROL_TOKEN), os.environ.get(TLS_CA_FILE) or None)
        server.health()
    yield server


def _tls(config: pytest.Config) -> MockSettings:
    """Return the settings of TLS in the configuration file, with paths relative to it."""
    found: MockSettings = {}
    folder = (config.inipath or config.rootpath / "ini").parent
    if config.getini("infisical_mock_tls"):
        found["tls"] = config.getini("infisical_mock_tls")
    files = {name: config.getini(f"{MARK}_{name}") for name in ("tls_ca_file", "tls_cert", "tls_key")}
    return cast(MockSettings, {**found, **{name: folder / file for name, file in files.items() if file}})


@pytest.fixture(scope="session")
def _infisical_mock_origins(
    infisical_mock_server: Server,  # noqa: ARG001 - the server must outlive these worlds
) -> Iterator[dict[tuple[Path, str, str], World]]:
    """Worlds made from fixture files, by file, profile and generation. A test's world is a cheap copy of one."""
    made: dict[tuple[Path, str, str], World] = {}
    yield made
    for world in made.values():
        world.delete()


@pytest.fixture
def infisical_mock(
    request: pytest.FixtureRequest,
    infisical_mock_server: Server,
    _infisical_mock_origins: dict[tuple[Path, str, str], World],
) -> Iterator[World]:
    """A world for this test alone; it is deleted after the test."""
    options = _options(request)
    with _errors_in_a_line():
        made = _world(infisical_mock_server, _infisical_mock_origins, options)
    with made as world:
        request.node.stash[_WORLD] = world
        yield world


def _world(server: Server, origins: dict[tuple[Path, str, str], World], options: dict[str, Any]) -> World:
    fixtures = options.get("fixtures")
    if isinstance(fixtures, Path):
        key = (fixtures, options.get("profile", ""), options.get("as_of", ""))
        if key not in origins:
            origins[key] = server.world(**{name: value for name, value in options.items() if name not in _OF_THE_COPY})
        options = {name: value for name, value in options.items() if name in _OF_THE_COPY}
        options["origin"] = origins[key].id
    return server.world(**options)


@contextmanager
def _errors_in_a_line() -> Iterator[None]:
    """Turn an error of the mock, or of a fixture file, into a failure of one line without a traceback."""
    try:
        yield
    except (MockError, StartError, OSError, ValueError, TypeError) as error:
        raise pytest.fail.Exception(f"infisical_mock: {_in_a_line(error)}", pytrace=False) from None


def _in_a_line(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{error.filename or 'the server'}: {error.strerror or error}"
    first, *more = str(error).splitlines() or [type(error).__name__]
    whose = "MockError: " if isinstance(error, MockError) else ""
    return f"{whose}{first}{f' (and {len(more)} more)' if more else ''}"


def _options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the options of the configuration file, overridden by the markers of module, class and test."""
    config = request.config
    options = {name: config.getini(f"{MARK}_{name}") for name in _OPTIONS if config.getini(f"{MARK}_{name}")}
    if "fixtures" in options:
        options["fixtures"] = _file(options["fixtures"], (config.inipath or config.rootpath / "ini").parent)
    for mark in reversed(list(request.node.iter_markers(MARK))):
        unknown = set(mark.kwargs) - set(_OPTIONS)
        if mark.args or unknown:
            near = did_you_mean(nearest(min(unknown), _OPTIONS)) if unknown else ""
            pytest.fail(f"@pytest.mark.{MARK} takes {', '.join(_OPTIONS)}, by name: {mark}.{near}", pytrace=False)
        options.update(mark.kwargs)
        if isinstance(mark.kwargs.get("fixtures"), str | Path):
            options["fixtures"] = _file(mark.kwargs["fixtures"], request.path.parent)
    return {name: value for name, value in options.items() if value is not None}


def _file(fixtures: str | Path, folder: Path) -> str | Path:
    """Return the path of a fixture file relative to `folder`; a text of several lines is YAML and stays as it is."""
    return fixtures if "\n" in str(fixtures) else (folder / fixtures).resolve()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a passed test because of warnings, or of faults that never fired, if the configuration says so."""
    try:
        result = yield
    finally:
        world = item.stash.get(_WORLD, None)
        item.stash[_UNPLAYED] = [] if world is None else _unplayed(world)
    config = item.config
    if config.getoption("infisical_mock_fail_on_warning") or config.getini("infisical_mock_fail_on_warning"):
        found = warnings(world) if world is not None else []
        if found:
            pytest.fail("The mock warns of what the client did:\n" + "\n".join(found), pytrace=False)
    if item.stash[_UNPLAYED] and config.getini("infisical_mock_fail_on_unplayed_fault"):
        pytest.fail("\n".join(f"A fault never fired: {each}" for each in item.stash[_UNPLAYED]), pytrace=False)
    return result


def _unplayed(world: World) -> list[str]:
    try:
        return unplayed(world)
    except MockError:  # the test has deleted its world, or stopped the server
        return []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the exchanges of the world to the report of a failed test, and the faults that never fired to any report."""
    report = yield
    world = item.stash.get(_WORLD, None)
    if report.failed and report.when != "teardown" and world is not None:
        report.sections.append((_TITLE, exchanges(world, all_rules=item.config.get_verbosity() > 1)))
    if report.when == "call":
        setattr(report, _REPORTED, [f"{each} ({item.name})" for each in item.stash.get(_UNPLAYED, [])])
    return report


class _Summary:
    """Collects the faults that never fired from the reports, which workers of pytest-xdist send to the controller."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Collect the faults of one report."""
        self._lines += getattr(report, _REPORTED, [])

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Write a line for each fault."""
        for line in self._lines:
            terminalreporter.write_line(f"infisical-mock: fault never fired: {line}", yellow=True)
