"""A real client in its place, and a mock in a process of its own to run it against."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.cli.commands import Running, serving
from tests.cli.commands import run as run_command
from tests.client import ADMIN, OPS_ADMIN, PAYMENTS
from tests.clients.installed import ROOT, Client, NotInstallable, install
from tests.clients.summary import PROPERTY

RUN_SECONDS = 60


class Server:
    """A running mock, and what it has been asked. `let_through`: the breaches of the contract that a test expects."""

    let_through = 0

    def __init__(self, running: Running) -> None:
        self._running = running
        self.url = f"http://127.0.0.1:{running.port}"

    def ask(self, method: str, path: str, body: Any = None, token: str = ADMIN) -> tuple[int, Any]:
        """Status and body of an answer."""
        headers = {"Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        status, _, content = self._running.ask(method, path, None if body is None else json.dumps(body), **headers)
        return status, json.loads(content) if content else None

    def calls(self) -> list[tuple[str, int]]:
        """What clients asked since the test began, oldest first: operation (or method and path) and status."""
        told = self.ask("GET", "/_mock/requests")[1]["requests"]
        return [(each["operation"] or f"{each['method']} {each['path']}", each["status"]) for each in reversed(told)]

    def breaches(self) -> int:
        """How often the mock let through what the contract does not allow, or answered so."""
        return sum(each["breaches"] for each in self.ask("GET", "/_mock/requests")[1]["requests"])

    def refusal(self) -> str:
        """What the newest call was told in refusal."""
        newest = self.ask("GET", "/_mock/requests")[1]["requests"][0]
        assert newest["status"] >= 400, newest
        return str(self.ask("GET", f"/_mock/requests/{newest['id']}")[1]["response"]["body"]["message"])

    def last_login(self, identity: str) -> str | None:
        """The auth method of the identity's last login."""
        method = self.ask("GET", f"/api/v1/identities/{identity}")[1]["identity"]["lastLoginAuthMethod"]
        return None if method is None else str(method)

    def uses_of_secret(self) -> int:
        """How many logins the client secret of `drive` has served."""
        path = f"/api/v1/auth/universal-auth/identities/{OPS_ADMIN}/client-secrets"
        (secret,) = self.ask("GET", path)[1]["clientSecretData"]
        return int(secret["clientSecretNumUses"])

    def headers(self) -> dict[str, str]:
        """The headers of the oldest call, names in small letters."""
        oldest = self.ask("GET", "/_mock/requests")[1]["requests"][-1]["id"]
        exchange = self.ask("GET", f"/_mock/requests/{oldest}")[1]
        return {name.lower(): value for name, value in exchange["request"]["headers"]}


@pytest.fixture(scope="session")
def started() -> Iterator[Callable[[Profile], Running]]:
    """The one server of this worker in a profile, started when it is first needed."""
    with ExitStack() as stack:
        running: dict[Profile, Running] = {}

        def start(profile: Profile) -> Running:
            if profile not in running:
                running[profile] = stack.enter_context(serving("--profile", profile.value))
            return running[profile]

        yield start


def _tell(config: pytest.Config, line: str) -> None:
    """Write a line to the terminal while a test is captured; workers of xdist have the terminal's stderr too."""
    capture = config.pluginmanager.getplugin("capturemanager")
    with ExitStack() as stack:
        if capture is not None:
            stack.enter_context(capture.global_and_fixture_disabled())
        print(f"\r{line}\x1b[K" if sys.stderr.isatty() else line, file=sys.stderr, flush=True)


@pytest.fixture
def client(request: pytest.FixtureRequest, record_property: Callable[[str, str], None]) -> Client:
    """The client that `uses` names, installed. Skips where it cannot be; fails there if CLIENTS_REQUIRED is set."""
    chosen: Client = request.param
    record_property(PROPERTY, chosen.title)
    try:
        install(chosen, lambda line: _tell(request.config, line))
    except NotInstallable as problem:
        if os.environ.get("CLIENTS_REQUIRED"):
            pytest.fail(f"{chosen.title}: {problem}", pytrace=False)
        pytest.skip(str(problem))
    return chosen


@pytest.fixture
def mock(client: Client, started: Callable[[Profile], Running], profile: Profile) -> Iterator[Server]:
    """A mock in each profile, with the bundled world as it was loaded and an empty journal.

    No breach of the contract stands in the journal when a test is over, but for those that it has announced.
    """
    server = Server(started(profile))
    assert server.ask("POST", "/_mock/reset")[0] == 204
    yield server
    assert server.breaches() == server.let_through


Drive = Callable[..., Any]


@pytest.fixture
def drive(client: Client, mock: Server, tmp_path: Path) -> Drive:
    """Runs the client's driver to its end: `drive("login", BODY="…")`, and gives back what it printed."""

    def run(*arguments: str, url: str | None = None, text: str = "", **variables: str) -> Any:
        # Nothing of this machine but its programs: no credentials, no settings. Whatever is no plain HTTP to the mock
        # meets a closed port, so a client that calls home does it in vain.
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "HTTPS_PROXY": "http://127.0.0.1:9",
            "MOCK_URL": url or mock.url,
            "CLIENT_ID": "c1000000-0000-4000-8000-000000000001",
            "CLIENT_SECRET": "ops-admin-secret",
            "IDENTITY_ID": PAYMENTS,
        }
        ended = subprocess.run(
            [*client.command, *arguments],
            cwd=ROOT,
            env=environment | variables,
            input=text,
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return [json.loads(line) for line in ended.stdout.splitlines()] if text else json.loads(ended.stdout)

    return run


@pytest.fixture
def token_file(tmp_path: Path) -> str:
    """What `infisical-mock token` prints, in a file as clusters mount it, but for its line's end."""
    path = tmp_path / "service-account-token"
    path.write_text(run_command("token", "--namespace", "payments", "--name", "api").stdout)
    return str(path)
