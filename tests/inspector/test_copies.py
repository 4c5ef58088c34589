"""Copied exchanges: the test that is copied runs and meets what was copied, the command holds no secret."""

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mockserver.control import copies, secrets
from mockserver.infisical.state import State
from mockserver.seeding.dump import dump
from tests.client import IDENTITIES, PAYMENTS, STATE, Client

ROOT = Path(__file__).parents[2]
UPDATE = IDENTITIES + PAYMENTS


async def rejected(server: Client) -> Any:
    return await server.update({"verifyTlsCertificate": True})


async def rejected_after_changes(server: Client) -> Any:
    await server.update({"accessTokenMaxTTL": 60, "accessTokenTTL": 60, "tokenReviewerJwt": "reviewer-good"})
    return await server.update({"accessTokenTTL": 61})


async def accepted(server: Client) -> Any:
    return await server.update({"allowedNames": "a'b\"c\\d\n'''é"})


async def of_a_created_identity(server: Client) -> Any:
    body = {"name": "new", "organizationId": "0a000000-0000-4000-8000-000000000001", "role": "member"}
    made = await server.send("POST", "/api/v1/identities", body)
    return await server.get(f"/api/v1/identities/{made.json['identity']['id']}")


async def without_a_token(server: Client) -> Any:
    return await server.send("PATCH", UPDATE, {"allowedNames": "a"}, token=None)


async def with_an_unknown_token(server: Client) -> Any:
    return await server.send("PATCH", UPDATE, {"allowedNames": "a"}, token="s3cret-unknown")


async def with_a_revoked_token(server: Client) -> Any:
    return await server.send("PATCH", UPDATE, {"allowedNames": "a"}, token="acme-revoked-token")


async def of_broken_json(server: Client) -> Any:
    return await server.send("PATCH", UPDATE, data=b'{"allowedNames": ', headers={"Content-Type": "application/json"})


async def through_a_fault(server: Client) -> Any:
    fault = {"kind": "status", "status": 403, "operation": "updateKubernetesAuth"}
    await server.send("POST", "/_mock/worlds/default/faults", fault, token=None)
    return await server.update({"allowedNames": "a"})


async def of_another_world(server: Client) -> Any:
    await server.send("POST", "/_mock/worlds", {"id": "other", "profile": "live", "asOf": "2026-05"}, token=None)
    await server.send("PATCH", f"/w/other{UPDATE}", {"allowedNames": "b"})
    return await server.send("PATCH", f"/w/other{UPDATE}", {"verifyTlsCertificate": "no"})


EXCHANGES = (
    rejected,
    rejected_after_changes,
    accepted,
    of_a_created_identity,
    without_a_token,
    with_an_unknown_token,
    with_a_revoked_token,
    of_broken_json,
    through_a_fault,
    of_another_world,
)


def run(folder: Path, source: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_copied.py").write_text(source)
    options = ("-q", "-p", "no:cacheprovider", "-p", "mockserver.testing.plugin")
    command = [sys.executable, "-m", "pytest", *options, "test_copied.py"]
    paths = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=paths, capture_output=True, text=True, timeout=100, check=False)


@pytest.mark.slow
@pytest.mark.extensive
@pytest.mark.parametrize("exchange", EXCHANGES, ids=lambda each: each.__name__)
async def test_the_copied_test_passes_where_it_is_run(server: Client, tmp_path: Path, exchange: Any):
    answer = await exchange(server)
    source = (await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/test")).content.decode()
    assert f"answer.status == {answer.status}" in source
    assert "s3cret" not in source
    ended = await asyncio.to_thread(run, tmp_path, source)
    assert "1 passed" in ended.stdout, source + ended.stdout


@pytest.mark.slow
@pytest.mark.extensive
async def test_the_copied_test_fails_where_the_answer_is_another(server: Client, tmp_path: Path):
    answer = await rejected(server)
    source = (await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/test")).content.decode()
    other = source.replace("'verifyTlsCertificate': True", "'verifyTlsCertificate': False")
    ended = await asyncio.to_thread(run, tmp_path, other)
    assert "1 failed" in ended.stdout


async def test_a_copied_test_says_which_proxies_it_does_not_trust(server: Client):
    body = {"id": "strict", "trustedProxies": ["10.0.0.0/8", "::1"]}
    await server.send("POST", "/_mock/worlds", body, token=None)
    for world, told in (("strict", True), ("default", False)):
        answer = await server.update({"allowedNames": 7}, headers={"Mock-World": world})
        copied = (await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/test")).content.decode()
        assert ("The world trusted the proxies 10.0.0.0/8, ::1/128: this test does not." in copied) is told


async def test_the_command_holds_no_secret_and_quotes_for_the_shell(server: Client):
    answer = await server.send(
        "PATCH", f"{UPDATE}?a=$(id)", {"tokenReviewerJwt": "s3cret", "allowedNames": "it's $HOME `id`"}
    )
    text = (await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/curl")).content.decode()
    assert "s3cret" not in text
    assert "acme-admin-token" not in text
    script = text.replace("TOKEN=...", "TOKEN=x").replace("curl -i", "printf '<%s>'", 1)
    shown = (await asyncio.to_thread(subprocess.run, ["/bin/sh", "-c", script], capture_output=True, text=True)).stdout
    assert "?a=$(id)>" in shown
    assert "it's $HOME `id`" in shown


async def test_an_exchange_that_is_gone_is_not_copied(server: Client):
    assert (await server.get("/_mock/requests/req-none/curl")).status == 404
    assert (await server.get("/_mock/requests/req-none/test")).status == 404


def whole(seed: State, state: State) -> dict[str, Any]:
    """The entries that differ, found by a comparison of the whole states."""
    before, then = (copies._keyed(secrets.masked(dump(each), "key")) for each in (seed, state))
    found: dict[str, Any] = {}
    for section in copies._SECTIONS:
        keys = dict.fromkeys((*then[section], *before[section]))
        changed = {key: then[section].get(key) for key in keys if then[section].get(key) != before[section].get(key)}
        if changed:
            found[section] = changed
    known = secrets.fingerprints(json.dumps(before))
    return json.loads(secrets.replaced(json.dumps(found), known, "a-secret-not-copied"))


async def test_only_what_differs_is_compared_and_the_result_is_that_of_the_whole(server: Client):
    world = server.mock.worlds.default
    state = await server.state()
    others = [each for each in state["identities"] if "kubernetesAuth" in each and each["id"] != PAYMENTS]
    home = next(each["organization"] for each in state["identities"] if each["id"] == PAYMENTS)
    other = next(each for each in others if each["organization"] == home and not each["hasDeleteProtection"])
    other["kubernetesAuth"]["tokenReviewerJwt"] = "only-of-another-identity"
    await server.send("PUT", f"{STATE}?as=seed", state, token=None)
    for jwt in ("only-of-another-identity", "nobody-has-it"):
        await server.update({"allowedNames": "a", "tokenReviewerJwt": jwt})
        assert copies._changed(world.seed, world.state, "key") == whole(world.seed, world.state)
    gone = await server.send("DELETE", f"/api/v1/identities/{other['id']}")
    assert gone.status == 200, gone.content
    found = copies._changed(world.seed, world.state, "key")
    assert found is not None
    assert found == whole(world.seed, world.state)
    assert found["identities"][other["id"]] is None
    assert found["identities"][PAYMENTS]["kubernetesAuth"]["tokenReviewerJwt"] == "a-secret-not-copied"


async def test_too_many_changes_are_not_copied(server: Client, monkeypatch: pytest.MonkeyPatch):
    await server.update({"allowedNames": "a"})
    world = server.mock.worlds.default
    whole = copies._changed(world.seed, world.state, "key")
    size = len(json.dumps(whole, separators=(",", ":")))
    monkeypatch.setattr(copies, "MAX_CHANGED", size)
    assert copies._changed(world.seed, world.state, "key") == whole
    monkeypatch.setattr(copies, "MAX_CHANGED", size - 1)
    assert copies._changed(world.seed, world.state, "key") is None
    monkeypatch.setattr(copies, "MAX_CHANGED", 39)
    monkeypatch.setattr(copies, "dump", None)
    assert copies._changed(world.seed, world.state, "key") is None, "it is known before anything is written"
