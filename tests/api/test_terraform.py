"""The update that the Terraform provider sends: it repeats the path's id in the body, which no contract allows."""

import pytest

from mockserver.rules.profile import Profile
from tests.client import PAYMENTS, Client
from tests.conftest import Serve

HCL_API = {
    "identityId": PAYMENTS,
    "kubernetesHost": "https://prod.k8s.example:6443",
    "caCert": "",
    "tokenReviewerJwt": None,
    "allowedNamespaces": "payments,checkout",
    "allowedNames": "api",
    "allowedAudience": "",
    "accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}, {"ipAddress": "203.0.113.7"}],
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 7200,
    "tokenReviewMode": "api",
    "gatewayId": None,
}
"""What `infisical_identity_kubernetes_auth` sends for a PATCH: zeros left out, nulls and empty texts sent."""


async def test_contract_refuses_it_and_says_that_the_service_would_drop_the_id(server: Client):
    before = await server.state()
    answer = await server.update(HCL_API, headers={"User-Agent": "terraform", "Accept": "application/json"})
    assert answer.issues == [("unrecognized_keys", ())]
    (issue,) = answer.json["message"]
    assert issue["keys"] == ["identityId"]
    assert "identityId" in issue["message"]
    assert "service drops" in issue["message"]
    assert "profile live" in issue["message"]
    assert await server.state() == before


async def test_contract_takes_the_same_body_without_the_id(server: Client):
    answer = await server.update({key: value for key, value in HCL_API.items() if key != "identityId"})
    assert answer.status == 200
    assert "Mock-Breach" not in answer.headers


async def test_live_takes_it_and_records_exactly_one_breach(live: Client):
    answer = await live.update(HCL_API)
    assert answer.headers["Mock-Breach"] == "1"
    entry = await live.journalled(answer)
    assert entry["breaches"] == 1
    assert entry["responseBreaches"] == []
    (breach,) = entry["requestBreaches"]
    assert (breach["pointer"], breach["keyword"]) == ("", "additionalProperties")
    assert "identityId" in breach["reason"]


async def test_live_answers_what_terraform_reads_back(live: Client):
    record = (await live.update(HCL_API)).record
    for key in ("caCert", "tokenReviewMode", "allowedNamespaces", "allowedNames", "allowedAudience"):
        assert record[key] == HCL_API[key]
    assert record["accessTokenTrustedIps"] == [
        {"type": "ipv4", "prefix": 8, "ipAddress": "10.0.0.0"},
        {"type": "ipv4", "ipAddress": "203.0.113.7"},
    ]
    assert [type(record[key]) for key in ("accessTokenTTL", "accessTokenMaxTTL", "accessTokenNumUsesLimit")] == [
        int
    ] * 3


@pytest.mark.parametrize("max_ttl", [3600, 60])
async def test_lowering_only_the_max_ttl_fails_as_on_the_service(serve: Serve, profile: Profile, max_ttl: int):
    client = await serve(profile=profile)
    answer = await client.update({"accessTokenMaxTTL": max_ttl})
    assert (answer.status, answer.error, answer.rule) == (400, "BadRequest", "update.ttl.stored-max")
