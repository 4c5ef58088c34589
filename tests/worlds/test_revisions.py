"""Revisions and snapshots: what changed, field by field, and the way back."""

import threading
from typing import Any

import pytest

from mockserver.control import background
from mockserver.control import revisions as control_revisions
from mockserver.control import verify as control_verify
from mockserver.worlds.changes import Change, changes
from mockserver.worlds.world import KEPT_BYTES
from tests.client import BARE, IDENTITIES, PAYMENTS, Answer, Client

WORLD = "/_mock/worlds/default"
RECORD = f"/identities/{PAYMENTS}/kubernetesAuth"
NOON = "2026-06-01T12:00:00.000Z"


async def revisions(client: Client, query: str = "") -> list[dict[str, Any]]:
    return (await client.get(f"{WORLD}/revisions{query}")).json["revisions"]


def pointers(revision: dict[str, Any]) -> set[str]:
    return {each["pointer"] for each in revision["changes"]}


async def frozen(client: Client) -> None:
    await client.send("PUT", f"{WORLD}/clock", {"now": NOON}, token=None)


async def test_a_change_is_told_field_by_field(server: Client):
    await frozen(server)
    before = await server.stored()
    answer = await server.update({"allowedNames": "web", "accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}]})
    [revision] = await revisions(server)
    assert revision == {
        "revision": 1,
        "at": NOON,
        "requestId": answer.headers["Mock-Request-Id"],
        "changes": [
            {
                "pointer": f"{RECORD}/accessTokenTrustedIps",
                "before": [{"ipAddress": "0.0.0.0/0"}, {"ipAddress": "::/0"}],
                "after": [{"ipAddress": "10.0.0.0/8"}],
            },
            {"pointer": f"{RECORD}/allowedNames", "before": "api", "after": "web"},
            {"pointer": f"{RECORD}/updatedAt", "before": before["updatedAt"], "after": NOON},
        ],
    }


async def test_what_changes_nothing_is_no_revision(server: Client):
    assert (await server.update({"allowedNames": 7})).status == 422
    assert (await server.update({})).status == 200
    assert (await server.update({"allowedNames": "x"}, token="acme-expired-token")).status == 403
    assert (await server.get(IDENTITIES + PAYMENTS, token="acme-admin-token")).status == 200
    assert await revisions(server) == []


async def test_counted_uses_of_a_token_are_no_revision(server: Client):
    await server.update({}, token="acme-three-uses-token")
    assert await revisions(server) == []
    assert (await server.get(f"{WORLD}")).json["revision"] == 0


async def test_secrets_are_masked(server: Client):
    await server.update({"tokenReviewerJwt": "reviewer-good"})
    [revision] = await revisions(server)
    [jwt] = [each for each in revision["changes"] if each["pointer"].endswith("tokenReviewerJwt")]
    assert jwt == {"pointer": f"{RECORD}/tokenReviewerJwt", "before": "", "after": "[REDACTED]"}
    assert "reviewer-good" not in str(revision)
    await server.send("POST", "/api/v1/auth/token/revoke", {"accessToken": "acme-office-token"}, token=None)
    await server.send("PUT", f"{WORLD}/state?secrets=clear", await server.state(), token=None)
    told = str(await revisions(server))
    for secret in ("acme-office-token", "acme-admin-token", "ops-admin-secret", "sa-payments-api"):
        assert secret not in told


async def test_what_comes_and_goes_is_told_too(server: Client):
    await frozen(server)
    made = await server.send("POST", "/api/v1/auth/token-auth/identities/" + BARE, {})
    token = await server.send("POST", f"/api/v1/auth/token-auth/identities/{BARE}/tokens", {"name": "ci"})
    await server.send("POST", f"/api/v1/auth/token-auth/tokens/{token.json['tokenData']['id']}/revoke")
    await server.send("DELETE", "/api/v1/auth/token-auth/identities/" + BARE)
    assert made.status == 200
    deleted, revoked, created, attached = await revisions(server)
    where = f"/identities/{BARE}/tokenAuth"
    assert f"{where}/accessTokenTTL" in pointers(attached)
    row = f"{where}/tokens/{token.json['tokenData']['id']}"
    assert {"pointer": f"{row}/name", "before": None, "after": "ci"} in created["changes"]
    assert {"pointer": f"{row}/revoked", "before": False, "after": True} in revoked["changes"]
    assert {"pointer": f"{where}/accessTokenTTL", "before": 2592000, "after": None} in deleted["changes"]


async def test_a_failed_login_counts_and_a_good_one_is_remembered(server: Client):
    path, admin = "/api/v1/auth/universal-auth/login", "1d000000-0000-4000-8000-000000000001"
    good = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
    await server.send("POST", path, {**good, "clientSecret": "wrong"}, token=None)
    await server.send("POST", path, good, token=None)
    login, failure = await revisions(server)
    failed = f"/identities/{admin}/universalAuth/failedLogins"
    assert {"pointer": failed, "before": 0, "after": 1} in failure["changes"]
    assert {"pointer": failed, "before": 1, "after": 0} in login["changes"]
    assert any(pointer.endswith("/lastLoginTime") for pointer in pointers(login))


async def test_they_can_be_asked_for_in_part(server: Client):
    for number in range(5):
        await server.update({"allowedNames": f"name-{number}"})
    assert [each["revision"] for each in await revisions(server, "?since=3")] == [5, 4]
    assert [each["revision"] for each in await revisions(server, "?limit=2")] == [5, 4]
    assert await revisions(server, "?since=5") == []


@pytest.mark.parametrize("query", ["limit=x", "limit=1001", "limit=-1", "since=-1", "since=x", "until=3"])
async def test_a_filter_that_cannot_be_read_is_refused(server: Client, query: str):
    assert (await server.get(f"{WORLD}/revisions?{query}")).json["error"] == "BadQuery"


async def test_only_the_latest_thousand_are_kept_and_the_rest_is_counted(server: Client):
    world = server.mock.worlds.default
    for _ in range(1005):
        world.commit(world.state)
    told = (await server.get(f"{WORLD}/revisions?limit=1")).json
    assert (told["revision"], told["evicted"]) == (1005, 5)
    assert world.state_at(4) is None
    assert world.state_at(5) is world.state_at(1005) is world.state
    assert world.state_at(1006) is None


async def test_large_ones_are_kept_up_to_a_bound_in_bytes(server: Client):
    world = server.mock.worlds.default
    certificate = "x" * 1_000_000
    for number in range(20):
        body = {"caCert": f"{number}{certificate}", "verifyTlsCertificate": True}
        assert (await server.update(body)).status == 200
    kept = world.revisions()
    assert [each.number for each in kept] == list(range(kept[0].number, 21))
    assert sum(each.size for each in kept) <= KEPT_BYTES < sum(each.size for each in kept) + kept[0].size
    world.commit(world.state, size=2 * KEPT_BYTES)
    assert [each.number for each in world.revisions()] == [21]


async def snapshot(client: Client, method: str, path: str = "", *body: Any) -> Answer:
    return await client.send(method, f"{WORLD}/snapshots{path}", *body, token=None)


async def test_a_snapshot_is_a_state_to_come_back_to(server: Client):
    await frozen(server)
    await server.update({"allowedNames": "first"})
    state = await server.state()
    assert (await snapshot(server, "POST", "", {"name": "one"})).json == {"name": "one"}
    await server.update({"allowedNames": "second"})
    await snapshot(server, "POST", "", {"name": "two"})
    assert (await snapshot(server, "GET")).json == {"snapshots": [{"name": "one"}, {"name": "two"}]}
    assert (await snapshot(server, "POST", "/one/restore")).status == 204
    assert await server.state() == state
    [latest] = await revisions(server, "?since=2")
    assert {"pointer": f"{RECORD}/allowedNames", "before": "second", "after": "first"} in latest["changes"]
    assert latest["requestId"] is None
    assert (await snapshot(server, "DELETE", "/one")).status == 204
    assert (await snapshot(server, "DELETE", "/one")).status == 404
    assert (await snapshot(server, "POST", "/one/restore")).status == 404
    assert (await snapshot(server, "GET")).json == {"snapshots": [{"name": "two"}]}


async def test_a_snapshot_of_the_same_name_takes_the_place_of_the_old_one(server: Client):
    await snapshot(server, "POST", "", {"name": "one"})
    await server.update({"allowedNames": "later"})
    await snapshot(server, "POST", "", {"name": "one"})
    await server.update({"allowedNames": "latest"})
    await snapshot(server, "POST", "/one/restore")
    assert (await server.stored())["allowedNames"] == "later"


@pytest.mark.parametrize(
    "body", [{}, {"name": ""}, {"name": "a/b"}, {"name": "a" * 65}, {"name": 1}, {"name": "a", "x": 1}]
)
async def test_a_snapshot_that_has_no_good_name_is_refused(server: Client, body: dict[str, Any]):
    answer = await snapshot(server, "POST", "", body)
    assert (answer.status, answer.json["error"]) == (400, "BadBody")
    assert (await snapshot(server, "GET")).json == {"snapshots": []}


async def test_there_is_a_bound_on_snapshots(server: Client):
    for number in range(100):
        assert (await snapshot(server, "POST", "", {"name": f"n{number}"})).status == 201
    assert (await snapshot(server, "POST", "", {"name": "more"})).status == 429
    assert (await snapshot(server, "POST", "", {"name": "n7"})).status == 201


async def test_snapshots_outlive_a_reset_of_the_world(server: Client):
    await server.update({"allowedNames": "kept"})
    await snapshot(server, "POST", "", {"name": "one"})
    await server.send("POST", f"{WORLD}/reset", token=None)
    assert (await server.stored())["allowedNames"] == "api"
    await snapshot(server, "POST", "/one/restore")
    assert (await server.stored())["allowedNames"] == "kept"


async def test_a_restored_snapshot_names_the_identities_that_came_back(server: Client):
    world = server.mock.worlds.default
    await server.update({"allowedNames": "early"})
    await server.send("POST", f"{WORLD}/snapshots", {"name": "one"}, token=None)
    await server.update({"allowedNames": "late"})
    await server.send("POST", f"/api/v1/auth/token-auth/identities/{BARE}", {})
    for _ in range(2):
        assert (await server.send("POST", f"{WORLD}/snapshots/one/restore", token=None)).status == 204
        assert world.revisions()[-1].touched == {PAYMENTS, BARE}
    again, back, *_ = await revisions(server)
    assert again["changes"] == []
    assert {"pointer": f"{RECORD}/allowedNames", "before": "late", "after": "early"} in back["changes"]
    assert any(each.startswith(f"/identities/{BARE}/tokenAuth/") for each in pointers(back))


async def test_a_snapshot_from_before_the_kept_revisions_is_compared_as_a_whole(server: Client):
    world = server.mock.worlds.default
    await server.send("POST", f"{WORLD}/snapshots", {"name": "one"}, token=None)
    await server.update({"allowedNames": "late"})
    await server.send("PUT", f"{WORLD}/state", await server.state(), token=None)
    await server.send("POST", f"{WORLD}/snapshots/one/restore", token=None)
    assert [each.touched for each in world.revisions()] == [None, None]
    assert f"{RECORD}/allowedNames" in pointers((await revisions(server))[0])
    await server.send("POST", f"{WORLD}/reset", token=None)
    await server.send("POST", f"{WORLD}/snapshots/one/restore", token=None)
    assert world.revisions()[-1].touched is None, "the revisions of another life are not those of this one"


async def test_many_identities_are_compared_in_a_thread(server: Client, monkeypatch: pytest.MonkeyPatch):
    await server.update({"allowedNames": "one"})
    server.mock.worlds.default.commit(server.mock.worlds.default.seed)
    wanted = {"state": {"from": 0, "to": 2, "changed": []}}
    told = [await revisions(server), (await server.send("POST", "/_mock/requests/verify", wanted, token=None)).json]
    threads: list[threading.Thread] = []

    def noted(*arguments: Any) -> list[Change]:
        threads.append(threading.current_thread())
        return changes(*arguments)

    for module in (control_revisions, control_verify):
        monkeypatch.setattr(module, "changes", noted)
    monkeypatch.setattr(background, "LARGE_STATE", 1)
    again = [await revisions(server), (await server.send("POST", "/_mock/requests/verify", wanted, token=None)).json]
    assert again == told
    here = threading.main_thread()
    assert [each is here for each in threads] == [False, True, False]
