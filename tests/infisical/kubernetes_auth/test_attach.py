"""Attach over HTTP: bodies that are none, and what is answered (behaviour 2)."""

import json
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import IDENTITIES, STRANGER, Client
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.world import ATTACH, KEYS, LOGIN, PROD, WORLD, attach, target


async def test_unknown_properties_are_refused_by_the_contract_and_dropped_by_the_service(serve: Serve):
    sent = {**ATTACH, "identityId": target(), "accessTokenTrustedIps": [{"ipAddress": "::1", "type": "ipv6"}]}
    refused = await attach(await serve(fixtures_yaml=WORLD), sent)
    assert refused.rule == "contract.unrecognized-keys"
    assert sorted(refused.issues) == [("unrecognized_keys", ()), ("unrecognized_keys", ("accessTokenTrustedIps", 0))]
    taken = await attach(await serve(fixtures_yaml=WORLD, profile="live"), sent)
    assert set(taken.record) == KEYS - {"tokenReviewerJwt"}
    assert taken.headers["Mock-Breach"] == "2"


@pytest.mark.parametrize("body", [None, [], "text", 7, True])
async def test_a_body_that_is_no_object_is_one_issue(body: Any, asked: Client):
    answer = await attach(asked, body)
    assert answer.rule == "contract.body"
    assert answer.issues == [("invalid_type", ())]


async def test_a_body_that_is_no_json_is_refused_before_anything_else(asked: Client):
    data, headers = json.dumps(ATTACH).encode()[:-1], {"Content-Type": "application/json"}
    answer = await asked.send("POST", IDENTITIES + STRANGER, data=data, token="acme-admin-token", headers=headers)
    expected = (400, "BadRequest") if asked.mock.settings.profile is Profile.CONTRACT else (500, "InternalServerError")
    assert (answer.status, answer.error, answer.rule) == (*expected, "body.syntax")


async def test_no_body_is_no_object(asked: Client):
    answer = await asked.send("POST", IDENTITIES + target(), token="acme-admin-token")
    assert (answer.rule, answer.issues) == ("contract.body", [("invalid_type", ())])


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        pytest.param({"tokenReviewerJwt": "jwt"}, {"tokenReviewerJwt": "jwt"}, id="sent"),
        pytest.param({"tokenReviewerJwt": ""}, {"tokenReviewerJwt": ""}, id="empty"),
        pytest.param({}, {}, id="not sent"),
    ],
)
async def test_the_reviewer_jwt_is_answered_if_it_was_sent(sent, answered, asked: Client):
    record = (await attach(asked, {**ATTACH, "caCert": "CA", **sent})).record
    assert set(record) == KEYS - {"tokenReviewerJwt"} | set(answered)
    assert record.items() >= answered.items()
    assert record["caCert"] == "CA"


async def test_the_answer_has_one_key_and_each_value_its_type(asked: Client):
    answer = await attach(asked, {**ATTACH, "caCert": "CA", "tokenReviewerJwt": "jwt"})
    assert set(answer.json) == {"identityKubernetesAuth"}
    assert {name: type(value) for name, value in answer.record.items()} == {
        "id": str,
        "identityId": str,
        "accessTokenTTL": int,
        "accessTokenMaxTTL": int,
        "accessTokenNumUsesLimit": int,
        "accessTokenTrustedIps": list,
        "createdAt": str,
        "updatedAt": str,
        "tokenReviewMode": str,
        "kubernetesHost": str,
        "allowedNamespaces": str,
        "allowedNames": str,
        "allowedAudience": str,
        "gatewayId": type(None),
        "gatewayPoolId": type(None),
        "verifyTlsCertificate": bool,
        "caCert": str,
        "tokenReviewerJwt": str,
    }


async def test_each_record_has_an_id_of_its_own(client: Client):
    one, other = (
        await attach(client, ATTACH),
        await attach(client, ATTACH, target("acme", "instance-admin"), token="acme-super-token"),
    )
    assert one.record["id"] != other.record["id"]


@pytest.mark.parametrize("padded", ["%20{}%09", "{}%EF%BB%BF", "%E2%80%83{}", "{}"])
async def test_the_identity_id_is_trimmed_and_of_any_case(padded: str, asked: Client):
    path = padded.format(target().upper())
    assert (await attach(asked, ATTACH, path)).record["identityId"] == target()
    assert (await asked.stored(target()))["kubernetesHost"] == PROD


async def test_a_trailing_slash_is_taken(asked: Client):
    assert (await attach(asked, ATTACH, f"{target()}/")).status == 200


async def test_an_attached_identity_can_be_updated(client: Client):
    await attach(client, {**ATTACH, "accessTokenTTL": 60})
    changed = await client.update({"allowedNames": "api"}, target(), token="acme-admin-token")
    assert (changed.record["allowedNames"], changed.record["accessTokenTTL"]) == ("api", 60)


@pytest.mark.parametrize("sent", [{}, {"tokenReviewerJwt": ""}, {"tokenReviewerJwt": " \ufeff"}], ids=repr)
async def test_an_empty_reviewer_jwt_is_stored_as_none_so_the_caller_reviews(sent: dict[str, str], asked: Client):
    assert (await attach(asked, {**ATTACH, **sent})).status == 200
    login = {"identityId": target(), "jwt": "reviewer-expired"}
    answer = await asked.send("POST", LOGIN, login, token=None)
    assert (answer.status, answer.error) == (401, "KubernetesTokenReviewerUnauthorized")


@pytest.mark.parametrize("sent", [{"caCert": ""}, {"caCert": " \n"}], ids=repr)
async def test_an_empty_ca_is_stored_as_none_so_an_update_still_asks_for_one(sent: dict[str, str], asked: Client):
    assert (await attach(asked, {**ATTACH, **sent})).record["verifyTlsCertificate"] is False
    answer = await asked.update({"verifyTlsCertificate": True}, target(), token="acme-admin-token")
    assert answer.rule == "update.tls.ca-required"
