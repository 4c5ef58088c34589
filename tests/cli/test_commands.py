"""`check`, `healthcheck`, `version`, and help."""

import socket
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from mockserver import __version__
from mockserver.contract.compiled import Contracts
from mockserver.rules.generation import GENERATIONS
from mockserver.settings import bundled
from tests.cli.commands import run, serving

OK = f"{len(Contracts(bundled('openapi.yaml')).of(GENERATIONS[0]).operations)} operation(s), {{}} identities: ok\n"


def test_check_says_what_it_has_read_and_starts_nothing():
    ended = run("check")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, OK.format(31), "")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(("--fixtures", "{folder}/bad.yaml"), 3, "bad.yaml:1:10: version: expected 1", id="bad fixtures"),
        pytest.param(("--fixtures", "{folder}/none.yaml"), 3, "cannot be read", id="no fixtures"),
        pytest.param(("--spec", "{folder}/bad.yaml"), 4, "not a valid OpenAPI document", id="a bad document"),
        pytest.param(
            ("--spec", "{folder}/bad.yaml", "--fixtures", "{folder}/bad.yaml"), 4, "expected 1", id="both, both told"
        ),
    ],
)
def test_check_says_what_is_wrong(tmp_path: Path, arguments: tuple[str, ...], code: int, told: str):
    (tmp_path / "bad.yaml").write_text("version: 2")
    ended = run("check", *(each.format(folder=tmp_path) for each in arguments))
    assert ended.returncode == code
    assert told in ended.stderr
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr


def test_check_reads_variables_too(tmp_path: Path):
    (tmp_path / "world.yaml").write_text("version: 1")
    ended = run("check", INFISICAL_MOCK_FIXTURES=str(tmp_path / "world.yaml"))
    assert (ended.returncode, ended.stdout) == (0, OK.format(0))
    assert run("check", INFISICAL_MOCK_FIXTURES_YAML="version: 2").returncode == 3


def test_check_takes_no_engine():
    assert run("check", INFISICAL_MOCK_ENGINE="fast").stdout == OK.format(31)
    assert run("check", "--engine", "openapi-core").returncode == 2


def test_healthcheck_ends_with_0_for_a_healthy_server():
    with serving() as server:
        ended = run("healthcheck", "--port", str(server.port))
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")
        assert run("healthcheck", INFISICAL_MOCK_PORT=str(server.port)).returncode == 0
        assert run("healthcheck", PORT=str(server.port), INFISICAL_MOCK_HOST="0.0.0.0").returncode == 0


def test_healthcheck_ends_with_0_behind_a_control_token():
    with serving("--control-token", "t") as server:
        assert run("healthcheck", "--port", str(server.port)).returncode == 0


def test_healthcheck_ends_with_1_where_nobody_listens():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        ended = run("healthcheck", "--port", str(taken.getsockname()[1]))
    assert ended.returncode == 1
    assert ended.stderr.startswith("not healthy: http://127.0.0.1:")
    assert len(ended.stderr.splitlines()) == 1


class Stranger(BaseHTTPRequestHandler):
    """Some other server that has the port."""

    status, body = 200, b"{}"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(("status", "body"), [(404, b"none"), (200, b"{}"), (503, b'{"status": "healthy"}')])
def test_healthcheck_ends_with_1_where_somebody_else_answers(status: int, body: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Stranger, "status", status)
    monkeypatch.setattr(Stranger, "body", body)
    with HTTPServer(("127.0.0.1", 0), Stranger) as stranger:
        Thread(target=stranger.handle_request, daemon=True).start()
        ended = run("healthcheck", "--port", str(stranger.server_port))
    assert ended.returncode == 1
    assert f"status {status}" in ended.stderr


def test_healthcheck_ends_with_0_where_the_control_api_is_left_out():
    with serving("--no-control") as server:
        assert run("healthcheck", "--port", str(server.port)).returncode == 0


def test_healthcheck_does_not_wait_for_ever():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        ended = run("healthcheck", "--timeout", "0.2", "--port", str(silent.getsockname()[1]))
    assert ended.returncode == 1


def test_version_is_that_of_the_package():
    ended = run("version")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{__version__}\n", "")
    assert run("--version").stdout == ended.stdout


@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_names_every_command(flag: str):
    ended = run(flag)
    assert ended.returncode == 0
    for command in ("serve", "check", "healthcheck", "version"):
        assert command in ended.stdout


def test_help_of_serve_names_each_flag_with_its_variable():
    told = " ".join(run("serve", "--help").stdout.split())
    flags = "host port port-file fixtures spec profile clock seed token-secret control-token no-control journal-size"
    for flag in [*flags.split(), "engine", "fail-on-warning", "log-level", "log-format"]:
        assert f"--{flag}" in told
        assert f"INFISICAL_MOCK_{flag.upper().replace('-', '_')}" in told


def test_the_command_and_the_module_are_the_same():
    code = "import sys; sys.argv = ['infisical-mock', 'version']; from mockserver.cli.main import main; main()"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert ended.stdout == run("version").stdout
