"""`infisical-mock serve`: its start, its flags and variables, and its end."""

import json
import re
import signal
import socket
import time
from pathlib import Path

import pytest

from tests.cli.commands import run, serving
from tests.client import IDENTITIES, PAYMENTS, head

WORLD = """
version: 1
organizations: [{ id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme }]
identities: [{ id: 1d000000-0000-4000-8000-000000000001, organization: acme, name: ops, role: admin }]
accessTokens: [{ token: mine, identity: ops }]
"""


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.mark.parametrize("arguments", [("serve",), ()], ids=["serve", "no command"])
def test_one_line_says_that_it_is_ready_and_where(arguments: tuple[str, ...]):
    with serving(*arguments) as server:
        assert re.fullmatch(
            r"infisical-mock ready at http://127\.0\.0\.1:\d+ \(profile contract, generation 2026-08\)",
            server.ready_line,
        )
        assert server.port > 0
        assert server.update()[0] == 200
        assert server.stop()[0] == 0
        assert server.rest() == ("", "")


def test_port_0_picks_one_and_the_port_file_says_which(tmp_path: Path):
    path = tmp_path / "port"
    with serving("--port-file", str(path)) as server:
        assert path.read_text() == str(server.port)
        assert [each.name for each in tmp_path.iterdir()] == ["port"]


def test_a_port_file_that_cannot_be_written_ends_the_start(tmp_path: Path):
    ended = run("--port", "0", "--port-file", str(tmp_path / "none" / "port"))
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.splitlines()) == 1


@pytest.mark.parametrize("how", ["flag", "variable", "PORT", "variable before PORT", "flag before both"])
def test_the_port_comes_from_the_flag_its_variable_or_port_in_that_order(how: str):
    port, other = str(free_port()), str(free_port())
    arguments, variables = {
        "flag": (("--port", port), {}),
        "variable": ((), {"INFISICAL_MOCK_PORT": port}),
        "PORT": ((), {"PORT": port}),
        "variable before PORT": ((), {"INFISICAL_MOCK_PORT": port, "PORT": other}),
        "flag before both": (("--port", port), {"INFISICAL_MOCK_PORT": other, "PORT": other}),
    }[how]
    with serving(*arguments, **variables) as server:
        assert str(server.port) == port


def test_a_flag_goes_before_its_variable():
    with serving("--profile", "live", INFISICAL_MOCK_PROFILE="contract") as server:
        assert json.loads(server.ask("GET", "/_mock/health")[2])["profile"] == "live"
        assert server.ready_line.endswith("(profile live, generation 2026-10)")


def test_a_variable_goes_before_the_default():
    with serving(INFISICAL_MOCK_PROFILE="live") as server:
        assert json.loads(server.ask("GET", "/_mock/health")[2])["profile"] == "live"


@pytest.mark.parametrize("how", ["flag", "variable"])
def test_the_second_engine_checks_and_is_named(how: str):
    given = (("--engine", "openapi-core"), {}) if how == "flag" else ((), {"INFISICAL_MOCK_ENGINE": "openapi-core"})
    with serving(*given[0], **given[1]) as server:
        assert server.ready_line.endswith("(profile contract, generation 2026-08, engine openapi-core)")
        assert json.loads(server.ask("GET", "/_mock/health")[2])["engine"] == "openapi-core"
        assert server.update()[0] == 200
        status, headers, content = server.update('{"allowedNames": 7, "zz": 1}')
        assert (status, headers["Mock-Rule"]) == (422, "contract.body")
        codes = [issue["code"] for issue in json.loads(content)["message"]]
        assert codes == ["invalid_type", "unrecognized_keys"]


@pytest.mark.parametrize(
    ("flag", "value"),
    [
        ("--port", "http"),
        ("--port", "65536"),
        ("--port", "-1"),
        ("--profile", "strict"),
        ("--engine", "fast"),
        ("--as-of", "2026-04"),
        ("--as-of", "latest"),
        ("--trusted-proxies", "proxy.example"),
        ("--trusted-proxies", "10.0.0.1/8"),
        ("--trusted-proxies", "10.0.0.0/8,fd00::/129"),
        ("--clock", "yesterday"),
        ("--clock", "2026-01-02T03:04:05"),
        ("--seed", "x"),
        ("--log-level", "loud"),
        ("--log-format", "xml"),
        ("--journal-size", "-1"),
        ("--journal-size", "many"),
    ],
)
def test_a_bad_value_ends_the_start_with_2_and_names_flag_and_variable(flag: str, value: str):
    variable = f"INFISICAL_MOCK_{flag[2:].upper().replace('-', '_')}"
    by_flag, by_variable = run("serve", flag, value), run("serve", **{variable: value})
    for ended in (by_flag, by_variable):
        assert ended.returncode == 2
        assert flag in ended.stderr
        assert "Traceback" not in ended.stderr
        assert ended.stdout == ""
    assert variable in by_variable.stderr + by_flag.stderr


def test_a_bad_generation_is_told_all_that_are_valid():
    ended = run("serve", "--as-of", "2026-8")
    assert ended.returncode == 2
    for each in ("2026-05", "2026-08", "2026-09", "2026-10", "Did you mean 2026-08?"):
        assert each in " ".join(ended.stderr.split())


@pytest.mark.parametrize(
    ("flags", "variables", "ready"),
    [
        (("--as-of", "2026-09"), {}, "profile contract, generation 2026-09"),
        (("--profile", "live", "--as-of", "2026-08-19"), {}, "profile live, generation 2026-05"),
        (("--profile", "live"), {"INFISICAL_MOCK_AS_OF": "v0.162.30"}, "profile live, generation 2026-08"),
        (("--as-of", "2026-05"), {"INFISICAL_MOCK_AS_OF": "2026-10"}, "profile contract, generation 2026-05"),
    ],
)
def test_the_day_of_the_service_is_a_flag_and_a_variable(flags: tuple[str, ...], variables: dict[str, str], ready: str):
    with serving(*flags, **variables) as server:
        assert server.ready_line.endswith(f"({ready})")
        assert json.loads(server.ask("GET", "/_mock/health")[2])["generation"] == ready[-7:]


@pytest.mark.parametrize(
    ("flags", "variables", "proxies"),
    [
        ((), {}, None),
        (("--trusted-proxies", "10.0.0.0/8"), {}, ["10.0.0.0/8"]),
        (
            ("--trusted-proxies", "10.0.0.0/8", "--trusted-proxies", " ::1 ,fd00::/8,"),
            {},
            ["10.0.0.0/8", "::1/128", "fd00::/8"],
        ),
        ((), {"INFISICAL_MOCK_TRUSTED_PROXIES": "10.0.0.0/8, ::1"}, ["10.0.0.0/8", "::1/128"]),
        ((), {"INFISICAL_MOCK_TRUSTED_PROXIES": ""}, None),
        (("--trusted-proxies", "::1"), {"INFISICAL_MOCK_TRUSTED_PROXIES": "10.0.0.0/8"}, ["::1/128"]),
    ],
)
def test_trusted_proxies_are_a_flag_and_a_variable(
    flags: tuple[str, ...], variables: dict[str, str], proxies: list[str] | None
):
    with serving(*flags, **variables) as server:
        world = json.loads(server.ask("GET", "/_mock/worlds/default")[2])
        assert world.get("trustedProxies") == proxies


@pytest.mark.parametrize("arguments", [("--colour",), ("serve", "more"), ("dance",), ("check", "--port", "1")])
def test_what_is_no_flag_and_no_command_ends_with_2(arguments: tuple[str, ...]):
    ended = run(*arguments)
    assert ended.returncode == 2
    assert arguments[-1] in ended.stderr or arguments[-2] in ended.stderr


def test_a_port_that_is_taken_ends_the_start_with_1_and_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run("--port", str(port))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert len(ended.stderr.splitlines()) == 1
    assert f"port {port} on 127.0.0.1 is in use" in ended.stderr


def test_a_host_that_is_none_ends_the_start_with_1_and_one_line():
    ended = run("--port", "0", "--host", "192.0.2.1")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (1, 1)
    assert "192.0.2.1" in ended.stderr


def test_bad_fixtures_end_the_start_with_3_and_a_line_for_each_error(tmp_path: Path):
    path = tmp_path / "world.yaml"
    path.write_text("version: 2\ncolour: red\n")
    ended = run("--port", "0", "--fixtures", str(path))
    assert ended.returncode == 3
    assert ended.stderr.splitlines() == [f"{path}:1:10: version: expected 1", f"{path}:2:1: colour: unknown key"]


def test_fixtures_that_are_not_there_end_the_start_with_3():
    ended = run("--port", "0", "--fixtures", "nowhere.yaml")
    assert ended.returncode == 3
    assert ended.stderr == "nowhere.yaml:1:1: (document): cannot be read: No such file or directory\n"


def test_a_document_that_is_not_there_ends_the_start_with_4():
    ended = run("--port", "0", "--spec", "nowhere.yaml")
    assert ended.returncode == 4
    assert ended.stderr == "nowhere.yaml: cannot be read: No such file or directory\n"


def test_fixtures_come_from_several_files_and_folders(tmp_path: Path):
    lines = WORLD.strip().splitlines()
    (tmp_path / "one.yaml").write_text("\n".join(lines[:2]))
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "two.yaml").write_text("\n".join([lines[0], *lines[2:]]))
    with serving("--fixtures", str(tmp_path / "one.yaml"), "--fixtures", str(tmp_path / "more")) as server:
        assert server.update(token="mine")[1]["Mock-Rule"] == "identity.unknown"
    with serving(INFISICAL_MOCK_FIXTURES=f"{tmp_path / 'one.yaml'}:{tmp_path / 'more'}") as server:
        assert server.update(token="mine")[1]["Mock-Rule"] == "identity.unknown"


def test_fixtures_come_from_a_variable_itself():
    with serving(INFISICAL_MOCK_FIXTURES_YAML=WORLD) as server:
        assert server.update(token="mine")[1]["Mock-Rule"] == "identity.unknown"
        assert server.update()[1]["Mock-Rule"] == "token.malformed"


def test_an_error_in_the_variable_names_the_variable():
    ended = run("--port", "0", INFISICAL_MOCK_FIXTURES_YAML="version: 2")
    assert ended.returncode == 3
    assert ended.stderr == "INFISICAL_MOCK_FIXTURES_YAML:1:10: version: expected 1\n"


def test_the_clock_stands_still_where_it_is_set():
    with serving("--clock", "2030-01-02T03:04:05.678+01:00") as server:
        for _ in range(2):
            record = json.loads(server.update()[2])["identityKubernetesAuth"]
            assert record["updatedAt"] == "2030-01-02T02:04:05.678Z"
        assert json.loads(server.ask("GET", "/api/status")[2])["date"] == "2030-01-02T02:04:05.678Z"


def test_a_seed_makes_ids_repeatable():
    found: list[list[str]] = []
    for seed in ("7", "7", "8"):
        with serving("--seed", seed) as server:
            found.append([server.update()[1]["Mock-Request-Id"] for _ in range(3)])
    assert found[0] == found[1]
    assert not set(found[0]) & set(found[2])
    assert len(set(found[0])) == 3


def test_a_token_secret_of_ones_own_is_the_key_of_tokens():
    from tests.api.test_tokens import signed

    with serving("--token-secret", "my own secret, long enough for the digest") as server:
        assert server.update(token=signed("my own secret, long enough for the digest"))[0] == 200
        assert server.update(token=signed())[1]["Mock-Rule"] == "token.signature"


@pytest.mark.parametrize("how", ["flag", "variable"])
def test_control_can_be_left_out_all_but_the_health_check(how: str):
    arguments, variables = (("--no-control",), {}) if how == "flag" else ((), {"INFISICAL_MOCK_NO_CONTROL": "true"})
    with serving(*arguments, **variables) as server:
        assert server.ask("GET", "/_mock/rules")[0] == 404
        assert server.ask("GET", "/_mock/health")[0] == 200


def test_control_can_be_guarded_by_a_token():
    with serving(INFISICAL_MOCK_CONTROL_TOKEN="t") as server:
        assert server.ask("GET", "/_mock/rules")[0] == 401
        assert server.ask("GET", "/_mock/rules", Authorization="Bearer t")[0] == 200


@pytest.mark.parametrize("form", ["text", "json"])
def test_the_log_shows_a_line_for_each_request_from_level_info(form: str):
    with serving("--log-level", "info", "--log-format", form) as server:
        server.update()
        server.ask("GET", "/nowhere?token=s3cret")
        server.stop()
        lines = server.rest()[0].splitlines()
    assert len(lines) == 4, "two requests, the signal and the end"
    assert "stopping" in lines[2]
    assert "\x1b" not in "".join(lines), "no colours where nobody sees them"
    assert "s3cret" not in lines[1]
    if form == "json":
        event = json.loads(lines[0])
        assert (event["event"], event["level"], event["status"]) == ("request", "info", 200)
        assert (event["rule"], event["path"]) == ("accepted", IDENTITIES + PAYMENTS)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("busy", ["idle", "an idle connection", "a slow request", "half a head"])
def test_a_signal_ends_it_with_0_within_a_second(how: signal.Signals, busy: str):
    with serving() as server, socket.create_connection(("127.0.0.1", server.port)) as connection:
        if busy == "an idle connection":
            connection.sendall(head(Content_Length="2") + b"{}")
            assert connection.recv(65536).startswith(b"HTTP/1.1 200")
        elif busy == "a slow request":
            connection.sendall(head(Content_Length="1000") + b"{")
        elif busy == "half a head":
            connection.sendall(b"PATCH /api")
        server.ask("GET", "/_mock/health")
        code, seconds = server.stop(how)
        assert code == 0
        assert seconds < 1
        assert server.rest() == ("", "")


def test_no_variable_of_another_product_is_listened_to():
    with serving(MOCKSERVER_PROFILE="live", MOCKSERVER_PORT="x") as server:
        assert server.ready_line.endswith("(profile contract, generation 2026-08)")


@pytest.mark.parametrize("after", [0.01, 0.05, 0.1])
def test_a_second_signal_does_not_spoil_the_exit_code(after: float):
    with serving() as server:
        server.process.send_signal(signal.SIGTERM)
        time.sleep(after)
        code, _ = server.stop(signal.SIGTERM)
        assert code == 0


@pytest.mark.parametrize(
    ("arguments", "variables", "status"),
    [
        ((), {}, 200),
        (("--fail-on-warning",), {}, 406),
        ((), {"INFISICAL_MOCK_FAIL_ON_WARNING": "true"}, 406),
        ((), {"INFISICAL_MOCK_FAIL_ON_WARNING": "false"}, 200),
    ],
)
def test_warnings_fail_a_verification_where_the_start_says_so(arguments, variables, status: int):
    with serving(*arguments, **variables) as server:
        assert server.update('{"nope": 1}')[0] == 422
        headers = {"Content-Type": "application/json"}
        answered, _, content = server.ask("POST", "/_mock/requests/verify", '{"status": 422}', **headers)
        assert answered == status
        assert json.loads(content)["warnings"][0]["code"] == "unknown-properties"


def test_open_streams_of_events_do_not_hold_the_end_up():
    with serving() as server, socket.create_connection(("127.0.0.1", server.port), timeout=10) as stream:
        stream.sendall(b"GET /_mock/events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"text/event-stream" in stream.recv(4096)
        code, seconds = server.stop()
        assert code == 0
        assert seconds < 1
