"""Client secrets: made, listed, looked at, revoked (behaviour 9)."""

import re
from typing import Any

import pytest

from tests.client import BARE, Answer, Client
from tests.conftest import Serve
from tests.infisical.universal_auth.robots import (
    ABOUT,
    EXPIRED,
    GOOD,
    OFFICE,
    ONCE,
    REVOKED,
    ROBOT,
    SECRET,
    SPENT,
    login,
    secrets,
    turned_by_hand,
)

KEYS = {
    "id",
    "createdAt",
    "updatedAt",
    "description",
    "clientSecretPrefix",
    "clientSecretNumUses",
    "clientSecretNumUsesLimit",
    "clientSecretTTL",
    "identityUAId",
    "isClientSecretRevoked",
}
NOW = "2027-01-15T08:00:00.000Z"
SECRETS = f"{ABOUT}{ROBOT}/client-secrets"
SEEDED = {
    "id": GOOD,
    "createdAt": "2026-01-02T03:04:05.678Z",
    "updatedAt": "2026-01-02T03:04:05.678Z",
    "description": "pipeline",
    "clientSecretPrefix": "robo",
    "clientSecretNumUses": 0,
    "clientSecretNumUsesLimit": 0,
    "clientSecretTTL": 0,
    "identityUAId": "5b000000-0000-4000-8000-000000000020",
    "isClientSecretRevoked": False,
}


@pytest.fixture
async def asked(serve: Serve, profile: str) -> Client:
    """A server of either profile at a fixed time."""
    client = await serve(profile=profile)
    turned_by_hand(client)
    return client


async def create(client: Client, json: Any, identity: str = ROBOT) -> Answer:
    return await client.send("POST", f"{ABOUT}{identity}/client-secrets", json)


async def listed(client: Client, identity: str = ROBOT) -> list[dict[str, Any]]:
    answer = await client.send("GET", f"{ABOUT}{identity}/client-secrets")
    assert set(answer.json) == {"clientSecretData"}
    return answer.json["clientSecretData"]


async def test_a_new_client_secret_has_the_defaults_of_the_service(asked: Client):
    answer = await create(asked, {})
    assert answer.status == 200
    assert set(answer.json) == {"clientSecret", "clientSecretData"}
    secret, data = answer.json["clientSecret"], answer.json["clientSecretData"]
    assert re.fullmatch(r"[0-9a-f]{64}", secret)
    assert data == {**SEEDED, "id": data["id"], "createdAt": NOW, "updatedAt": NOW, "description": ""} | {
        "clientSecretPrefix": secret[:4]
    }
    assert set(data) == KEYS
    assert (await asked.send("GET", f"{SECRETS}/{data['id']}")).json == {"clientSecretData": data}
    assert (await login(asked, secret)).status == 200


@pytest.mark.parametrize(
    ("body", "stored"),
    [
        ({"description": " of \ufeff Acme \n"}, {"description": "of \ufeff Acme"}),
        ({"description": "  "}, {"description": ""}),
        ({"description": " " * 9 + "a" * 255 + " " * 9}, {"description": "a" * 255}),
        ({"ttl": 315360000}, {"clientSecretTTL": 315360000}),
        ({"ttl": 60.0}, {"clientSecretTTL": 60}),
        ({"numUsesLimit": 3}, {"clientSecretNumUsesLimit": 3}),
        ({"numUsesLimit": 1e3}, {"clientSecretNumUsesLimit": 1000}),
        ({"numUsesLimit": 2**62}, {"clientSecretNumUsesLimit": 4611686018427388000}),
    ],
)
async def test_what_is_sent_is_stored(asked: Client, body: dict[str, Any], stored: dict[str, Any]):
    data = (await create(asked, body)).json["clientSecretData"]
    assert {key: data[key] for key in stored} == stored
    assert {key: type(data[key]) for key in stored} == {key: type(value) for key, value in stored.items()}
    changed = {"id", "createdAt", "updatedAt", "clientSecretPrefix", "description", *stored}
    assert {key: data[key] for key in KEYS - changed} == {key: SEEDED[key] for key in KEYS - changed}
    assert (await listed(asked))[-1] == data


async def test_every_secret_is_another_one_and_the_same_seed_makes_the_same(serve: Serve):
    one, other = await serve(seed=1), await serve(seed=1)
    made = [[(await create(client, {})).json["clientSecret"] for _ in range(5)] for client in (one, other)]
    assert len(set(made[0])) == 5
    assert made[0] == made[1]


async def test_only_the_answer_that_makes_it_shows_a_secret_and_the_journal_not_even_that(server: Client):
    answer = await create(server, {})
    secret = answer.json["clientSecret"].encode()
    shown = [
        await server.send("GET", SECRETS),
        await server.send("GET", f"{SECRETS}/{answer.json['clientSecretData']['id']}"),
        await server.send("POST", f"{SECRETS}/{answer.json['clientSecretData']['id']}/revoke"),
        await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}"),
        await server.get("/_mock/worlds/default/state"),
    ]
    assert [each.status for each in shown] == [200] * 5
    assert not any(secret in each.content for each in shown)


async def test_the_list_has_all_that_are_not_revoked_the_oldest_first(server: Client):
    found = await listed(server)
    assert [each["id"] for each in found] == [GOOD, EXPIRED, ONCE, SPENT]
    assert found[0] == SEEDED
    made = (await create(server, {})).json["clientSecretData"]
    assert await listed(server) == [*found, made]


async def test_an_identity_without_client_secrets_has_an_empty_list(server: Client):
    assert (await server.send("POST", ABOUT + BARE, {})).status == 200
    assert await listed(server, BARE) == []


async def test_a_revoked_one_can_be_looked_at(server: Client):
    found = (await server.send("GET", f"{SECRETS}/{REVOKED}")).json["clientSecretData"]
    assert (found["id"], found["isClientSecretRevoked"]) == (REVOKED, True)
    assert set(found) == KEYS


@pytest.mark.parametrize("rest", ["", "/revoke"])
@pytest.mark.parametrize(
    "secret_id",
    ["x", "%20", "5c000000-0000-4000-8000-0000000000ff", f"%20{GOOD}", "5b000000-0000-4000-8000-000000000020"],
)
async def test_an_id_of_none_is_not_found_even_if_it_is_no_uuid(asked: Client, secret_id: str, rest: str):
    answer = await asked.send("POST" if rest else "GET", f"{SECRETS}/{secret_id}{rest}")
    assert (answer.status, answer.error, answer.rule) == (404, "NotFound", "client-secret.unknown")
    assert ROBOT in answer.json["message"]


async def test_a_client_secret_belongs_to_one_identity(server: Client):
    answer = await server.send("GET", f"{ABOUT}{OFFICE}/client-secrets/{GOOD}")
    assert answer.rule == "client-secret.unknown"
    answer = await server.send("POST", f"{ABOUT}{OFFICE}/client-secrets/{GOOD}/revoke")
    assert answer.rule == "client-secret.unknown"
    assert (await secrets(server))[GOOD]["revoked"] is False


async def test_the_id_of_a_client_secret_is_text_so_its_case_counts(server: Client):
    assert (await server.send("GET", f"{SECRETS}/{GOOD.upper()}")).rule == "client-secret.unknown"


async def test_a_revoked_client_secret_stays_and_takes_its_tokens_with_it(asked: Client):
    other = (await create(asked, {})).json["clientSecret"]
    mine = (await login(asked)).json["accessToken"]
    others = (await login(asked, other)).json["accessToken"]
    answer = await asked.send("POST", f"{SECRETS}/{GOOD}/revoke")
    revoked = {**SEEDED, "clientSecretNumUses": 1, "isClientSecretRevoked": True, "updatedAt": NOW}
    assert (answer.status, answer.json) == (200, {"clientSecretData": revoked})
    assert GOOD not in [each["id"] for each in await listed(asked)]
    assert (await asked.send("GET", SECRETS, token=mine)).rule == "token.revoked"
    assert (await asked.send("GET", ABOUT + ROBOT, token=others)).status == 200
    assert (await login(asked)).rule == "universal-login.secret"
    assert (await login(asked, other)).status == 200


async def test_a_client_secret_can_be_revoked_again(asked: Client):
    assert (await asked.send("POST", f"{SECRETS}/{GOOD}/revoke")).status == 200
    again = await asked.send("POST", f"{SECRETS}/{GOOD}/revoke", {"any": "body is ignored"})
    assert (again.status, again.json["clientSecretData"]["isClientSecretRevoked"]) == (200, True)


async def test_another_identity_with_the_same_text_as_secret_is_not_touched(server: Client):
    """Client secrets are looked for under their client id only."""
    state = await server.state()
    office = next(each for each in state["identities"] if each["id"] == OFFICE)
    office["universalAuth"]["clientSecrets"][0]["secret"] = SECRET
    assert (await server.send("PUT", "/_mock/worlds/default/state", state)).status == 204
    assert (await server.send("POST", f"{SECRETS}/{GOOD}/revoke")).status == 200
    assert (await login(server)).status == 401
    assert (await login(server, identity=OFFICE, headers={"X-Real-IP": "203.0.113.7"})).status == 200
