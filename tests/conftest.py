"""Real servers on free ports, and clients to ask them with."""

import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack
from io import StringIO
from typing import Any

import aiohttp
import pytest

from mockserver import Settings, create_app
from mockserver.api.operation import Operation
from mockserver.api.operations import OPERATIONS
from mockserver.app import Core
from mockserver.logs import Log
from mockserver.rules.profile import Profile
from mockserver.serving.server import Server
from mockserver.settings import EngineName
from mockserver.worlds.changes import changes
from tests.client import Client
from tests.clients import summary

Serve = Callable[..., Awaitable[Client]]
AS_OF = "2026-08"
"""The generation that most tests describe, in both profiles. What others change has tests of its own."""
LOOKED_AT, MANY = 20, 1000


def pytest_configure() -> None:
    """Give commands that tests start the default of Ctrl-C: a shell ignores it for what it runs in the background."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says at the end how many real clients ran, and why the others did not."""
    lines = summary.lines(summary.reports_of(terminalreporter.stats))
    if lines:
        terminalreporter.section("real clients")
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture
def log() -> StringIO:
    """What the servers of one test log."""
    return StringIO()


@pytest.fixture
def engine() -> EngineName:
    """The engine of the servers of one test; a module that holds for both has a fixture of its own of that name."""
    return "compiled"


@pytest.fixture
async def serve(log: StringIO, engine: EngineName) -> AsyncIterator[Serve]:
    """Starts servers: `await serve(profile="live")`. Settings by name; they stop when the test ends."""
    started: list[Core] = []
    async with AsyncExitStack() as stack:

        async def start(operations: Iterable[Operation] = OPERATIONS, **settings: Any) -> Client:
            profile = Profile(settings.pop("profile", Profile.CONTRACT))
            made = Settings(port=0, profile=profile, **{"engine": engine, "as_of": AS_OF, **settings})
            mock = Core(made, operations, Log(made.log_level, made.log_format, log))
            server = Server(create_app(mock=mock), made.host, made.port)
            await server.start()
            stack.push_async_callback(server.stop)
            started.append(mock)
            session = await stack.enter_async_context(aiohttp.ClientSession())
            return Client(session, server.url, mock)

        yield start
    for mock in started:
        assert_revisions_name_what_they_changed(mock)


def assert_revisions_name_what_they_changed(mock: Core) -> None:
    """A law of every test with a server: a revision names every identity that it changed."""
    for world in mock.worlds:
        for each in world.revisions()[-LOOKED_AT:]:
            if each.touched is not None and len(each.before.identities) < MANY:
                told = changes(each.before, each.after, each.touched)
                assert told == changes(each.before, each.after), each.request_id


@pytest.fixture(params=[Profile.CONTRACT, Profile.LIVE], ids=str)
def profile(request: pytest.FixtureRequest) -> Profile:
    """Each of the two profiles in turn."""
    return request.param


@pytest.fixture
async def server(serve: Serve) -> Client:
    """A server with the bundled world, in the contract profile."""
    return await serve()


@pytest.fixture
async def live(serve: Serve) -> Client:
    """A server with the bundled world, in the live profile."""
    return await serve(profile="live")
