"""Get over HTTP: the order of its checks, and all 18 fields as they are stored (behaviour 1, 4)."""

import json

import pytest

from mockserver.rules.profile import Profile
from tests.client import BARE, IDENTITIES, STRANGER, VERIFIED, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.world import CREATED, GATEWAYS, KEYS, POOLS, PROD, read, target, token, world

ATTACHED = target("acme", "attached")
NOT_FOUND, FORBIDDEN, DENIED = (404, "NotFound"), (403, "ForbiddenError"), (403, "PermissionDenied")
TORN = "1d000000-0000-4000-8000-000000000009"


async def test_all_18_fields_are_answered_as_they_are_stored(server: Client):
    answer = await server.send("GET", IDENTITIES + VERIFIED)
    assert answer.json == {
        "identityKubernetesAuth": {
            "id": "5a000000-0000-4000-8000-000000000008",
            "identityId": VERIFIED,
            "accessTokenTTL": 3600,
            "accessTokenMaxTTL": 0,
            "accessTokenNumUsesLimit": 10,
            "accessTokenTrustedIps": [
                {"type": "ipv4", "prefix": 8, "ipAddress": "10.0.0.0"},
                {"type": "ipv6", "prefix": 32, "ipAddress": "2001:db8::"},
                {"type": "ipv4", "ipAddress": "203.0.113.7"},
            ],
            "createdAt": "2026-01-02T03:04:05.678Z",
            "updatedAt": "2026-02-03T04:05:06.789Z",
            "tokenReviewMode": "api",
            "kubernetesHost": PROD,
            "allowedNamespaces": "payments, checkout",
            "allowedNames": "api,worker-*",
            "allowedAudience": "infisical",
            "gatewayId": None,
            "gatewayPoolId": None,
            "verifyTlsCertificate": True,
            "caCert": "-----BEGIN CERTIFICATE-----\nbWFkZSB1cA==\n-----END CERTIFICATE-----",
            "tokenReviewerJwt": "reviewer-good",
        }
    }


async def test_no_ca_and_no_reviewer_jwt_are_empty_texts(asked: Client):
    record = (await read(asked, ATTACHED)).record
    assert set(record) == KEYS
    assert (record["caCert"], record["tokenReviewerJwt"]) == ("", "")
    assert (record["createdAt"], record["updatedAt"]) == (CREATED, CREATED)


@pytest.mark.parametrize(
    "stored",
    [
        pytest.param({"kubernetesHost": None}, id="no host"),
        pytest.param({"tokenReviewMode": "gateway", "gatewayId": GATEWAYS["prod"]}, id="a gateway"),
        pytest.param({"gatewayPoolId": POOLS["good"]}, id="a pool"),
        pytest.param({"allowedNamespaces": " a ,b", "allowedNames": ",", "allowedAudience": " "}, id="texts"),
        pytest.param({"accessTokenTTL": 7200, "accessTokenMaxTTL": 3600}, id="a TTL above its max"),
    ],
)
async def test_a_stored_value_is_answered_as_it_is(stored, serve: Serve):
    client = await serve(fixtures_yaml=json.dumps(world(**stored)))
    assert (await read(client, ATTACHED)).record.items() >= stored.items()


async def test_verification_is_told_as_it_is_stored_even_without_a_ca(server: Client):
    record = (await server.send("GET", IDENTITIES + TORN)).record
    assert (record["verifyTlsCertificate"], record["caCert"]) == (True, "")


@pytest.mark.parametrize(
    ("identity", "caller", "answered", "rule"),
    [
        pytest.param(STRANGER, token(), NOT_FOUND, "identity.unknown", id="an identity nobody has"),
        pytest.param(target("hobby", "attached"), token(), NOT_FOUND, "identity.unknown", id="one of another tenant"),
        pytest.param(ATTACHED, token("eu"), FORBIDDEN, "identity.home", id="one at home elsewhere"),
        pytest.param(target(), token(), NOT_FOUND, "get.not-attached", id="one without the method"),
        pytest.param(ATTACHED, token("acme", "no-access"), DENIED, "permission.read", id="a caller who may not"),
        pytest.param(STRANGER, token("acme", "no-access"), NOT_FOUND, "identity.unknown", id="unknown goes first"),
        pytest.param(target(), token("eu", "no-access"), FORBIDDEN, "identity.home", id="then its home"),
        pytest.param(target(), token("acme", "no-access"), NOT_FOUND, "get.not-attached", id="then the method"),
    ],
)
async def test_each_check_answers_in_its_order(identity: str, caller: str, answered, rule: str, asked: Client):
    answer = in_envelope(await read(asked, identity, token=caller))
    assert (answer.status, answer.error, answer.rule) == (*answered, rule)


async def test_an_identity_nobody_has_is_named(asked: Client):
    assert STRANGER in (await read(asked, STRANGER)).json["message"]


@pytest.mark.parametrize("identity", ["payments", f"%20{ATTACHED}", f"{ATTACHED}%09", ATTACHED.replace("-", "")])
async def test_what_is_no_uuid_is_not_found_or_fails_and_nothing_is_trimmed(identity: str, asked: Client):
    answer = in_envelope(await read(asked, identity))
    contract = asked.mock.settings.profile is Profile.CONTRACT
    expected = (404, "NotFound") if contract else (500, "MembershipGetByIdentityId")
    assert (answer.status, answer.error, answer.rule) == (*expected, "identity.uuid")


async def test_an_id_is_of_any_case_and_an_instance_admin_is_like_any_other(asked: Client):
    assert (await read(asked, ATTACHED.upper())).record["identityId"] == ATTACHED
    assert (await read(asked, target("acme", "attached", "instance-admin"))).status == 200


async def test_who_may_read_may_read_the_secrets(asked: Client):
    for role in ("reader", "member"):
        assert set((await read(asked, ATTACHED, token=token("acme", role))).record) == KEYS


@pytest.mark.parametrize("data", [b"", b"{", b'{"allowedNames": 7}'])
async def test_a_body_is_never_read(data: bytes, asked: Client):
    answer = await read(asked, ATTACHED, data=data, headers={"Content-Type": "application/json"})
    assert answer.status == 200


async def test_reading_changes_nothing(asked: Client):
    before = await asked.state()
    for identity in (ATTACHED, target(), STRANGER):
        await read(asked, identity)
    assert await asked.state() == before


async def test_no_token_is_401_before_anything_else(server: Client):
    answer = in_envelope(await server.send("GET", IDENTITIES + BARE, token=None))
    assert (answer.status, answer.error, answer.rule) == (401, "UnauthorizedError", "token.missing")
