"""Token Auth of an identity, attached, shown, changed and taken away: what is answered, and what comes of it."""

import re
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import STATE, Client
from tests.conftest import Serve
from tests.infisical.token_auth.world import BARE, EVERYWHERE, ISO_NOW, STATIC, STATIC_RECORD, Asker

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
ONE = f"identities/{STATIC}"
STORED = {
    "id": STATIC_RECORD,
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 7200,
    "accessTokenNumUsesLimit": 0,
    "accessTokenTrustedIps": EVERYWHERE,
    "createdAt": "2026-01-02T03:04:05.678Z",
    "updatedAt": "2026-02-03T04:05:06.789Z",
    "identityId": STATIC,
    "accessTokenPeriod": 0,
}


def record(answer: Any) -> dict[str, Any]:
    assert answer.status == 200, answer.content
    assert list(answer.json) == ["identityTokenAuth"]
    return answer.json["identityTokenAuth"]


async def test_get_shows_the_record(acme: Asker):
    assert record(await acme.ask("GET", ONE)) == STORED
    assert record(await acme.ask("GET", ONE.upper().replace("IDENTITIES", "identities"))) == STORED


async def test_attach_stores_the_defaults_of_the_service(acme: Asker):
    new = record(await acme.ask("POST", f"identities/{BARE}", {}))
    assert re.fullmatch(UUID, new.pop("id"))
    assert new == {
        "accessTokenTTL": 2592000,
        "accessTokenMaxTTL": 2592000,
        "accessTokenNumUsesLimit": 0,
        "accessTokenTrustedIps": EVERYWHERE,
        "createdAt": ISO_NOW,
        "updatedAt": ISO_NOW,
        "identityId": BARE,
        "accessTokenPeriod": 0,
    }


async def test_attach_stores_what_is_sent(acme: Asker):
    body = {
        "accessTokenTrustedIps": [{"ipAddress": " 10.0.0.5/8 "}, {"ipAddress": "2001:db8::1"}],
        "accessTokenTTL": 60.0,
        "accessTokenMaxTTL": 1.2e2,
        "accessTokenNumUsesLimit": 2**53,
    }
    new = record(await acme.ask("POST", f"identities/{BARE}", body))
    assert {name: new[name] for name in body} == {
        "accessTokenTrustedIps": [
            {"type": "ipv4", "prefix": 8, "ipAddress": "10.0.0.5"},
            {"type": "ipv6", "ipAddress": "2001:db8::1"},
        ],
        "accessTokenTTL": 60,
        "accessTokenMaxTTL": 120,
        "accessTokenNumUsesLimit": 2**53,
    }
    assert [type(new[name]) for name in ("accessTokenTTL", "accessTokenMaxTTL")] == [int, int]
    assert record(await acme.ask("GET", f"identities/{BARE}")) == new


@pytest.mark.parametrize("id", [f"%20{BARE}", f"{BARE}%EF%BB%BF", BARE.upper()])
async def test_attach_and_update_trim_the_id_and_take_any_case(id: str, acme: Asker):
    assert record(await acme.ask("POST", f"identities/{id}", {}))["identityId"] == BARE
    changed = record(await acme.ask("PATCH", f"identities/{id}", {"accessTokenTTL": 60}))
    assert (changed["identityId"], changed["accessTokenTTL"]) == (BARE, 60)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_get_and_revoke_do_not_trim_it(method: str, acme: Asker, profile: Profile):
    answer = await acme.ask(method, f"identities/%20{STATIC}")
    assert (answer.rule, answer.status) == ("identity.uuid", 404 if profile is Profile.CONTRACT else 500)


@pytest.mark.parametrize(
    ("body", "changed"),
    [
        ({"accessTokenTTL": 60}, {"accessTokenTTL": 60}),
        ({"accessTokenTTL": 0}, {"accessTokenTTL": 0}),
        ({"accessTokenMaxTTL": 0}, {"accessTokenMaxTTL": 0}),
        ({"accessTokenMaxTTL": 9000}, {"accessTokenMaxTTL": 9000}),
        ({"accessTokenNumUsesLimit": 5}, {"accessTokenNumUsesLimit": 5}),
        ({"accessTokenTTL": 3600}, {}),
        (
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.1"}]},
            {"accessTokenTrustedIps": [{"type": "ipv4", "ipAddress": "10.0.0.1"}]},
        ),
        ({"accessTokenTTL": 9000, "accessTokenMaxTTL": 9000}, {"accessTokenTTL": 9000, "accessTokenMaxTTL": 9000}),
    ],
    ids=str,
)
async def test_update_changes_what_is_sent_and_the_time(body: Any, changed: Any, acme: Asker):
    expected = {**STORED, **changed, "updatedAt": ISO_NOW}
    assert record(await acme.ask("PATCH", ONE, body)) == expected
    assert record(await acme.ask("GET", ONE)) == expected


async def test_delete_answers_the_record_and_leaves_none(acme: Asker):
    assert record(await acme.ask("DELETE", ONE)) == STORED
    for method, body, rule, status in (
        ("GET", None, "get.not-attached", 404),
        ("DELETE", None, "revoke.not-attached", 400),
        ("PATCH", {"accessTokenTTL": 1}, "update.not-attached", 400),
    ):
        answer = await acme.ask(method, ONE, *([] if body is None else [body]))
        assert (answer.rule, answer.status) == (rule, status)


async def test_delete_ends_the_tokens_and_takes_their_rows(acme: Asker):
    tokens = [await acme.made(), await acme.made()]
    renewed = (await acme.renew(tokens[0]["accessToken"])).json["accessToken"]
    other = await acme.made("1d000000-0000-4000-8000-000000000014")
    assert (await acme.ask("DELETE", ONE)).status == 200
    for token in (*(each["accessToken"] for each in tokens), renewed):
        assert await acme.can_call(token) == "token.revoked"
        assert (await acme.renew(token)).rule == "token.revoked"
    for each in tokens:
        answer = await acme.ask("GET", f"tokens/{each['tokenData']['id']}")
        assert (answer.status, answer.rule) == (404, "token-auth.token.unknown")
    assert (await acme.row(other["tokenData"]["id"]))["isAccessTokenRevoked"] is False
    assert await acme.can_call(other["accessToken"]) == "get.not-attached"


async def test_delete_leaves_the_fixed_tokens_of_the_identity(acme: Asker):
    await acme.ask("DELETE", ONE)
    assert await acme.can_call("static-token") == "get.not-attached"


async def test_attached_again_it_is_another_record_and_old_tokens_stay_dead(acme: Asker):
    old = await acme.made()
    await acme.ask("DELETE", ONE)
    acme.later(1)
    again = record(await acme.ask("POST", ONE, {"accessTokenTTL": 60, "accessTokenMaxTTL": 60}))
    assert again["id"] != STATIC_RECORD
    assert (await acme.ask("GET", f"{ONE}/tokens")).json == {"tokens": []}
    assert await acme.can_call(old["accessToken"]) == "token.revoked"
    new = await acme.made()
    assert new["expiresIn"] == 60
    assert await acme.can_call(new["accessToken"]) == "accepted"


async def test_a_change_of_trusted_ips_counts_for_tokens_at_once_and_one_of_ttls_does_not(acme: Asker):
    token = (await acme.made())["accessToken"]
    office = {"X-Real-IP": "203.0.113.7"}
    change = {"accessTokenTrustedIps": [{"ipAddress": "203.0.113.0/24"}], "accessTokenTTL": 1, "accessTokenMaxTTL": 1}
    await acme.ask("PATCH", ONE, change)
    assert await acme.can_call(token) == "token.address"
    acme.later(3599)
    assert await acme.can_call(token, headers=office) == "accepted"
    acme.later(1)
    assert await acme.can_call(token, headers=office) == "token.expired"


async def test_the_record_is_in_the_state_and_comes_back_with_it(acme: Asker):
    body = {"accessTokenTTL": 5, "accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}]}
    new = record(await acme.ask("POST", f"identities/{BARE}", body))
    document = await acme.client.state()
    await acme.client.send("POST", "/_mock/reset", token=None)
    assert (await acme.ask("GET", f"identities/{BARE}")).rule == "get.not-attached"
    assert (await acme.client.send("PUT", STATE, document, token=None)).status == 204
    assert record(await acme.ask("GET", f"identities/{BARE}")) == new


@pytest.fixture
async def bundled(serve: Serve) -> Client:
    """The bundled world."""
    return await serve()


@pytest.mark.parametrize(
    ("identity", "ttl", "uses"),
    [("1d000000-0000-4000-8000-000000000030", 3600, 0), ("1d000000-0000-4000-8000-000000000031", 0, 2)],
)
async def test_the_bundled_world_has_token_auth(identity: str, ttl: int, uses: int, bundled: Client):
    path = f"/api/v1/auth/token-auth/identities/{identity}"
    shown = record(await bundled.send("GET", path))
    assert (shown["accessTokenTTL"], shown["accessTokenNumUsesLimit"]) == (ttl, uses)
    token = (await bundled.send("POST", f"{path}/tokens", {})).json["accessToken"]
    office = {"X-Real-IP": "203.0.113.7"}
    assert (await bundled.send("GET", path, token=token, headers=office)).status == 200


async def test_the_bundled_world_has_a_fixed_token_beside_it(bundled: Client):
    path = "/api/v1/auth/token-auth/identities/1d000000-0000-4000-8000-000000000030"
    assert (await bundled.send("GET", path, token="acme-static-token")).status == 200
    assert (await bundled.send("GET", f"{path}/tokens", token="acme-static-token")).json == {"tokens": []}
