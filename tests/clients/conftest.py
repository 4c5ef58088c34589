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
    """A running mock, and what it has been asked. `let_through`: the breaches of the contract that a test expects.

    With a `proxy`, everything is asked of that, and its journal tells what has been asked.
    """

    let_through = 0

    def __init__(self, mock: Running, proxy: Running | None = None) -> None:
        self._mock = mock
        self._running = mock if proxy is None else proxy
        self.url = f"http://127.0.0.1:{self._running.port}"

    def ask(self, method: str, path: str, body: Any = None, token: str = ADMIN) -> tuple[int, Any]:
        """Status and body of an answer."""
        headers = {"Authorization": f"Bearer {token}"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        status, _, content = self._running.ask(method, path, None if body is None else json.dumps(body), **headers)
        return status, json.loads(content) if content else None

    def reset(self) -> None:
        """Bring back the bundled world, and empty the journals."""
        assert self._mock.ask("POST", "/_mock/reset")[0] == 204
        assert self.ask("DELETE", "/_mock/requests")[0] == 204

    def status_of(self, request_id: str) -> int:
        """The status of the request that the mock knows by that id; clients read it in a response's body."""
        status, _, content = self._mock.ask("GET", f"/_mock/requests/{request_id}")
        assert status == 200, content
        return int(json.loads(content)["status"])

    def differences(self) -> list[dict[str, Any]]:
        """What a proxy has seen answered otherwise than the mock would have done; nothing without one."""
        told = self.ask("GET", "/_mock/requests")[1]["requests"]
        return [each for each in told if each.get("differs")]

    def calls(self) -> list[tuple[str, int]]:
        """What clients asked since the test began, oldest first: operation (or method and path) and status."""
        told = self.ask("GET", "/_mock/requests")[1]["requests"]
        return [(each["operation"] or f"{each['method']} {each['path']}", each["status"]) for each in reversed(told)]

    def breaches(self) -> int:
        """How often the mock let through what the contract does not allow, or answered so.

        A proxy also keeps what is wrong with a request that its upstream rejects: there the client has been told.
        """
        listed = self.ask("GET", "/_mock/requests")[1]["requests"]
        found = [self.ask("GET", f"/_mock/requests/{each['id']}")[1] for each in listed if each["breaches"]]
        requests = sum(len(each["requestBreaches"]) for each in found if each["status"] < 400)
        return requests + sum(len(each["responseBreaches"]) for each in found)

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


Start = Callable[..., Running]


@pytest.fixture(scope="session")
def started() -> Iterator[Start]:
    """The one mock of this worker in a profile, or the proxy before it, started when it is first needed."""
    with ExitStack() as stack:
        running: dict[tuple[Profile, bool], Running] = {}

        def start(profile: Profile, *, proxy: bool = False) -> Running:
            if (profile, proxy) not in running:
                upstream = ("proxy", "--upstream", f"http://127.0.0.1:{start(profile).port}") if proxy else ()
                running[profile, proxy] = stack.enter_context(serving(*upstream, "--profile", profile.value))
            return running[profile, proxy]

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


@pytest.fixture(params=[False, True], ids=["direct", "proxied"])
def mock(client: Client, started: Start, profile: Profile, request: pytest.FixtureRequest) -> Iterator[Server]:
    """A mock in each profile, and behind a proxy too, with the bundled world as it was loaded and an empty journal.

    No breach of the contract stands in the journal when a test is over, but for those that it has announced; and the
    proxy has seen no answer that differs from the mock's.
    """
    server = Server(started(profile), started(profile, proxy=True) if request.param else None)
    server.reset()
    yield server
    assert server.breaches() == server.let_through
    assert server.differences() == []


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
