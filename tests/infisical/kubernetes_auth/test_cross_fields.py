"""Rules of the schema that compare fields: when they refuse, when they keep quiet, and the order (behaviour 3.2)."""

import pytest

from mockserver.rules.profile import Profile
from tests.infisical.kubernetes_auth.attempts import GATEWAY, POOL, record, update

NEEDED, BOTH, ORDER = ("custom", "gatewayId"), ("custom", "gatewayPoolId"), ("custom", "accessTokenTTL")
TTL_TOO_LONG = {"accessTokenTTL": 10, "accessTokenMaxTTL": 5}
GATEWAY_MODE = {"tokenReviewMode": "gateway"}


@pytest.mark.parametrize(
    ("body", "issues"),
    [
        pytest.param(GATEWAY_MODE, [NEEDED], id="mode gateway alone"),
        pytest.param({**GATEWAY_MODE, "gatewayId": None, "gatewayPoolId": None}, [NEEDED], id="mode gateway, nulls"),
        pytest.param({**GATEWAY_MODE, "gatewayId": GATEWAY}, [], id="mode gateway and gateway"),
        pytest.param({**GATEWAY_MODE, "gatewayPoolId": POOL}, [], id="mode gateway and pool"),
        pytest.param({"tokenReviewMode": "api"}, [], id="mode api alone"),
        pytest.param({"gatewayId": GATEWAY, "gatewayPoolId": POOL}, [BOTH], id="gateway and pool"),
        pytest.param({"gatewayId": GATEWAY, "gatewayPoolId": None}, [], id="gateway and no pool"),
        pytest.param({"gatewayId": None, "gatewayPoolId": POOL}, [], id="pool and no gateway"),
        pytest.param(TTL_TOO_LONG, [ORDER], id="TTL over max"),
        pytest.param({"accessTokenTTL": 5, "accessTokenMaxTTL": 5}, [], id="TTL at max"),
        pytest.param({"accessTokenTTL": 0, "accessTokenMaxTTL": 5}, [], id="TTL 0"),
        pytest.param({"accessTokenTTL": 5, "accessTokenMaxTTL": 0}, [], id="max 0"),
        pytest.param({**GATEWAY_MODE, **TTL_TOO_LONG}, [NEEDED, ORDER], id="two at once"),
    ],
)
def test_the_body_alone_is_compared(body, issues, profile):
    assert update(body, profile, stored=record(access_token_max_ttl=0)).issues == issues


@pytest.mark.parametrize("stored", [{"gateway_id": GATEWAY}, {"gateway_pool_id": POOL}], ids=["gateway", "pool"])
def test_a_stored_gateway_does_not_count_for_mode_gateway(stored, profile):
    made = update(GATEWAY_MODE, profile, stored=record(token_review_mode="gateway", **stored))
    assert made.rule == "mode.gateway-needed"


@pytest.mark.parametrize(
    ("beside", "issue"),
    [
        pytest.param({"kubernetesHost": ""}, ("too_small", "kubernetesHost"), id="too small"),
        pytest.param({"kubernetesHost": " "}, ("too_small", "kubernetesHost"), id="blank"),
        pytest.param({"kubernetesHost": "a" * 256}, ("too_big", "kubernetesHost"), id="too long"),
        pytest.param({"kubernetesHost": "?"}, ("custom", "kubernetesHost"), id="characters"),
        pytest.param({"gatewayId": "no"}, ("invalid_string", "gatewayId"), id="bad uuid"),
        pytest.param({"accessTokenNumUsesLimit": 1.5}, ("invalid_type", "accessTokenNumUsesLimit"), id="non-integer"),
        pytest.param({"accessTokenNumUsesLimit": -1}, ("too_small", "accessTokenNumUsesLimit"), id="below 0"),
        pytest.param({"accessTokenTrustedIps": []}, ("too_small", "accessTokenTrustedIps"), id="empty array"),
    ],
)
def test_they_run_beside_bounds_and_formats(beside, issue, profile):
    assert update({**TTL_TOO_LONG, **beside}, profile).issues == [issue, ORDER]


@pytest.mark.parametrize(
    ("beside", "issue"),
    [
        pytest.param({"caCert": None}, ("invalid_type", "caCert"), id="null"),
        pytest.param({"verifyTlsCertificate": "true"}, ("invalid_type", "verifyTlsCertificate"), id="text for a flag"),
        pytest.param({"tokenReviewMode": "both"}, ("invalid_enum_value", "tokenReviewMode"), id="enum value"),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": 1}]},
            ("invalid_type", "accessTokenTrustedIps.0.ipAddress"),
            id="type inside an item",
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{}]},
            ("invalid_type", "accessTokenTrustedIps.0.ipAddress"),
            id="missing inside an item",
        ),
    ],
)
def test_they_keep_quiet_beside_a_wrong_type_or_enum_value(beside, issue, profile):
    assert update({**TTL_TOO_LONG, **beside}, profile).issues == [issue]


def test_they_run_beside_unknown_properties():
    made = update({**TTL_TOO_LONG, "extra": 1}, Profile.CONTRACT)
    assert made.issues == [("unrecognized_keys", ""), ORDER]


def test_a_bad_uuid_counts_as_a_gateway_and_an_empty_text_does_not(profile):
    bad, empty = {"gatewayId": "no"}, {"gatewayId": ""}
    invalid = ("invalid_string", "gatewayId")
    assert update({**GATEWAY_MODE, **bad}, profile).issues == [invalid]
    assert update({**GATEWAY_MODE, **empty}, profile).issues == [invalid, NEEDED]
    assert update({**bad, "gatewayPoolId": POOL}, profile).issues == [invalid, BOTH]


def test_issues_stand_in_the_order_of_the_schema_whatever_the_order_of_the_body(profile):
    wrong = {
        "kubernetesHost": "",
        "gatewayId": "no",
        "gatewayPoolId": "no",
        "accessTokenTrustedIps": [],
        "accessTokenTTL": 315360002,
        "accessTokenNumUsesLimit": -1,
        "accessTokenMaxTTL": 315360001,
    }
    expected = [
        ("too_small", "kubernetesHost"),
        ("invalid_string", "gatewayId"),
        ("invalid_string", "gatewayPoolId"),
        ("too_small", "accessTokenTrustedIps"),
        ("too_big", "accessTokenTTL"),
        ("too_small", "accessTokenNumUsesLimit"),
        ("too_big", "accessTokenMaxTTL"),
        BOTH,
        ORDER,
    ]
    assert update(wrong, profile).issues == expected
    assert update(dict(reversed(wrong.items())), profile).issues == expected


def test_every_field_has_its_place_in_the_order(profile):
    every = [
        "kubernetesHost",
        "caCert",
        "verifyTlsCertificate",
        "tokenReviewerJwt",
        "allowedNamespaces",
        "allowedNames",
        "allowedAudience",
        "gatewayId",
        "gatewayPoolId",
        "accessTokenTrustedIps",
        "accessTokenTTL",
        "accessTokenNumUsesLimit",
        "accessTokenMaxTTL",
    ]
    made = update({field: {} for field in reversed(every)}, profile)
    assert [path for _, path in made.issues] == every


def test_the_first_issue_names_the_rule_that_decided():
    assert update({**GATEWAY_MODE, "kubernetesHost": " "}).rule == "host.blank"
    assert update({**GATEWAY_MODE, "kubernetesHost": "a b"}).rule == "host.characters"
    assert update({**GATEWAY_MODE, "kubernetesHost": "a" * 256}).rule == "host.length"
    assert update(TTL_TOO_LONG).rule == "update.ttl.order"
