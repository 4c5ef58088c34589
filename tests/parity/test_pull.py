"""`infisical-mock pull`: what it asks for, what it writes, and that no secret is in it."""

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from mockserver.parity.pull.reader import Reader, Refused
from tests.cli.commands import Running, run, serving
from tests.client import ADMIN, STATE

ACME = "0a000000-0000-4000-8000-000000000001"
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving("--profile", "live") as running:
        yield running


def url(server: Running) -> str:
    return f"http://127.0.0.1:{server.port}"


def pull(base: str, token: str = ADMIN, *more: str) -> tuple[int, str, str]:
    ended = run("pull", "--url", base, "--token", token, *more)
    return ended.returncode, ended.stdout, ended.stderr


def state(server: Running) -> dict[str, Any]:
    status, _, body = server.ask("GET", f"{STATE}?secrets=clear")
    assert status == 200
    return json.loads(body)


def secrets_of(value: Any, name: str = "") -> Iterator[str]:
    """Every secret of a state."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from secrets_of(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from secrets_of(each, name)
    elif value and name in ("tokenReviewerJwt", "jwt", "token", "secret"):
        yield value


def expected(world: dict[str, Any]) -> list[dict[str, Any]]:
    """The identities of Acme as they can be read from outside."""
    retired = {each["id"] for each in world["gateways"] if each.get("retired")}
    found = [each for each in world["identities"] if each["organization"] == ACME and each["projectId"] is None]
    for each in found:
        each |= {"memberships": [], "instanceAdmin": False}
        if "universalAuth" in each:
            each["universalAuth"]["clientSecrets"] = []
        if "kubernetesAuth" in each:
            each["kubernetesAuth"]["tokenReviewerJwt"] = ""
            if each["kubernetesAuth"]["gatewayId"] in retired:
                each["kubernetesAuth"]["gatewayId"] = None
    return found


def test_the_bundled_world_pulled_and_loaded_again_is_that_world_but_for_secrets(server: Running, tmp_path: Path):
    path = tmp_path / "world.yaml"
    assert pull(url(server), ADMIN, "--output", str(path))[:2] == (0, "")
    world = state(server)
    with serving("--fixtures", str(path)) as again:
        loaded = state(again)
    assert loaded["identities"] == expected(world)
    home = next(each for each in world["organizations"] if each["id"] == ACME)
    pulled = next(each for each in loaded["organizations"] if each["id"] == ACME)
    assert pulled["roles"] == home["roles"]
    assert pulled["templates"] == [
        each if each["authMethod"] == "ldap" else {**each, "tokenReviewerJwt": ""} for each in home["templates"]
    ]
    assert {key: value for key, value in pulled["plan"].items() if value is not True} == {"identityLimit": None}
    assert [(each["name"], each["reachability"]) for each in loaded["clusters"]] == [("pulled", "ok")]
    shown = {each["id"]: each for each in world["gateways"] if each["organization"] == ACME and not each.get("retired")}
    assert loaded["gateways"] == [{**each, "cluster": "pulled"} for each in shown.values()]
    assert [each["gateways"] for each in loaded["gatewayPools"]] == [[]]
    assert (loaded["unknownHosts"], loaded["accessTokens"]) == ("ok", [])
    assert [each["slug"] for each in loaded["organizations"]] == ["acme", "acme-eu"]


def test_the_file_is_written_as_the_state_is_and_says_what_could_not_be_read(server: Running, tmp_path: Path):
    code, text, errors = pull(url(server))
    assert code == 0
    value = yaml.safe_load(text)
    with serving("--fixtures", str(_written(tmp_path, text))) as again:
        written = again.ask("GET", STATE, Accept="application/yaml")[2].decode()
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    assert body.splitlines()[:3] == written.splitlines()[:3]
    assert list(value) == list(yaml.safe_load(written))
    assert "plan" in text.partition("version:")[0]
    assert "identities that a project manages" in text.partition("version:")[0]
    assert errors == "left out: identities that a project manages, which the list only counts: 1\n"


def _written(folder: Path, text: str) -> Path:
    path = folder / "w.yaml"
    path.write_text(text)
    return path


def test_no_secret_of_the_world_is_in_the_file(server: Running):
    known = set(secrets_of(state(server)))
    assert len(known) > 10
    for more in ((), ("--anonymize",)):
        _, text, errors = pull(url(server), ADMIN, *more)
        assert not [each for each in known if each in text or each in errors]


def test_it_sends_get_requests_alone_and_asks_for_no_secret(server: Running):
    with tenant(server.port) as site:
        assert pull(site.url)[0] == 0
    assert {method for method, _ in site.requests} == {"GET"}
    paths = [path for _, path in site.requests]
    assert not [each for each in paths if "client-secrets" in each or "/tokens" in each]
    assert len(paths) == len(set(paths))


def test_anonymized_it_names_nothing_of_the_organization_and_is_the_same_world(server: Running, tmp_path: Path):
    _, plain, _ = pull(url(server))
    code, text, _ = pull(url(server), ADMIN, "--anonymize")
    assert code == 0
    before, after = yaml.safe_load(plain), yaml.safe_load(text)
    home = before["organizations"][0]
    names = [each["name"] for section in ("identities", "gateways", "organizations") for each in before[section]]
    names += [each["slug"] for each in (*before["organizations"], *home["roles"]) if each["slug"] not in ("reader",)]
    for hidden in (*names, "prod.k8s.example", "bWFkZSB1cA==", "payments", "203.0.113.7", "127.0.0.1"):
        assert not re.search(rf"(?<![\w-]){re.escape(hidden)}(?![\w-])", text), hidden
    assert not set(UUID.findall(plain)) & set(UUID.findall(text))
    assert shape(after) == shape(before)
    with serving("--fixtures", str(_written(tmp_path, text))) as again:
        assert len(state(again)["identities"]) == len(before["identities"])


def shape(world: dict[str, Any]) -> Any:
    """A world with each text replaced by the place where it stands for the first time."""
    first: dict[str, int] = {}

    def of(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: of(each) for key, each in value.items() if key not in ("description", "ipAddress", *VARYING)}
        if isinstance(value, list):
            return [of(each) for each in value]
        text = str(value).lower()
        return first.setdefault(text, len(first)) if UUID.fullmatch(text) else type(value).__name__

    return of(world)


VARYING = ("createdAt", "updatedAt")


def test_a_token_that_may_read_nothing_is_one_line(server: Running):
    code, text, errors = pull(url(server), "nobody")
    assert (code, text, errors.count("\n")) == (1, "", 1)
    assert "nothing pulled: GET /api/v1/identities/details: status 40" in errors


def test_what_a_token_may_not_read_is_left_out_with_the_reason(server: Running):
    refused = ("/api/v2/gateways", "/api/v1/identity-templates", "/api/v1/auth/token-auth")
    with tenant(server.port, refused=refused) as site:
        code, text, errors = pull(site.url)
    assert code == 0
    assert "left out: gateways: GET /api/v2/gateways: status 403" in errors
    world = yaml.safe_load(text)
    # Records still name a gateway and a template, so there is one of each.
    assert [each["name"] for each in world["gateways"]] == ["gateway-1"]
    (template,) = world["organizations"][0]["templates"]
    assert (template["name"], template["kubernetesHost"]) == ("template-1", "https://prod.k8s.example:6443")
    assert not any("tokenAuth" in each for each in world["identities"])


def test_a_429_is_waited_for(server: Running):
    with tenant(server.port, limited=2) as site:
        code, text, _ = pull(site.url)
    assert (code, len(yaml.safe_load(text)["identities"])) == (0, len(expected(state(server))))
    paths = [path for _, path in site.requests]
    assert paths.count("/api/v1/identities/details") == 3


def test_a_tenant_that_is_always_busy_is_given_up():
    waited: list[float] = []
    with tenant(0, limited=99) as site:
        reader = Reader(site.url, "t", rate=0, timeout=5, wait=waited.append)
        with pytest.raises(Refused, match="429, 5 times"):
            reader.get("/api/status")
    assert waited == [1.0] * 5


def test_at_most_so_many_requests_a_minute(server: Running):
    waited: list[float] = []
    reader = Reader(url(server), ADMIN, rate=3, timeout=5, wait=waited.append)
    for _ in range(3):
        reader.get("/api/status")
    assert waited == []
    reader.get("/api/status")
    assert len(waited) == 1
    assert 50 < waited[0] <= 60


def test_all_pages_are_read(server: Running):
    reader = Reader(url(server), ADMIN, rate=0, timeout=5)
    whole = list(reader.pages("/api/v1/identity-templates/search", "templates", 100))
    assert len(whole) == 2
    assert list(reader.pages("/api/v1/identity-templates/search", "templates", 1)) == whole


@pytest.mark.parametrize(
    "answer", ["[]", "{", '{"identityDetails": {}}', '{"identityDetails": {"organization": 5}}', ""]
)
def test_nonsense_is_one_line_and_no_file(answer: str, tmp_path: Path):
    with tenant(0, answer=answer) as site:
        code, text, errors = pull(site.url, ADMIN, "--output", str(tmp_path / "w.yaml"))
    assert (code, text, errors.count("\n")) == (1, "", 1)
    assert list(tmp_path.iterdir()) == []


def test_nobody_there_is_exit_code_3_and_usage_2():
    assert pull("http://127.0.0.1:1")[0] == 3
    assert run("pull", "--url", "http://127.0.0.1:1").returncode == 2
    assert run("pull", "--url", "127.0.0.1:1", "--token", "x").returncode == 2
    with tenant(0, redirect=True) as site:
        code, _, errors = pull(site.url)
    assert (code, errors) == (1, "nothing pulled: GET /api/v1/identities/details: status 302\n")
    assert len(site.requests) == 1


class Tenant:
    """A server before the mock that records what it is asked, and may refuse."""

    def __init__(self, port: int, **how: Any) -> None:
        self.requests: list[tuple[str, str]] = []
        self.port, self.limited = port, how.get("limited", 0)
        self.refused, self.answer, self.redirect = how.get("refused", ()), how.get("answer"), how.get("redirect")
        self.url = ""


@contextmanager
def tenant(port: int, **how: Any) -> Iterator[Tenant]:
    site = Tenant(port, **how)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.requests.append((self.command, self.path))
            if site.limited:
                site.limited -= 1
                self._send(429, b"{}", {"Retry-After": "1"})
            elif site.redirect:
                self._send(302, b"", {"Location": "/elsewhere"})
            elif self.path.startswith(tuple(site.refused)):
                self._send(403, b"{}", {})
            elif site.answer is not None:
                self._send(200, site.answer.encode(), {})
            else:
                connection = HTTPConnection("127.0.0.1", site.port, timeout=10)
                connection.request("GET", self.path, headers={"Authorization": self.headers["Authorization"]})
                response = connection.getresponse()
                self._send(response.status, response.read(), {})
                connection.close()

        def __getattr__(self, name: str) -> Any:
            if name.startswith("do_"):
                return self.do_GET
            raise AttributeError(name)

        def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever)
    thread.start()
    site.url = f"http://127.0.0.1:{listening.server_port}"
    try:
        yield site
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
