"""The rules of an attach's schema that compare fields: when they refuse, and when they keep quiet (behaviour 2)."""

from typing import Any

import pytest

from tests.client import Client, in_envelope
from tests.infisical.kubernetes_auth.world import ATTACH, GATEWAY_MODE, GATEWAYS, POOLS, attach


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in ATTACH.items() if name not in names}


HOST, MODE, WAY = ("custom", ("kubernetesHost",)), ("custom", ("gatewayId",)), ("custom", ("gatewayPoolId",))
ORDER, CA = ("custom", ("accessTokenTTL",)), ("custom", ("caCert",))
BOTH_WAYS = {"gatewayId": GATEWAYS["prod"], "gatewayPoolId": POOLS["good"]}
CROSS_FIELD = {
    "attach.host.needed": (
        HOST,
        [
            {"kubernetesHost": None},
            {"kubernetesHost": None, "tokenReviewMode": "api"},
            {"kubernetesHost": None, "gatewayId": GATEWAYS["prod"]},
        ],
    ),
    "mode.gateway-needed": (
        MODE,
        [{"tokenReviewMode": "gateway"}, {"tokenReviewMode": "gateway", "gatewayId": None, "gatewayPoolId": None}],
    ),
    "gateway.both": (WAY, [BOTH_WAYS, {**BOTH_WAYS, "tokenReviewMode": "gateway"}]),
    "attach.ttl.order": (
        ORDER,
        [
            {"accessTokenTTL": 2_592_001},
            {"accessTokenMaxTTL": 2_591_999},
            {"accessTokenMaxTTL": 0},
            {"accessTokenTTL": 1, "accessTokenMaxTTL": 0},
            {"accessTokenTTL": 7201, "accessTokenMaxTTL": 7200},
        ],
    ),
    "attach.tls.ca-required": (
        CA,
        [
            {"verifyTlsCertificate": True},
            {"verifyTlsCertificate": True, "caCert": ""},
            {"verifyTlsCertificate": True, "caCert": " \ufeff", "tokenReviewMode": "api"},
            {"verifyTlsCertificate": True, "gatewayId": GATEWAYS["prod"]},
        ],
    ),
}


@pytest.mark.parametrize("rule", CROSS_FIELD)
async def test_a_rule_that_compares_fields_is_one_issue_of_its_path(rule: str, asked: Client):
    issue, bodies = CROSS_FIELD[rule]
    for sent in bodies:
        answer = in_envelope(await attach(asked, {**ATTACH, **sent}))
        assert (answer.status, answer.error, answer.rule) == (422, "ValidationFailure", rule)
        assert answer.issues == [issue]


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(GATEWAY_MODE, id="mode gateway, host null"),
        pytest.param({**GATEWAY_MODE, "gatewayId": None, "gatewayPoolId": POOLS["good"]}, id="mode gateway, a pool"),
        pytest.param({"gatewayId": GATEWAYS["prod"], "gatewayPoolId": None}, id="a gateway and no pool"),
        pytest.param({"gatewayId": None, "gatewayPoolId": POOLS["good"]}, id="a pool and no gateway"),
        pytest.param({"accessTokenTTL": 0, "accessTokenMaxTTL": 0}, id="both TTLs 0"),
        pytest.param({"accessTokenTTL": 0, "accessTokenMaxTTL": 60}, id="TTL 0"),
        pytest.param({"accessTokenTTL": 60, "accessTokenMaxTTL": 60}, id="TTL at max"),
        pytest.param({"accessTokenTTL": 315_360_000, "accessTokenMaxTTL": 315_360_000}, id="both TTLs at their bound"),
        pytest.param({"accessTokenTTL": 60}, id="TTL below the default max"),
        pytest.param({"accessTokenMaxTTL": 2_592_001}, id="max above the default TTL"),
        pytest.param({"verifyTlsCertificate": True, "caCert": "CA"}, id="verification with a CA"),
        pytest.param({**GATEWAY_MODE, "verifyTlsCertificate": True}, id="verification in mode gateway"),
    ],
)
async def test_the_rules_that_compare_fields_let_pass(sent, client: Client):
    assert (await attach(client, {**ATTACH, **sent})).status == 200


async def test_all_rules_that_compare_fields_stand_in_their_order(asked: Client):
    api = {"kubernetesHost": None, **BOTH_WAYS, "accessTokenMaxTTL": 0, "verifyTlsCertificate": True}
    assert (await attach(asked, {**ATTACH, **api})).issues == [HOST, WAY, ORDER, CA]
    gateway = {"tokenReviewMode": "gateway", "accessTokenMaxTTL": 0, "kubernetesHost": None}
    assert (await attach(asked, {**ATTACH, **gateway})).issues == [MODE, ORDER]


@pytest.mark.parametrize(
    ("beside", "issue"),
    [
        pytest.param({"gatewayId": "no"}, ("invalid_string", ("gatewayId",)), id="bad uuid"),
        pytest.param(
            {"accessTokenTrustedIps": []}, ("too_small", ("accessTokenTrustedIps",)), id="array that is too short"
        ),
        pytest.param({"accessTokenNumUsesLimit": -1}, ("too_small", ("accessTokenNumUsesLimit",)), id="below 0"),
        pytest.param({"accessTokenNumUsesLimit": 0.5}, ("invalid_type", ("accessTokenNumUsesLimit",)), id="fraction"),
    ],
)
async def test_they_run_beside_bounds_and_formats(beside, issue, client: Client):
    broken = {**ATTACH, "kubernetesHost": None, "accessTokenMaxTTL": 0, "verifyTlsCertificate": True, **beside}
    assert (await attach(client, broken)).issues == [issue, HOST, ORDER, CA]


@pytest.mark.parametrize(
    ("beside", "issue"),
    [
        pytest.param({"caCert": None}, ("invalid_type", ("caCert",)), id="null"),
        pytest.param({"tokenReviewerJwt": None}, ("invalid_type", ("tokenReviewerJwt",)), id="reviewer JWT null"),
        pytest.param({"tokenReviewMode": "both"}, ("invalid_enum_value", ("tokenReviewMode",)), id="enum value"),
        pytest.param(
            {"accessTokenTrustedIps": [{}]},
            ("invalid_type", ("accessTokenTrustedIps", 0, "ipAddress")),
            id="missing inside an item",
        ),
        pytest.param({"accessTokenTTL": "60"}, ("invalid_type", ("accessTokenTTL",)), id="number as text"),
    ],
)
async def test_they_keep_quiet_beside_a_wrong_type_or_enum_value(beside, issue, client: Client):
    broken = {"kubernetesHost": None, "accessTokenMaxTTL": 0, "verifyTlsCertificate": True, **BOTH_WAYS, **beside}
    assert (await attach(client, {**ATTACH, **broken})).issues == [issue]


async def test_they_keep_quiet_beside_a_missing_field(client: Client):
    broken = {**without("allowedNames"), "kubernetesHost": None, "accessTokenMaxTTL": 0, **BOTH_WAYS}
    assert (await attach(client, broken)).issues == [("invalid_type", ("allowedNames",))]
