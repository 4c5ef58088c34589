"""`serve` with TLS, and what asks such a server: health check, coverage, test suites."""

import json
import socket
import ssl
from pathlib import Path

import pytest

from mockserver.testing import Mock, MockError
from mockserver.testing.mock import server_at
from tests.cli.commands import Running, run, serving
from tests.client import ADMIN, IDENTITIES, PAYMENTS, head, request
from tests.serving.certificates import Files, written_to
from tests.testing.runs import run_tests, written


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return written_to(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def auto(tmp_path_factory: pytest.TempPathFactory):
    """A server with `--tls auto`, and the file with its authority."""
    ca = tmp_path_factory.mktemp("auto") / "ca.pem"
    with serving("--tls", "auto", "--tls-ca-file", str(ca)) as server:
        yield server, ca


def statuses(server: Running, ca: Path, content: bytes, number: int, host: str = "localhost") -> list[int]:
    """The statuses of the answers to what is sent in one piece."""
    trust = ssl.create_default_context(cafile=ca)
    plain = socket.create_connection(("127.0.0.1", server.port), 10)
    found = []
    with trust.wrap_socket(plain, server_hostname=host) as opened, opened.makefile("rb") as file:
        opened.sendall(content)
        for _ in range(number):
            first, *headers = iter(file.readline, b"\r\n")
            found.append(int(first.split()[1]))
            file.read(next(int(each.split()[1]) for each in headers if each.startswith(b"Content-Length")))
    return found


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1", socket.gethostname()])
def test_an_automatic_certificate_is_for_the_names_of_this_machine(auto: tuple[Running, Path], host: str):
    server, ca = auto
    assert statuses(server, ca, request(), 1, host) == [200]


def test_the_ready_line_says_where_the_authority_is(auto: tuple[Running, Path]):
    server, ca = auto
    assert server.ready_line.startswith(f"infisical-mock ready at https://127.0.0.1:{server.port} (")
    assert f"CA {ca}" in server.ready_line
    assert "PRIVATE" not in ca.read_text()


def test_pipelined_requests_are_answered_in_their_order(auto: tuple[Running, Path]):
    found = statuses(*auto, (request() + head("GET", target="/nowhere")) * 100, 200)
    assert found == [200, 404] * 100


def test_a_proxy_forwards_to_a_server_that_it_trusts(auto: tuple[Running, Path]):
    server, ca = auto
    upstream = f"https://localhost:{server.port}"
    with serving("proxy", "--upstream", upstream, "--tls-ca-file", str(ca)) as trusting:
        assert trusting.ask("GET", IDENTITIES + PAYMENTS, Authorization=f"Bearer {ADMIN}")[0] == 200
        assert trusting.update()[0] == 200
        said = json.loads(trusting.ask("GET", "/_mock/requests/latest/explain")[2])
        assert (said["mockSays"], said["differs"]) == ("The mock would have answered the same", [])
    with serving("proxy", "--upstream", upstream) as doubting:
        status, headers, body = doubting.update()
        assert (status, headers["Mock-Rule"]) == (502, "proxy.unreachable")
        assert "certificate" in json.loads(body)["message"]


@pytest.mark.parametrize(("command", "flag"), [("parity", "--url"), ("pull", "--url"), ("proxy", "--upstream")])
def test_a_password_in_a_url_is_rejected_and_not_repeated(command: str, flag: str):
    token = () if command == "proxy" else ("--token", "x")
    ended = run(command, flag, "https://me:hunter22@tenant.example", *token)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert flag in ended.stderr
    assert "leave out the user and password" in ended.stderr
    assert "hunter22" not in ended.stderr


def test_healthcheck_follows_the_flags_and_variables_of_the_server(auto: tuple[Running, Path]):
    server, ca = auto
    port = str(server.port)
    assert run("healthcheck", "--port", port, INFISICAL_MOCK_TLS="auto").returncode == 0
    assert run("healthcheck", "--port", port, "--tls", "auto", INFISICAL_MOCK_TLS_CA_FILE=str(ca)).returncode == 0
    url = f"https://localhost:{port}"
    assert run("healthcheck", "--url", url, "--tls-ca-file", str(ca)).returncode == 0


def test_healthcheck_says_what_is_wrong(auto: tuple[Running, Path], files: Files):
    server, _ = auto
    port = str(server.port)
    for flags, words in (
        (("--port", port), "the server speaks HTTPS"),
        (("--url", f"https://localhost:{port}"), "not trusted"),
        (("--url", f"https://localhost:{port}", "--tls-ca-file", str(files.ca)), "not trusted"),
        (("--port", port, "--tls", "auto", "--tls-ca-file", str(files.ca)), "not trusted"),
        (("--url", f"https://localhost:{port}", "--tls-ca-file", "/nowhere"), "--tls-ca-file: /nowhere: No such file"),
    ):
        ended = run("healthcheck", *flags)
        assert ended.returncode == 1
        assert words in ended.stderr
        assert len(ended.stderr.splitlines()) == 1


def test_healthcheck_of_a_plain_server_by_https(files: Files):
    with serving() as server:
        ended = run("healthcheck", "--port", str(server.port), "--tls", "auto")
    assert (ended.returncode, "speaks HTTP, not HTTPS" in ended.stderr) == (1, True)


def test_coverage_trusts_the_file(auto: tuple[Running, Path]):
    server, ca = auto
    url = f"https://localhost:{server.port}"
    report = run("coverage", "--url", url, "--tls-ca-file", str(ca), "--format", "json")
    assert json.loads(report.stdout)["operations"]
    assert "its certificate is not trusted" in run("coverage", "--url", url).stderr
    assert run("coverage", "--url", url, "--tls-ca-file", "/nowhere").returncode == 2


def test_an_own_certificate_serves_and_is_checked(files: Files):
    variables = {"INFISICAL_MOCK_TLS_CERT": str(files.cert), "INFISICAL_MOCK_TLS_KEY": str(files.key)}
    with serving(**variables) as server:
        assert "https://" in server.ready_line
        assert statuses(server, files.ca, request(), 1) == [200]
        assert run("healthcheck", "--port", str(server.port), **variables).returncode == 0
        world = server_at(f"https://localhost:{server.port}", tls_ca_file=files.ca).world()
        assert world.tls_ca_file == files.ca
        with pytest.raises(MockError, match="INFISICAL_MOCK_TLS_CA_FILE"):
            server_at(f"https://localhost:{server.port}").health()


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        ("--tls auto --tls-cert {cert} --tls-key {key}", "--tls auto makes its own certificate"),
        ("--tls-cert {cert} --tls-key {other_key}", "is not the key of the certificate"),
        ("--tls-key {key}", "--tls-key needs the certificate"),
        ("--tls-cert /nowhere", "--tls-cert: cannot read /nowhere"),
        ("--tls auto --tls-ca-file /nowhere/ca.pem", "--tls-ca-file: cannot write /nowhere/ca.pem"),
        ("--tls yes", "'off', 'auto'"),
    ],
)
def test_flags_that_do_not_hold_stop_the_start(files: Files, flags: str, words: str):
    ended = run("serve", "--port", "0", *flags.format(**files._asdict()).split())
    assert (ended.returncode, ended.stdout) == (2, "")
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_mock_in_a_test_makes_its_own_certificate():
    with Mock(tls="auto") as mock:
        assert mock.url.startswith("https://127.0.0.1:")
        assert mock.health()["status"] == "healthy"
        with mock.world() as world:
            assert world.tls_ca_file == mock.tls_ca_file
            assert world.tls_ca_file.read_text().startswith("-----BEGIN CERTIFICATE")
            assert world.identities
    assert not mock.tls_ca_file.exists()


async def test_an_asynchronous_mock_takes_an_own_certificate(files: Files):
    async with Mock(tls_cert=str(files.cert), tls_key=files.key) as mock:
        assert (await mock.health())["status"] == "healthy"
        assert mock.tls_ca_file == files.cert


PLUGIN_TEST = """
import ssl, urllib.request

def test_it(infisical_mock):
    trust = ssl.create_default_context(cafile=infisical_mock.tls_ca_file)
    with urllib.request.urlopen(f"{infisical_mock.url}/api/status", context=trust) as answer:
        assert answer.status == 200
"""


@pytest.mark.parametrize("kind", ["auto", "own", "running"])
def test_the_plugin_serves_and_asks_by_https(tmp_path: Path, auto: tuple[Running, Path], files: Files, kind: str):
    settings = {
        "auto": "infisical_mock_tls = auto",
        "own": f"infisical_mock_tls_cert = {files.both}\ninfisical_mock_tls_ca_file = {files.ca}",
    }
    server, ca = auto
    url = f"https://localhost:{server.port}"
    variables = {"INFISICAL_MOCK_URL": url, "INFISICAL_MOCK_TLS_CA_FILE": str(ca)} if kind == "running" else {}
    ended = run_tests(written(tmp_path, settings.get(kind, ""), test_it=PLUGIN_TEST), **variables)
    assert ended.outcomes == {"passed": 1}, ended.text


def test_the_plugin_rejects_another_word(tmp_path: Path):
    ended = run_tests(written(tmp_path, "infisical_mock_tls = yes", test_it=PLUGIN_TEST))
    assert ended.code == pytest.ExitCode.USAGE_ERROR
    assert "infisical_mock_tls: " in ended.text
    assert "'yes'" in ended.text
