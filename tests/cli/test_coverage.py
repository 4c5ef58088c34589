"""`infisical-mock coverage`: reports of servers and files, merged, narrowed, and held to a threshold."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.cli.commands import Running, run, serving
from tests.client import ADMIN, IDENTITIES, PAYMENTS

GET, UPDATE = "getKubernetesAuth", "updateKubernetesAuth"


def of(server: Running) -> str:
    return f"http://127.0.0.1:{server.port}"


def read(server: Running) -> None:
    assert server.ask("GET", IDENTITIES + PAYMENTS, Authorization=f"Bearer {ADMIN}")[0] == 200


def covered(report: dict) -> set[tuple[str, str]]:
    return {
        (each["operation"], item)
        for each in report["operations"]
        for items in each["items"].values()
        for item, state in items.items()
        if state == "covered"
    }


@pytest.fixture(scope="module")
def readers():
    """A server on which something was read."""
    with serving() as server:
        read(server)
        yield server


@pytest.fixture(scope="module")
def writers():
    """A server on which something was written."""
    with serving() as server:
        assert server.update()[0] == 200
        yield server


def test_reports_of_several_servers_and_files_are_merged(readers: Running, writers: Running, tmp_path: Path):
    reports = [json.loads(run("coverage", "--url", of(each), "--format", "json").stdout) for each in (readers, writers)]
    kept = tmp_path / "readers.json"
    kept.write_text(json.dumps(reports[0]))
    by_url = run("coverage", "--url", of(readers), "--url", f"{of(writers)}/", "--format", "json")
    by_file = run("coverage", "--url", of(writers), "--report", str(kept), "--format", "json")
    by_variable = run("coverage", "--format", "json", INFISICAL_MOCK_URL=f"{of(readers)} {of(writers)}")
    assert by_url.stdout == by_file.stdout == by_variable.stdout
    assert covered(json.loads(by_url.stdout)) == covered(reports[0]) | covered(reports[1])
    assert (GET, "200") in covered(json.loads(by_url.stdout))
    assert (UPDATE, "200") in covered(json.loads(by_url.stdout))


def test_the_json_of_the_command_is_the_servers(readers: Running):
    told = json.loads(run("coverage", "--url", of(readers), "--format", "json").stdout)
    assert told == json.loads(readers.ask("GET", "/_mock/coverage")[2])


def test_it_ends_with_1_under_the_threshold_and_names_what_is_missing(readers: Running):
    ended = run("coverage", "--url", of(readers), "--operation", GET, "--only", "statuses", "--fail-under", "14.5")
    assert ended.returncode == 1
    assert "statuses  400, 401, 403, 404, 422, 500" in ended.stdout
    assert ended.stderr == "coverage is under 14.5 %: 1 of 7 (14.2 %)\n"
    arguments = ("--operation", GET, "--only", "statuses", "--fail-under", "14.28")
    assert run("coverage", "--url", of(readers), *arguments).returncode == 0


def test_what_is_missing_stands_on_stderr_where_stdout_is_a_file(readers: Running):
    arguments = ("--operation", GET, "--only", "statuses", "--fail-under", "100", "--format", "junit")
    ended = run("coverage", "--url", of(readers), *arguments)
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[1:] == [
        f"missing: {GET}: statuses: {status}" for status in (400, 401, 403, 404, 422, 500)
    ]
    assert len(list(ElementTree.fromstring(ended.stdout.encode()).iter("failure"))) == 6


def test_operations_that_are_asked_for_are_told_item_by_item_even_if_never_called(readers: Running):
    ended = run("coverage", "--url", of(readers), "--operation", UPDATE, "--rules-only")
    assert ended.returncode == 0
    assert "Never called" not in ended.stdout
    assert "gateway.unknown refused/held" in ended.stdout
    assert "Tables" not in ended.stdout


def test_the_page_and_the_text_are_printed(readers: Running):
    assert run("coverage", "--url", of(readers), "--format", "html").stdout.startswith("<!doctype html>")
    assert run("coverage", "--url", of(readers), PYTHONIOENCODING="ascii").stdout.startswith("infisical-mock ")


def test_the_control_token_is_honoured_by_flag_and_variable():
    with serving("--control-token", "secret") as server:
        ended = run("coverage", "--url", of(server))
        assert ended.returncode == 1
        assert ended.stderr == (
            f"no coverage: {of(server)}/_mock/coverage: status 401: it asks for --control-token, or for another one\n"
        )
        assert run("coverage", "--url", of(server), "--control-token", "secret").returncode == 0
        assert run("coverage", "--url", of(server), INFISICAL_MOCK_CONTROL_TOKEN="secret").returncode == 0


def test_a_proxy_of_the_environment_is_not_asked(readers: Running):
    assert run("coverage", "--url", of(readers), http_proxy="http://127.0.0.1:1").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        pytest.param(("--url", "127.0.0.1:8080"), 2, "is not an address", id="no scheme"),
        pytest.param(("--url", "file:///etc/passwd"), 2, "is not an address", id="another scheme"),
        pytest.param(("--url", "http://127.0.0.1:1"), 1, "refused", id="nobody listens"),
        pytest.param(("--url", "http://[::1"), 1, "no coverage: http://[::1/_mock/coverage", id="no address"),
        pytest.param(("--report", "{folder}/none.json"), 1, "No such file", id="no file"),
        pytest.param(("--report", "{folder}"), 1, "Is a directory", id="a folder"),
        pytest.param(("--report", "{folder}/text.json"), 1, "text.json: Expecting value", id="no JSON"),
        pytest.param(("--report", "{folder}/bytes.json"), 1, "bytes.json: ", id="no text"),
        pytest.param(("--report", "{folder}/other.json"), 1, "not a coverage report", id="another JSON"),
        pytest.param(("--report", "{folder}/deep.json"), 1, "deep.json: ", id="nested too deep"),
        pytest.param(
            ("--report", "{folder}/good.json", "--operation", "none"), 2, "no such operation: none", id="no operation"
        ),
        pytest.param(
            ("--report", "{folder}/good.json", "--operation", "getItt"),
            2,
            "no such operation: getItt. Did you mean 'getIt'?",
            id="a mistyped operation",
        ),
        pytest.param(
            ("--report", "{folder}/good.json", "--only", "tables"), 2, "tables", id="a part that there is not"
        ),
        pytest.param(("--fail-under", "101"), 2, "fail-under", id="more than all"),
        pytest.param(("--format", "pdf"), 2, "pdf", id="no such format"),
        pytest.param(
            ("--report", "{folder}/good.json", "--report", "{folder}/newer.json"),
            1,
            "version 1, the other of 2",
            id="unlike",
        ),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(tmp_path: Path, arguments: tuple[str, ...], code: int, told: str):
    good = {
        "version": "1",
        "contract": "c",
        "profiles": ["contract"],
        "operations": [{"operation": "getIt", "items": {"statuses": {"200": "covered"}}}],
    }
    (tmp_path / "good.json").write_text(json.dumps(good))
    (tmp_path / "newer.json").write_text(json.dumps({**good, "version": "2"}))
    (tmp_path / "text.json").write_text("coverage")
    (tmp_path / "bytes.json").write_bytes(b"\xff\xfe\xfa")
    (tmp_path / "other.json").write_text("{}")
    (tmp_path / "deep.json").write_text("[" * 200_000)
    ended = run("coverage", *(each.format(folder=tmp_path) for each in arguments))
    assert ended.returncode == code
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
