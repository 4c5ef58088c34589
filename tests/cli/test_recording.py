"""A session through `infisical-mock proxy --record`, played with `infisical-mock parity --script` elsewhere."""

import json
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.commands import Running, run, serving
from tests.client import ADMIN, IDENTITIES, PAYMENTS, STRANGER

LOGIN = "/api/v1/auth/universal-auth/login"
ACME = "0a000000-0000-4000-8000-000000000001"
HEADERS = {"Authorization": f"Bearer {ADMIN}", "Content-Type": "application/json"}


@pytest.fixture(scope="module")
def mock() -> Iterator[Running]:
    with serving("--profile", "live") as server:
        yield server


@pytest.fixture(scope="module")
def older() -> Iterator[Running]:
    with serving("--profile", "live", "--as-of", "2026-05") as server:
        yield server


def recording(mock: Running, file: Path) -> tuple[str, ...]:
    return ("proxy", "--upstream", f"http://127.0.0.1:{mock.port}", "--profile", "live", "--record", str(file))


def session(proxy: Running) -> None:
    """An identity is created and deleted; one that was there is updated; a request meets a dated rule."""
    sent = {"name": "checkout", "organizationId": ACME, "role": "no-access"}
    _, _, content = proxy.ask("POST", "/api/v1/identities", json.dumps(sent), **HEADERS)
    made = json.loads(content)["identity"]["id"]
    proxy.ask("GET", f"/api/v1/identities/{made}", **HEADERS)
    proxy.ask("DELETE", f"/api/v1/identities/{made}", Authorization=f"Bearer {ADMIN}")
    proxy.ask("PATCH", IDENTITIES + PAYMENTS, '{"accessTokenTTL": 7201}', **HEADERS)
    proxy.ask("PATCH", IDENTITIES + STRANGER, json.dumps({"kubernetesHost": "https://" + "h" * 300}), **HEADERS)
    proxy.ask("GET", IDENTITIES + STRANGER, **HEADERS)


def replay(tenant: Running, file: Path, *more: str) -> tuple[int, dict[str, list[dict[str, str]]], str]:
    url = f"http://127.0.0.1:{tenant.port}"
    flags = ("--url", url, "--token", ADMIN, "--rate", "0", "--format", "json", "--script", str(file), *more)
    ended = run("parity", *flags)
    return ended.returncode, json.loads(ended.stdout or "{}"), ended.stderr


def test_a_session_is_equal_on_a_like_server_and_differs_where_a_rule_is_dated(
    mock: Running, older: Running, tmp_path: Path
):
    file = tmp_path / "session.yaml"
    with serving(*recording(mock, file)) as proxy:
        session(proxy)
        assert proxy.stop()[0] == 0
        assert "Traceback" not in "".join(proxy.rest())
    with serving("--profile", "live") as other:
        code, report, said = replay(other, file)
        assert (code, report["different"], report["notReached"], said) == (0, [], [], "")
    code, report, _ = replay(older, file)
    assert code == 1
    assert [(each["rule"], each["step"]) for each in report["different"] if each["field"] == "status"] == [
        ("host.length", 4)
    ]
    assert report["bestGeneration"] == "2026-05"
    code, report, _ = replay(older, file, "--as-of", "2026-05")
    assert (code, report["different"]) == (0, [])
    (reason,) = (each["reason"] for each in report["notReached"])
    assert re.search(r"step 4 .* is 404 NotFound here, and was 422 ValidationFailure when recorded$", reason)


def test_a_killed_proxy_leaves_what_it_has_written(mock: Running, tmp_path: Path):
    file = tmp_path / "session.yaml"
    with serving(*recording(mock, file)) as proxy:
        session(proxy)
        for _ in range(100):
            if file.exists() and file.read_text().count("- request:") == 6:
                break
            time.sleep(0.1)
        proxy.stop(signal.SIGKILL)
    assert replay(mock, file)[0] == 0


def test_two_proxies_may_record_at_once_and_a_session_may_be_empty(mock: Running, tmp_path: Path):
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    with serving(*recording(mock, one)) as first, serving(*recording(mock, two)) as second:
        first.ask("GET", IDENTITIES + PAYMENTS, **HEADERS)
        assert (first.stop()[0], second.stop()[0]) == (0, 0)
    assert "GET /api/v1/auth/kubernetes-auth/identities/{kubernetes}" in one.read_text()
    assert all(line.startswith("# ") for line in two.read_text().splitlines())
    code, _, said = replay(mock, two)
    assert code == 2
    assert "a script is a mapping" in said


def test_secrets_reach_neither_the_file_nor_the_log(mock: Running, tmp_path: Path):
    file = tmp_path / "session.yaml"
    sent = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
    with serving(*recording(mock, file), "--log-level", "debug") as proxy:
        content = proxy.ask("POST", LOGIN, json.dumps(sent), **{"Content-Type": "application/json"})[2]
        token = json.loads(content)["accessToken"]
        proxy.ask("GET", IDENTITIES + PAYMENTS, Authorization=f"Bearer {token}")
        proxy.stop()
        logged = "".join(proxy.rest())
    for each in ("ops-admin-secret", token, ADMIN):
        assert each not in file.read_text()
        assert each not in logged
    assert 'clientSecret: "{clientSecret}"' in file.read_text()
