"""What whoever runs a server in a container or a cluster needs: variables, units, logs, hints."""

import json

import pytest

from mockserver.cli.units import Duration, Size
from tests.cli.commands import run, serving
from tests.client import ADMIN


@pytest.mark.parametrize("command", ["check", "healthcheck"])
def test_an_unknown_variable_is_a_warning_with_the_nearest_name(command: str):
    ended = run(command, INFISICAL_MOCK_PROFIL="live")
    (warning,) = [line for line in ended.stderr.splitlines() if line.startswith("warning")]
    assert "INFISICAL_MOCK_PROFIL:" in warning
    assert "'INFISICAL_MOCK_PROFILE'" in warning


def test_a_server_starts_in_spite_of_it_and_says_so():
    with serving(INFISICAL_MOCK_PROFIL="live") as server:
        server.stop()
        assert "profile contract" in server.ready_line
        assert "INFISICAL_MOCK_PROFILE" in server.rest()[1]


def test_variables_of_other_commands_and_of_the_plugin_are_no_mistake():
    known = ("COVERAGE_FORMAT", "TOKEN_NAME", "HEALTHCHECK_TIMEOUT", "URL", "CONTROL_TOKEN", "JOURNAL_SIZE")
    ended = run("check", **{f"INFISICAL_MOCK_{each}": "1" for each in known})
    assert (ended.returncode, ended.stderr) == (0, "")


def test_the_variables_of_a_service_of_kubernetes_are_ignored_without_a_word():
    service = {
        "INFISICAL_MOCK_PORT": "tcp://10.96.0.17:8080",
        "INFISICAL_MOCK_SERVICE_HOST": "10.96.0.17",
        "INFISICAL_MOCK_SERVICE_PORT": "8080",
        "INFISICAL_MOCK_SERVICE_PORT_HTTP": "8080",
        "INFISICAL_MOCK_PORT_8080_TCP": "tcp://10.96.0.17:8080",
        "INFISICAL_MOCK_PORT_8080_TCP_PROTO": "tcp",
        "INFISICAL_MOCK_PORT_8080_TCP_PORT": "8080",
        "INFISICAL_MOCK_PORT_8080_TCP_ADDR": "10.96.0.17",
    }
    with serving("--port", "0", **service) as server:
        assert server.port
        server.stop()
        assert server.rest()[1] == ""
    ended = run("check", **service)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_port_that_is_no_link_is_still_a_mistake():
    ended = run("serve", INFISICAL_MOCK_PORT="http://10.0.0.1")
    assert ended.returncode == 2
    assert "INFISICAL_MOCK_PORT" in ended.stderr


@pytest.mark.parametrize(
    ("text", "bytes_"),
    [
        ("1048576", 1048576),
        ("10MB", 10_000_000),
        ("64KiB", 65536),
        ("1.5 kb", 1500),
        ("2gib", 2 * 1024**3),
        ("7B", 7),
    ],
)
def test_a_size_takes_units(text: str, bytes_: int):
    assert Size(1, 10**12).convert(text, None, None) == bytes_


@pytest.mark.parametrize(
    ("text", "seconds"), [("30", 30), ("30s", 30), ("500ms", 0.5), ("1.5m", 90), ("2h", 7200), ("1 d", 86400)]
)
def test_a_time_takes_units(text: str, seconds: float):
    assert Duration().convert(text, None, None) == seconds


@pytest.mark.parametrize("flag", ["--max-body 10XB", "--max-body 0", "--idle-timeout 5y", "--idle-timeout 2d"])
def test_a_unit_that_is_none_or_a_value_out_of_range_stops_the_start(flag: str):
    ended = run("serve", *flag.split())
    assert ended.returncode == 2
    assert flag.split(maxsplit=1)[0] in ended.stderr


@pytest.mark.parametrize("name", ["mock.example.com:80", "http://mock.example.com", "a b", ""])
def test_an_allowed_host_is_a_name(name: str):
    ended = run("serve", "--allowed-host", name)
    assert ended.returncode == 2
    assert "--allowed-host" in ended.stderr


def test_help_is_in_sections():
    text = run("serve", "--help").stdout
    titles = ("Address:", "Content:", "Service:", "Control API:", "Worlds and journal:", "Limits:", "Log:")
    places = [text.index(f"\n{each}\n") for each in titles]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("//api/v1/identities", "two slashes"),
        ("/api/api/v1/identities", "/api twice"),
        ("/v1/identities", "did you mean /api/v1/identities?"),
        ("/api/v1/nowhere", ""),
    ],
)
def test_a_path_that_a_wrong_base_url_makes_gets_a_hint(path: str, hint: str):
    with serving() as server:
        status, _, content = server.ask("GET", path, None, Authorization=f"Bearer {ADMIN}")
        message = json.loads(content)["message"]
    assert status == 404
    assert hint in message
    assert message.endswith("not found") == (not hint)


def test_control_calls_and_the_stop_are_logged_at_info_and_bodies_at_debug():
    logged = {}
    for level in ("info", "debug"):
        with serving("--log-level", level, "--log-format", "json") as server:
            server.ask("GET", "/_mock/worlds?x=secret")
            server.update('{"tokenReviewerJwt": "a.secret.jwt"}')
            server.stop()
            logged[level] = [json.loads(line) for line in server.rest()[0].splitlines()]
    assert [each["event"] for each in logged["info"]] == ["control", "request", "stopping", "stopped"]
    assert [each["event"] for each in logged["debug"]] == ["control", "request", "details", "stopping", "stopped"]
    details = logged["debug"][2]
    assert details["body"] == {"tokenReviewerJwt": "[REDACTED]"}
    assert "secret" not in json.dumps(logged)


def test_healthcheck_takes_a_url_with_a_base_path():
    with serving() as server:
        assert run("healthcheck", "--url", f"http://127.0.0.1:{server.port}/").returncode == 0
        below = run("healthcheck", "--url", f"http://localhost:{server.port}/base/")
    assert below.returncode == 1
    assert f"http://localhost:{server.port}/base/_mock/health: status 404" in below.stderr


@pytest.mark.parametrize("url", ["localhost:8080", "ftp://localhost", "http://", "http://a:b@c", "http://a:99999"])
def test_healthcheck_rejects_what_is_no_url(url: str):
    ended = run("healthcheck", "--url", url)
    assert ended.returncode == 2
    assert "--url" in ended.stderr
