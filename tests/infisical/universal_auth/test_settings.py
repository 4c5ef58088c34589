"""Attach, get, update and revoke: what is stored, what is answered, and what becomes of tokens (behaviour 9)."""

import re
from typing import Any

import pytest

from tests.client import ADMIN, BARE, HOBBY_ADMIN, HOBBYIST, OPS_ADMIN, Answer, Client
from tests.conftest import Serve
from tests.infisical.universal_auth.robots import ABOUT, GOOD, ROBOT, SECRET, claims, login, secrets, turned_by_hand

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
EVERYWHERE = [
    {"type": "ipv4", "prefix": 0, "ipAddress": "0.0.0.0"},
    {"type": "ipv6", "prefix": 0, "ipAddress": "::"},
]
DEFAULTS = {
    "accessTokenTTL": 2592000,
    "accessTokenMaxTTL": 2592000,
    "accessTokenNumUsesLimit": 0,
    "clientSecretTrustedIps": EVERYWHERE,
    "accessTokenTrustedIps": EVERYWHERE,
    "accessTokenPeriod": 0,
    "lockoutEnabled": True,
    "lockoutThreshold": 3,
    "lockoutDurationSeconds": 300,
    "lockoutCounterResetSeconds": 30,
}
OF_ITS_OWN = {"id", "clientId", "identityId", "createdAt", "updatedAt"}
NOW = "2027-01-15T08:00:00.000Z"
ROBOTS = {
    **DEFAULTS,
    "id": "5b000000-0000-4000-8000-000000000020",
    "clientId": "c1000000-0000-4000-8000-000000000020",
    "identityId": ROBOT,
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 7200,
    "accessTokenNumUsesLimit": 50,
    "lockoutThreshold": 5,
    "lockoutDurationSeconds": 600,
    "lockoutCounterResetSeconds": 60,
    "createdAt": "2026-01-02T03:04:05.678Z",
    "updatedAt": "2026-01-02T03:04:05.678Z",
}


def record(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer.content
    assert set(answer.json) == {"identityUniversalAuth"}
    return answer.json["identityUniversalAuth"]


async def attach(client: Client, json: Any, identity: str = BARE, **more: Any) -> Answer:
    return await client.send("POST", ABOUT + identity, json, **more)


async def update(client: Client, json: Any, identity: str = ROBOT) -> Answer:
    return await client.send("PATCH", ABOUT + identity, json)


async def get(client: Client, identity: str = ROBOT, token: str = ADMIN) -> Answer:
    return await client.send("GET", ABOUT + identity, token=token)


@pytest.fixture
async def asked(serve: Serve, profile: str) -> Client:
    """A server of either profile at a fixed time."""
    client = await serve(profile=profile)
    turned_by_hand(client)
    return client


async def test_what_is_not_sent_on_attach_has_the_defaults_of_the_service(asked: Client):
    made = record(await attach(asked, {}))
    assert {key: value for key, value in made.items() if key not in OF_ITS_OWN} == DEFAULTS
    assert set(made) == DEFAULTS.keys() | OF_ITS_OWN
    assert made["identityId"] == BARE
    assert (made["createdAt"], made["updatedAt"]) == (NOW, NOW)
    assert UUID.fullmatch(made["id"])
    assert UUID.fullmatch(made["clientId"])
    assert made["id"] != made["clientId"]
    assert record(await get(asked, BARE)) == made


async def test_a_new_attach_is_another_record_of_another_client(server: Client):
    first = record(await attach(server, {}))
    record(await server.send("DELETE", ABOUT + BARE))
    second = record(await attach(server, {}))
    assert first["id"] != second["id"]
    assert first["clientId"] != second["clientId"]


SENT = {
    "accessTokenTTL": 60,
    "accessTokenMaxTTL": 315360000,
    "accessTokenNumUsesLimit": 7.0,
    "accessTokenPeriod": 3.6e3,
    "lockoutEnabled": False,
    "lockoutThreshold": 30,
    "lockoutDurationSeconds": 86400.0,
    "lockoutCounterResetSeconds": 5,
    "clientSecretTrustedIps": [{"ipAddress": " 10.0.0.5/8 "}, {"ipAddress": "::1"}],
    "accessTokenTrustedIps": [{"ipAddress": "203.0.113.7"}],
}
STORED = {
    **SENT,
    "accessTokenNumUsesLimit": 7,
    "accessTokenPeriod": 3600,
    "lockoutDurationSeconds": 86400,
    "clientSecretTrustedIps": [
        {"type": "ipv4", "prefix": 8, "ipAddress": "10.0.0.5"},
        {"type": "ipv6", "ipAddress": "::1"},
    ],
    "accessTokenTrustedIps": [{"type": "ipv4", "ipAddress": "203.0.113.7"}],
}


@pytest.mark.parametrize("name", SENT)
async def test_each_field_is_stored_by_itself(asked: Client, name: str):
    ordered = {"accessTokenMaxTTL": {"accessTokenTTL": 0}}.get(name, {})
    made = record(await attach(asked, {name: SENT[name], **ordered}))
    kept = {key: value for key, value in made.items() if key not in OF_ITS_OWN | {name, *ordered}}
    assert made[name] == STORED[name]
    assert type(made[name]) is type(STORED[name])
    assert kept == {key: value for key, value in DEFAULTS.items() if key not in {name, *ordered}}
    changed = record(await update(asked, {name: SENT[name]}))
    assert changed == {**ROBOTS, name: STORED[name], "updatedAt": NOW}
    assert record(await get(asked)) == changed


async def test_all_fields_are_stored_together(asked: Client):
    made = record(await attach(asked, SENT))
    assert {key: value for key, value in made.items() if key not in OF_ITS_OWN} == STORED
    assert record(await update(asked, SENT)) == {**ROBOTS, **STORED, "updatedAt": NOW}


async def test_a_value_that_is_stored_already_is_an_update_too(asked: Client):
    assert record(await update(asked, {"lockoutThreshold": 5})) == {**ROBOTS, "updatedAt": NOW}


@pytest.mark.parametrize("body", [{}, {"identityId": ROBOT}], ids=["nothing", "what the service drops"])
async def test_an_update_of_nothing_leaves_the_record(server: Client, live: Client, body: dict[str, Any]):
    by_contract, by_service = await update(server, body), await update(live, body)
    if body:
        assert (by_contract.status, by_contract.rule) == (422, "contract.unrecognized-keys")
    else:
        assert record(by_contract) == ROBOTS
    assert (by_service.status, by_service.error, by_service.rule) == (500, "Update by id", "update.nothing-to-write")
    assert record(await get(server)) == record(await get(live)) == ROBOTS


@pytest.mark.parametrize(
    ("body", "refused_by"),
    [
        ({"accessTokenTTL": 0, "accessTokenMaxTTL": 0}, None),
        ({"accessTokenTTL": 0, "accessTokenMaxTTL": 60}, None),
        ({"accessTokenTTL": 60, "accessTokenMaxTTL": 60}, None),
        ({"accessTokenTTL": 61, "accessTokenMaxTTL": 60}, "attach.ttl.body"),
        ({"accessTokenTTL": 60, "accessTokenMaxTTL": 0}, "attach.ttl.body"),
        ({"accessTokenMaxTTL": 2591999}, "attach.ttl.body"),
        ({"accessTokenMaxTTL": 0}, "attach.ttl.body"),
        ({"accessTokenTTL": 2592001}, "attach.ttl.body"),
        ({"accessTokenTTL": 2592000}, None),
    ],
)
async def test_on_attach_the_ttl_is_not_above_the_max_ttl(asked: Client, body: dict[str, int], refused_by: str | None):
    answer = await attach(asked, body)
    assert answer.rule == (refused_by or "accepted")
    if refused_by:
        assert answer.issues == [("custom", ())]


@pytest.mark.parametrize(
    ("body", "status", "rule"),
    [
        ({"accessTokenTTL": 0}, 200, "accepted"),
        ({"accessTokenTTL": 3600}, 200, "accepted"),
        ({"accessTokenTTL": 7200}, 200, "accepted"),
        ({"accessTokenTTL": 7201}, 400, "update.ttl.stored-max"),
        ({"accessTokenTTL": 7201, "accessTokenMaxTTL": 0}, 400, "update.ttl.stored-max"),
        ({"accessTokenMaxTTL": 0}, 200, "accepted"),
        ({"accessTokenMaxTTL": 7199}, 400, "update.ttl.stored-max"),
        ({"accessTokenMaxTTL": 7200}, 200, "accepted"),
        ({"accessTokenTTL": 3600, "accessTokenMaxTTL": 3600}, 200, "accepted"),
        ({"accessTokenTTL": 3601, "accessTokenMaxTTL": 3600}, 422, "update.ttl.body"),
        ({"accessTokenTTL": 0, "accessTokenMaxTTL": 3600}, 400, "update.ttl.stored-max"),
    ],
)
async def test_on_update_the_stored_max_ttl_stands_in_for_what_is_not_sent(
    asked: Client, body: dict[str, int], status: int, rule: str
):
    answer = await update(asked, body)
    assert (answer.status, answer.rule) == (status, rule)
    if status == 422:
        assert answer.issues == [("custom", ())]
    assert record(await get(asked)) == ({**ROBOTS, **body, "updatedAt": NOW} if status == 200 else ROBOTS)


@pytest.mark.parametrize("field", ["clientSecretTrustedIps", "accessTokenTrustedIps"])
async def test_without_allowlisting_only_two_texts_can_be_trusted(asked: Client, field: str):
    both = [{"ipAddress": "::/0"}, {"ipAddress": "0.0.0.0/0"}]
    made = record(await attach(asked, {field: both}, HOBBYIST, token=HOBBY_ADMIN))
    assert made[field] == EVERYWHERE[::-1]
    answer = await asked.send(
        "PATCH", ABOUT + HOBBYIST, {field: [*both, {"ipAddress": "10.0.0.0/8"}]}, token=HOBBY_ADMIN
    )
    assert (answer.status, answer.error, answer.rule) == (400, "BadRequest", "trusted-ips.plan")
    unreadable = await update(asked, {field: [{"ipAddress": "10.0.0.0/33"}]})
    assert (unreadable.status, unreadable.rule) == (400, "trusted-ips.valid")


async def test_the_trusted_ips_of_client_secrets_are_asked_first(server: Client):
    body = {name: [{"ipAddress": name}] for name in ("accessTokenTrustedIps", "clientSecretTrustedIps")}
    answer = await update(server, body)
    assert (answer.rule, "clientSecretTrustedIps" in answer.json["message"]) == ("trusted-ips.valid", True)


async def test_a_good_delete_answers_the_record_that_was_and_takes_all_that_hangs_on_it(asked: Client):
    token = (await login(asked)).json["accessToken"]
    assert (await get(asked, token=token)).status == 200
    assert record(await asked.send("DELETE", ABOUT + ROBOT)) == ROBOTS
    assert (await get(asked, token=token)).rule == "token.revoked"
    assert (await get(asked)).rule == "get.not-attached"
    assert (await login(asked)).rule == "universal-login.client-id"
    assert ROBOT not in asked.mock.worlds.default.state.universal_auths.secrets
    made = record(await attach(asked, {}, ROBOT))
    assert made["clientId"] != ROBOTS["clientId"]
    listed = await asked.send("GET", f"{ABOUT}{ROBOT}/client-secrets")
    assert listed.json == {"clientSecretData": []}


async def test_a_delete_spares_the_tokens_of_other_methods(server: Client):
    """The admin's own token is one of Token Auth."""
    assert (await server.send("DELETE", ABOUT + OPS_ADMIN)).status == 200
    assert (await get(server)).status == 200


async def test_an_update_is_felt_by_new_tokens_only_but_for_the_trusted_ips(asked: Client):
    answer = await login(asked)
    token, before = answer.json["accessToken"], claims(answer)
    record(await update(asked, {"accessTokenTTL": 60, "accessTokenNumUsesLimit": 1}))
    assert [(await get(asked, token=token)).status for _ in range(2)] == [200, 200]
    after = claims(await login(asked))
    assert (before["accessTokenTTL"], after["accessTokenTTL"]) == (3600, 60)
    assert (before["numUsesLimit"], after["numUsesLimit"]) == (50, 1)
    record(await update(asked, {"accessTokenTrustedIps": [{"ipAddress": "203.0.113.7"}]}))
    refused = await get(asked, token=token)
    assert (refused.status, refused.error, refused.rule) == (403, "ForbiddenError", "token.address")
    assert (await asked.send("GET", ABOUT + ROBOT, token=token, headers={"X-Real-IP": "203.0.113.7"})).status == 200


async def test_an_update_keeps_client_id_and_client_secrets(asked: Client):
    before = await secrets(asked)
    record(await update(asked, {"lockoutEnabled": False}))
    assert await secrets(asked) == before
    assert before[GOOD]["secret"] == SECRET
    assert (await login(asked)).status == 200


async def test_what_an_attach_stores_can_be_put_back(asked: Client):
    record(await attach(asked, {"accessTokenPeriod": 2**62, "accessTokenNumUsesLimit": 2**62}))
    state = await asked.state()
    assert (await asked.send("PUT", "/_mock/worlds/default/state", state)).status == 204
    assert await asked.state() == state
