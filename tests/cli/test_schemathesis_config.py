"""`infisical-mock schemathesis-config`: what it writes, what it refuses, and schemathesis with what it has written."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.cli.schemathesis_values import Caller, callers, dictionaries
from tests.cli.commands import Running, environment, run, serving
from tests.client import ADMIN, PAYMENTS

ROOT = Path(__file__).resolve().parents[2]
COMMAND = "schemathesis-config"
OTHER = "INFISICAL_MOCK_SCHEMATHESIS_CONFIG_"
NAMES = ["schemathesis-auth.json", "schemathesis.toml"]


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with serving() as running:
        yield running


def url(server: Running, path: str = "") -> str:
    return f"http://127.0.0.1:{server.port}{path}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder outside of the checkout, with a blank in its name."""
    made = tmp_path / "a b"
    made.mkdir()
    return made


def written(folder: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The configuration, and the entries of the auth file that it names."""
    configuration = tomllib.loads((folder / "schemathesis.toml").read_text("utf-8"))
    return configuration, json.loads(Path(configuration["auth"]["wfc"]["path"]).read_text("utf-8"))["auth"]


def test_it_writes_two_callers_of_two_organizations_and_the_ids_of_the_world(server: Running, folder: Path):
    ended = run(COMMAND, "--url", url(server), "--output", str(folder))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert sorted(each.name for each in folder.iterdir()) == NAMES
    configuration, entries = written(folder)
    assert configuration["hooks"] == "mockserver.testing.schemathesis_hooks"
    assert configuration["base-url"] == url(server)
    assert [each["fixedHeaders"][0]["value"] for each in entries] == [f"Bearer {ADMIN}", "Bearer heritage-admin-token"]
    assert configuration["auth"]["wfc"]["peers"] == [each["name"] for each in entries]
    assert PAYMENTS in configuration["dictionaries"]["kubernetes-identities"]["values"]
    assert "7e000000-0000-4000-8000-000000000001" in configuration["dictionaries"]["templates"]["values"]
    assert "a-fresh-sub-organization" in configuration["dictionaries"]["sub-organizations"]["values"]
    assert configuration["parameters"]["path.subOrgId"]["dictionary"] == "sub-organizations"
    named = {each["dictionary"] for each in configuration["parameters"].values()}
    assert named <= configuration["dictionaries"].keys()


def test_it_asks_the_world_that_the_url_names(server: Running, folder: Path):
    fixtures = {
        "version": 1,
        "organizations": [{"id": "0a000000-0000-4000-8000-0000000000aa", "name": 'A "\x7fé', "slug": "aa"}],
        "identities": [{"id": PAYMENTS, "organization": "aa", "name": 'quote " \\ \x7f', "role": "admin"}],
        "accessTokens": [{"token": 'to"ken', "identity": PAYMENTS}],
    }
    body = json.dumps({"id": "mine", "fixtures": fixtures})
    status, _, content = server.ask("POST", "/_mock/worlds", body, **{"Content-Type": "application/json"})
    assert status == 201, content
    ended = run(COMMAND, "--url", url(server, "/w/mine/"), "--output", str(folder / "new"))
    assert ended.returncode == 0, ended.stderr
    assert "object_level_authorization will not run" in ended.stderr
    configuration, entries = written(folder / "new")
    assert configuration["base-url"] == url(server, "/w/mine")
    assert [(each["name"], each["fixedHeaders"][0]["value"]) for each in entries] == [
        ('aa/quote " \\ \x7f', 'Bearer to"ken')
    ]
    assert configuration["auth"]["wfc"]["user"] == entries[0]["name"]
    assert "peers" not in configuration["auth"]["wfc"]
    assert "gateways" not in configuration["dictionaries"]
    assert "body.gatewayId" not in configuration["parameters"]


def test_it_overwrites_files_only_by_force(server: Running, folder: Path):
    (folder / "schemathesis.toml").write_text("mine")
    settings = {f"{OTHER}URL": url(server), f"{OTHER}OUTPUT": str(folder)}
    ended = run(COMMAND, **settings)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"no configuration: {folder / 'schemathesis.toml'} exists; pass --force to overwrite\n"
    assert [each.read_text() for each in folder.iterdir()] == ["mine"]
    assert run(COMMAND, "--force", **settings).returncode == 0
    assert written(folder)[0]["base-url"] == url(server)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/w/nothing", "status 404; no such world, or no mock"),
        ("/openapi.yaml", "status 404; no such world, or no mock"),
    ],
)
def test_it_ends_with_a_line_where_no_world_is(server: Running, folder: Path, path: str, reason: str):
    ended = run(COMMAND, "--url", url(server, path), "--output", str(folder))
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert reason in ended.stderr
    assert list(folder.iterdir()) == []


def test_it_ends_with_a_line_where_no_mock_answers(folder: Path):
    ended = run(COMMAND, "--url", "http://127.0.0.1:1", "--output", str(folder))
    assert (ended.returncode, ended.stderr.count("\n")) == (1, 1)
    assert ended.stderr.startswith("no configuration: no mock answers at http://127.0.0.1:1/")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("value", ["127.0.0.1:8080", ""])
def test_a_bad_url_is_a_usage_error(folder: Path, value: str):
    ended = run(COMMAND, "--url", value, "--output", str(folder))
    assert ended.returncode == 2
    assert "must start with http:// or https://" in ended.stderr


def test_it_passes_the_control_token(folder: Path):
    with serving("--control-token", "hush") as guarded:
        arguments = (COMMAND, "--url", url(guarded), "--output", str(folder))
        refused = run(*arguments)
        assert refused.returncode == 1
        assert "pass the control token with --control-token" in refused.stderr
        assert run(*arguments, INFISICAL_MOCK_CONTROL_TOKEN="hush").returncode == 0


ORGANIZATIONS = [
    {"id": "top", "slug": "top", "parent": None},
    {"id": "below", "slug": "below", "parent": "top"},
    {"id": "other", "slug": "other", "parent": None},
]
NOW = "2026-01-01T00:00:00.000Z"


def identity(organization: str, role: str = "admin", **changed: Any) -> dict[str, Any]:
    name = f"{organization}-{role}"
    made = {"id": name, "name": name, "organization": organization, "role": role}
    return {**made, "isActive": True, "instanceAdmin": False, "projectId": None, **changed}


def token(owner: dict[str, Any], **changed: Any) -> dict[str, Any]:
    made = {"token": f"of {owner['id']}", "identity": owner["id"], "organization": owner["organization"]}
    return {**made, "numUsesLimit": 0, "trustedIps": [{"ipAddress": "0.0.0.0/0"}], "revoked": False, **changed}


ADMIN_HERE, MEMBER_HERE, BELOW, ELSEWHERE = (
    identity("top"),
    identity("top", "member"),
    identity("below"),
    identity("other", "member"),
)


@pytest.mark.parametrize(
    ("tokens", "names"),
    [
        ([], []),
        ([token(MEMBER_HERE)], ["top/top-member"]),
        ([token(MEMBER_HERE), token(ADMIN_HERE)], ["top/top-admin"]),
        ([token(ADMIN_HERE), token(BELOW)], ["top/top-admin"]),
        ([token(ELSEWHERE), token(BELOW), token(ADMIN_HERE)], ["below/below-admin", "other/other-member"]),
        ([token(ADMIN_HERE, revoked=True), token(ELSEWHERE)], ["other/other-member"]),
        ([token(ADMIN_HERE, numUsesLimit=3), token(ELSEWHERE)], ["other/other-member"]),
        ([token(ADMIN_HERE, expiresAt="2025-12-31T23:59:59.999Z"), token(ELSEWHERE)], ["other/other-member"]),
        ([token(ADMIN_HERE, expiresAt=NOW)], ["top/top-admin"]),
        ([token(ADMIN_HERE, trustedIps=[{"ipAddress": "192.0.2.0/24"}])], []),
        ([token(ADMIN_HERE, organization="other")], []),
        ([{**token(ADMIN_HERE), "identity": "gone"}], []),
    ],
)
def test_callers_have_a_token_in_force_and_unrelated_organizations(tokens: list[dict[str, Any]], names: list[str]):
    identities = [ADMIN_HERE, MEMBER_HERE, BELOW, ELSEWHERE]
    state = {"organizations": ORGANIZATIONS, "identities": identities, "accessTokens": tokens}
    assert [each.name for each in callers(state, NOW)] == names


def test_a_lone_surrogate_stands_in_no_file():
    state = {
        "organizations": [{"id": "top", "slug": "top", "parent": None, "roles": [{"slug": "a"}, {"slug": "\ud800"}]}],
        "identities": [ADMIN_HERE],
        "clusters": [],
        "gateways": [],
        "gatewayPools": [],
    }
    found = dictionaries(state, Caller("top", "top/top-admin", "t"))
    assert found["roles"] == ["member", "admin", "no-access", "a"]
    assert found["client-secrets"] == []


def schemathesis(server: Running, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The newest schemathesis that is locked, in that folder. It finds the package, and nothing of the checkout."""
    return subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", url(server, "/openapi.yaml"), *arguments],
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_schemathesis_finds_nothing_with_the_written_configuration(folder: Path):
    with serving() as server:
        assert run(COMMAND, "--url", url(server), "--output", str(folder)).returncode == 0
        before = server.ask("GET", "/_mock/worlds/default/state")[2]
        report = folder / "report.json"
        phases = ("--phases", "fuzzing,stateful", "--max-examples", "3", "--seed", "1")
        ended = schemathesis(server, folder, *phases, "--report", "json", "--report-json-path", str(report))
        assert ended.returncode == 0, ended.stdout + ended.stderr
        told = json.loads(report.read_text("utf-8"))
        assert (told["complete"], told["failures"], told["errors"]) == (True, [], [])
        assert told["operations"]["tested"] == told["operations"]["total"] > 0
        requests = json.loads(server.ask("GET", "/_mock/requests")[2])["requests"]
        assert sum(each["rule"] == "accepted" for each in requests) > len(requests) / 5
        assert {"updateKubernetesAuth"} <= {each["operation"] for each in requests if each["status"] == 200}
        assert server.ask("GET", "/_mock/worlds/default/state")[2] == before
        assert json.loads(server.ask("GET", "/_mock/worlds/default/snapshots")[2])["snapshots"] == []


@pytest.mark.slow
@pytest.mark.extensive
@pytest.mark.timeout(400)
def test_schemathesis_without_a_configuration_finds_only_rejections_by_a_rule(folder: Path):
    with serving() as server:
        report = folder / "report.json"
        where = ("--url", url(server), "--header", f"Authorization: Bearer {ADMIN}")
        often = ("--max-examples", "5", "--seed", "1", "--report", "json", "--report-json-path", str(report))
        ended = schemathesis(server, folder, *where, *often)
        told = json.loads(report.read_text("utf-8"))
        assert (told["complete"], told["errors"]) == (True, []), ended.stdout
        assert {each["type"] for each in told["failures"]} <= {"RejectedPositiveData"}, ended.stdout
        rows = json.loads(server.ask("GET", "/_mock/rules")[2])["rules"]
        rules = {each["id"] for each in rows if each["stage"] != "mock"}
        requests = json.loads(server.ask("GET", "/_mock/requests")[2])["requests"]
        assert {each["rule"] for each in requests if each["status"] >= 400} <= rules


@pytest.mark.parametrize(("path", "allowed"), [("search", "POST"), ("details", "GET")])
def test_allow_names_the_methods_that_the_document_gives(server: Running, path: str, allowed: str):
    status, headers, _ = server.ask("PUT", f"/api/v1/identities/{path}", Authorization=f"Bearer {ADMIN}")
    assert (status, headers["Allow"]) == (405, allowed)


@pytest.mark.slow
def test_the_checks_of_the_package_run_and_can_fail(folder: Path):
    with serving() as server:
        assert run(COMMAND, "--url", url(server), "--output", str(folder)).returncode == 0
        fault = json.dumps({"kind": "status", "status": 500, "operation": "getMachineIdentityDetails", "times": 100})
        headers = {"Content-Type": "application/json"}
        assert server.ask("POST", "/_mock/worlds/default/faults", fault, **headers)[0] == 201
        only = ("--include-operation-id", "getMachineIdentityDetails", "--phases", "fuzzing", "--max-examples", "1")
        ended = schemathesis(server, folder, *only)
        assert ended.returncode == 1, ended.stdout + ended.stderr
        assert "is a bug of the mock" in ended.stdout
