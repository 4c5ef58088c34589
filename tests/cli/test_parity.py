"""`infisical-mock parity` as a user runs it: formats, exit codes, mistakes, and Ctrl-C."""

import json
import re
import signal
import subprocess
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from mockserver.parity.scripts import FOLDER
from tests.cli.commands import COMMAND, environment, run, serving
from tests.client import ADMIN, VERIFIED

STATE = "/_mock/worlds/default/state"
FEW = [
    argument
    for name in ("identity.unknown", "accepted.getMachineIdentityById", "host.length", "accepted.getKubernetesAuth")
    for argument in ("--script", str(FOLDER / f"{name}.yaml"))
]


def parity(port: int, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    url = f"http://127.0.0.1:{port}"
    return run("parity", "--url", url, "--token", ADMIN, "--rate", "0", *arguments, **variables)


@pytest.fixture(scope="module")
def tenant():
    with serving("--profile", "live") as server:
        yield server


@pytest.fixture(scope="module")
def older():
    with serving("--profile", "live", "--as-of", "2026-05") as server:
        yield server


def test_equal(tenant):
    ended = parity(tenant.port, *FEW)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "generation 2026-10 fits best: nothing contradicts it" in ended.stdout
    assert "\nConfirmed\n  accepted\n  host.length\n  identity.unknown\n" in ended.stdout


def test_different_as_text(older):
    ended = parity(older.port, *FEW)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "  host.length: status is 404, the mock's is 422" in ended.stdout
    assert re.search(
        r"script host.length, step 1: PATCH /api/v1/auth/kubernetes-auth/identities/\{unknown\} \{", ended.stdout
    )
    assert re.search(r"tenant: 404 \{.*NotFound", ended.stdout)
    assert "generation 2026-05 fits best: nothing contradicts it" in ended.stdout
    assert re.search(r"\n  2026-10: .*host.length", ended.stdout)


def test_different_as_json(older):
    ended = parity(older.port, *FEW, "--format", "json")
    assert ended.returncode == 1
    report = json.loads(ended.stdout)
    assert list(report) == [
        *("tenant", "generation", "bestGeneration", "confirmed", "different", "notReached", "contradictions")
    ]
    assert (report["tenant"], report["generation"]) == (f"http://127.0.0.1:{older.port}", "2026-10")
    assert report["bestGeneration"] == "2026-05"
    row = next(each for each in report["different"] if each["rule"] == "host.length")
    assert row == {
        "rule": "host.length",
        "script": "host.length",
        "step": 1,
        "field": "status",
        "tenant": 404,
        "mock": 422,
    }
    assert {"generation": "2026-10", "rule": "host.length"} in report["contradictions"]
    assert report["confirmed"] == ["identity.unknown"]


def test_of_the_generation_that_fits_nothing_differs(older):
    ended = parity(older.port, *FEW, "--as-of", "2026-05", "--format", "json")
    assert ended.returncode == 0
    report = json.loads(ended.stdout)
    assert report["different"] == []
    assert report["notReached"] == [{"rule": "host.length", "reason": "generation 2026-05 has no such rule"}]


def test_junit(older):
    ended = parity(older.port, *FEW, "--format", "junit")
    suite = ElementTree.fromstring(ended.stdout)[0]
    assert (suite.get("failures"), suite.get("skipped")) == ("2", "0")
    failed = {case.get("name") for case in suite.iter("testcase") if case.find("failure") is not None}
    assert failed == {"accepted", "host.length"}


def test_html_into_a_file(older, tmp_path: Path):
    file = tmp_path / "parity.html"
    ended = parity(older.port, *FEW, "--format", "html", "--output", str(file))
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert re.search(r"^1 rule confirmed, 2 differ", ended.stderr)
    page = file.read_text("utf-8")
    assert "<script" not in page
    assert "host.length" in page
    assert "default-src 'none'" in page


def test_no_report_has_a_secret(tenant):
    for form in ("text", "json", "html", "junit"):
        ended = parity(
            tenant.port, "--as-of", "2026-05", "--format", form, "--script", str(FOLDER / "host.length.yaml")
        )
        assert ended.returncode == 1
        assert ADMIN not in ended.stdout


def test_reads_alone(tenant):
    ended = parity(tenant.port, "--read-only", VERIFIED, "--format", "json")
    report = json.loads(ended.stdout)
    assert (ended.returncode, report["different"]) == (0, [])
    assert {"accepted", "identity.uuid", "route.page"} <= set(report["confirmed"])
    reasons = {each["rule"]: each["reason"] for each in report["notReached"]}
    assert reasons["update.nothing-to-write"] == "--read-only sends no request that may change something"


def test_an_unreachable_tenant():
    ended = parity(1)
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.startswith("http://127.0.0.1:1: GET /api/status has no answer of the service: no connection")


MISTAKES = [
    (("--as-of", "2026-11"), "2026-10"),
    (("--rate", "-1"), "--rate"),
    (("--format", "xml"), "--format"),
    (("--read-only", "payments"), "it must be a UUID"),
    (("--login-jwt", "/nowhere"), "cannot read /nowhere"),
    (("--login-jwt", __file__), "it is not a JWT of three parts"),
    (("--script", "/nowhere"), "/nowhere: No such file"),
    (("--tls-ca-file", "/nowhere"), "cannot use /nowhere"),
    (("--url", "tenant.example"), "is not the URL of a server"),
    (("--url", "https://tenant.example/?q=1"), "leave out query and fragment"),
    (("--token", "two words"), "no spaces"),
    (("--read-only", "1d000000-0000-4000-8000-0000000000ff"), "the tenant shows no such identity: 404 NotFound"),
    (("--token", "nobody"), "the tenant rejects the token: 403 TokenError"),
    (("--organization", "1d000000-0000-4000-8000-0000000000ff"), "give the id of its own with --organization"),
    (("--output", "/nowhere/report", *FEW), "cannot write /nowhere/report"),
]


@pytest.mark.parametrize(("arguments", "reason"), MISTAKES, ids=[" ".join(each[0][:2]) for each in MISTAKES])
def test_mistakes_of_usage(tenant, arguments: tuple[str, ...], reason: str):
    ended = parity(tenant.port, *arguments)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert reason in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_script_with_an_unknown_rule(tenant, tmp_path: Path):
    file = tmp_path / "mine.yaml"
    file.write_text("rule: identity.unknwon\nsteps: [{request: GET /api/status}]")
    ended = parity(tenant.port, "--script", str(file))
    assert ended.returncode == 2
    assert "no such name: 'identity.unknwon'. Did you mean 'identity.unknown'?" in ended.stderr


def test_variables_and_the_base_with_api(tenant):
    variables = {
        "INFISICAL_MOCK_PARITY_URL": f"http://127.0.0.1:{tenant.port}/api/",
        "INFISICAL_MOCK_PARITY_TOKEN": ADMIN,
        "INFISICAL_MOCK_PARITY_RATE": "0",
    }
    ended = run("parity", *FEW, **variables)
    assert (ended.returncode, ended.stderr) == (0, "")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_and_leaves_nothing(tenant, how: signal.Signals):
    before = tenant.ask("GET", STATE)[2]
    command = [*COMMAND, "parity", "--url", f"http://127.0.0.1:{tenant.port}", "--token", ADMIN, "--rate", "6000"]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment(), start_new_session=True
    )
    for _ in range(200):
        if tenant.ask("GET", STATE)[2] != before:
            break
        time.sleep(0.05)
    assert tenant.ask("GET", STATE)[2] != before
    process.send_signal(how)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert err.endswith("stopped\n")
    assert tenant.ask("GET", STATE)[2] == before
