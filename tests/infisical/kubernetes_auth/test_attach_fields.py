"""Each field of an attach by itself: types, trimming, null, defaults, bounds, and what is stored (behaviour 2)."""

from typing import Any

import pytest

from mockserver.settings import ENGINES, EngineName
from tests.client import Client, in_envelope
from tests.infisical.kubernetes_auth.world import (
    ATTACH,
    GATEWAY_MODE,
    GATEWAYS,
    NOW_TEXT,
    POOLS,
    PROD,
    attach,
    read,
    target,
)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> EngineName:
    """All of this holds whichever engine checks."""
    return request.param


JSON_VALUES = {"null": None, "boolean": True, "number": 7, "string": "text", "array": [], "object": {}}
FIELDS = {
    "kubernetesHost": ("string", "null"),
    "caCert": ("string",),
    "verifyTlsCertificate": ("boolean",),
    "tokenReviewerJwt": ("string",),
    "tokenReviewMode": ("string",),
    "allowedNamespaces": ("string",),
    "allowedNames": ("string",),
    "allowedAudience": ("string",),
    "gatewayId": ("string", "null"),
    "gatewayPoolId": ("string", "null"),
    "accessTokenTrustedIps": ("array",),
    "accessTokenTTL": ("number",),
    "accessTokenMaxTTL": ("number",),
    "accessTokenNumUsesLimit": ("number",),
}
EVERYWHERE = [
    {"type": "ipv4", "prefix": 0, "ipAddress": "0.0.0.0"},
    {"type": "ipv6", "prefix": 0, "ipAddress": "::"},
]


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in ATTACH.items() if name not in names}


@pytest.mark.parametrize("field", FIELDS)
async def test_a_value_of_another_type_is_one_issue(field: str, asked: Client):
    before = await asked.state()
    taken = FIELDS[field]
    for received in (kind for kind in JSON_VALUES if kind not in taken):
        answer = in_envelope(await attach(asked, {**ATTACH, field: JSON_VALUES[received]}))
        assert (answer.status, answer.error, answer.rule) == (422, "ValidationFailure", "contract.body")
        [issue] = answer.json["message"]
        if (field, received) == ("tokenReviewMode", "number"):
            assert (issue["code"], issue["received"]) == ("invalid_enum_value", JSON_VALUES[received])
            continue
        expected = "'api' | 'gateway'" if field == "tokenReviewMode" else taken[0]
        assert issue | {"message": ""} == {
            "code": "invalid_type",
            "expected": expected,
            "received": received,
            "path": [field],
            "message": "",
        }
    assert await asked.state() == before


@pytest.mark.parametrize("field", ["kubernetesHost", "allowedNamespaces", "allowedNames"])
async def test_a_required_field_that_is_missing_is_one_issue(field: str, asked: Client):
    answer = await attach(asked, without(field))
    [issue] = answer.json["message"]
    assert issue | {"message": ""} == {
        "code": "invalid_type",
        "expected": "string",
        "received": "undefined",
        "path": [field],
        "message": "",
    }


async def test_a_host_that_is_missing_is_not_a_host_of_null(asked: Client):
    assert (await attach(asked, without("kubernetesHost"))).issues == [("invalid_type", ("kubernetesHost",))]
    assert (await attach(asked, {**ATTACH, "kubernetesHost": None})).issues == [("custom", ("kubernetesHost",))]


@pytest.mark.parametrize(
    ("sent", "code", "path", "extra"),
    [
        pytest.param(
            {**GATEWAY_MODE, "kubernetesHost": ""},
            "too_small",
            "kubernetesHost",
            {"minimum": 1, "type": "string"},
            id="no host",
        ),
        pytest.param(
            {**GATEWAY_MODE, "kubernetesHost": " \ufeff\t"},
            "too_small",
            "kubernetesHost",
            {"minimum": 1},
            id="blank host",
        ),
        pytest.param({"kubernetesHost": "a" * 256}, "too_big", "kubernetesHost", {"maximum": 255}, id="long host"),
        *(
            pytest.param({"kubernetesHost": text}, "custom", "kubernetesHost", {}, id=f"host {text!r}")
            for text in ("a b", "a?b", "https://[::1]", "a_b", "user@host", "k8s\x85", "k8\u0661", "a%20b")
        ),
        pytest.param(
            {"tokenReviewMode": "API"},
            "invalid_enum_value",
            "tokenReviewMode",
            {"options": ["api", "gateway"], "received": "API"},
            id="mode in capitals",
        ),
        pytest.param({"tokenReviewMode": " api"}, "invalid_enum_value", "tokenReviewMode", {}, id="mode untrimmed"),
        pytest.param({"tokenReviewMode": ""}, "invalid_enum_value", "tokenReviewMode", {}, id="empty mode"),
        pytest.param({"gatewayId": ""}, "invalid_string", "gatewayId", {"validation": "uuid"}, id="empty gateway"),
        pytest.param({"gatewayId": f" {GATEWAYS['prod']}"}, "invalid_string", "gatewayId", {}, id="gateway untrimmed"),
        pytest.param(
            {"gatewayPoolId": f"{POOLS['good']} "}, "invalid_string", "gatewayPoolId", {}, id="pool untrimmed"
        ),
        pytest.param({"gatewayPoolId": "eu"}, "invalid_string", "gatewayPoolId", {}, id="pool by name"),
        pytest.param(
            {"accessTokenTrustedIps": []},
            "too_small",
            "accessTokenTrustedIps",
            {"minimum": 1, "type": "array"},
            id="no trusted IP",
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": "::1"}, {}]},
            "invalid_type",
            "accessTokenTrustedIps.1.ipAddress",
            {"received": "undefined"},
            id="trusted IP without address",
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": None}]},
            "invalid_type",
            "accessTokenTrustedIps.0.ipAddress",
            {"received": "null"},
            id="trusted IP null",
        ),
        pytest.param(
            {"accessTokenTrustedIps": ["::1"]},
            "invalid_type",
            "accessTokenTrustedIps.0",
            {"expected": "object"},
            id="trusted IP as text",
        ),
        *(
            pytest.param({name: -1}, "too_small", name, {"minimum": 0, "type": "number"}, id=f"{name} -1")
            for name in ("accessTokenTTL", "accessTokenNumUsesLimit")
        ),
        *(
            pytest.param(
                {name: 1.5, **more},
                "invalid_type",
                name,
                {"expected": "integer", "received": "float"},
                id=f"{name} 1.5",
            )
            for name, more in (
                ("accessTokenTTL", {}),
                ("accessTokenMaxTTL", {"accessTokenTTL": 1}),
                ("accessTokenNumUsesLimit", {}),
            )
        ),
        pytest.param(
            {"accessTokenMaxTTL": 315_360_001},
            "too_big",
            "accessTokenMaxTTL",
            {"maximum": 315_360_000, "type": "number"},
            id="max TTL past its bound",
        ),
    ],
)
async def test_a_value_out_of_bounds_is_one_issue(sent, code, path, extra, client: Client):
    answer = in_envelope(await attach(client, {**ATTACH, **sent}))
    assert answer.status == 422
    [issue] = answer.json["message"]
    assert (issue["code"], ".".join(map(str, issue["path"]))) == (code, path)
    assert issue.items() >= extra.items()


async def test_a_max_ttl_out_of_bounds_is_below_the_ttl_too(client: Client):
    both = [("too_small", ("accessTokenMaxTTL",)), ("custom", ("accessTokenTTL",))]
    assert (await attach(client, {**ATTACH, "accessTokenMaxTTL": -1})).issues == both


@pytest.mark.parametrize(
    ("field", "sent", "answered"),
    [
        pytest.param("kubernetesHost", f" {PROD}\ufeff", PROD, id="host trimmed"),
        pytest.param("kubernetesHost", "a" * 255, "a" * 255, id="host of 255"),
        pytest.param("kubernetesHost", f"\t{'a' * 255}\n", "a" * 255, id="host of 255 and blanks"),
        pytest.param("kubernetesHost", "k8s.example/a:b//c-.Z09", "k8s.example/a:b//c-.Z09", id="host with a path"),
        pytest.param("kubernetesHost", "k8s.example:6443", "k8s.example:6443", id="host without scheme"),
        pytest.param("caCert", " \u2003CA\n", "CA", id="CA trimmed"),
        pytest.param("caCert", " \ufeff", "", id="CA blank"),
        pytest.param("caCert", "", "", id="CA empty"),
        pytest.param("caCert", "x" * 5000, "x" * 5000, id="CA long"),
        pytest.param("tokenReviewerJwt", " jwt\u3000", "jwt", id="reviewer JWT trimmed"),
        pytest.param("tokenReviewerJwt", " \t", "", id="reviewer JWT blank"),
        pytest.param("tokenReviewerJwt", "", "", id="reviewer JWT empty"),
        pytest.param("tokenReviewMode", "api", "api", id="mode"),
        *(
            pytest.param(name, text, text, id=f"{name} {label}")
            for name in ("allowedNamespaces", "allowedNames", "allowedAudience")
            for label, text in (("untrimmed", " a , b\t"), ("empty", ""), ("of 255", "é" * 255), ("blank", " \ufeff"))
        ),
        pytest.param("gatewayId", None, None, id="gateway null"),
        pytest.param("gatewayPoolId", None, None, id="pool null"),
        pytest.param("gatewayId", GATEWAYS["prod"].upper(), GATEWAYS["prod"], id="gateway in capitals"),
        pytest.param("gatewayPoolId", POOLS["good"].upper(), POOLS["good"], id="pool in capitals"),
        pytest.param("accessTokenTTL", 0, 0, id="TTL 0"),
        pytest.param("accessTokenTTL", 3600.0, 3600, id="TTL 3600.0"),
        pytest.param("accessTokenTTL", 2_592_000, 2_592_000, id="TTL at the default max"),
        pytest.param("accessTokenMaxTTL", 315_360_000, 315_360_000, id="max TTL at its bound"),
        pytest.param("accessTokenMaxTTL", 2_592_000, 2_592_000, id="max TTL at the default TTL"),
        pytest.param("accessTokenNumUsesLimit", 10**12, 10**12, id="many uses"),
        pytest.param("accessTokenNumUsesLimit", 2.0**62, 4611686018427388000, id="uses of 63 bits"),
        pytest.param(
            "accessTokenTrustedIps",
            [
                {"ipAddress": "\ufeff 10.0.0.5/8\n"},
                {"ipAddress": "::1"},
                {"ipAddress": "10.0.0.5/8"},
                {"ipAddress": "10.1.2.3"},
                {"ipAddress": "2001:db8::/32"},
            ],
            [
                {"type": "ipv4", "prefix": 8, "ipAddress": "10.0.0.5"},
                {"type": "ipv6", "ipAddress": "::1"},
                {"type": "ipv4", "prefix": 8, "ipAddress": "10.0.0.5"},
                {"type": "ipv4", "ipAddress": "10.1.2.3"},
                {"type": "ipv6", "prefix": 32, "ipAddress": "2001:db8::"},
            ],
            id="trusted IPs trimmed, in order, host bits kept",
        ),
    ],
)
async def test_a_value_is_stored_and_answered_as(field: str, sent: Any, answered: Any, client: Client):
    attached = (await attach(client, {**ATTACH, field: sent})).record
    assert attached[field] == answered
    assert type(attached[field]) is type(answered)
    assert (await read(client, target())).record[field] == answered


async def test_what_is_not_sent_has_the_defaults_of_the_operation(asked: Client):
    attached = (await attach(asked, ATTACH)).record
    record_id = attached.pop("id")
    assert len(record_id) == 36
    assert attached == {
        "identityId": target(),
        "accessTokenTTL": 2_592_000,
        "accessTokenMaxTTL": 2_592_000,
        "accessTokenNumUsesLimit": 0,
        "accessTokenTrustedIps": EVERYWHERE,
        "createdAt": NOW_TEXT,
        "updatedAt": NOW_TEXT,
        "tokenReviewMode": "api",
        "kubernetesHost": PROD,
        "allowedNamespaces": "",
        "allowedNames": "",
        "allowedAudience": "",
        "gatewayId": None,
        "gatewayPoolId": None,
        "verifyTlsCertificate": False,
        "caCert": "",
    }
    assert (await read(asked, target())).record == {**attached, "id": record_id, "tokenReviewerJwt": ""}


@pytest.mark.parametrize(
    ("sent", "verify", "ca"),
    [
        pytest.param({}, False, "", id="nothing"),
        pytest.param({"caCert": ""}, False, "", id="an empty CA"),
        pytest.param({"caCert": "CA"}, True, "CA", id="a CA alone turns it on"),
        pytest.param({"caCert": "CA", "verifyTlsCertificate": True}, True, "CA", id="both"),
        pytest.param({"verifyTlsCertificate": False}, False, "", id="off"),
        pytest.param({"verifyTlsCertificate": False, "caCert": " "}, False, "", id="off and a blank CA"),
    ],
)
@pytest.mark.parametrize("mode", ["api", "gateway"])
async def test_verification_is_as_sent_or_follows_the_ca(sent, verify, ca, mode: str, client: Client):
    attached = (await attach(client, {**(ATTACH if mode == "api" else GATEWAY_MODE), **sent})).record
    assert (attached["verifyTlsCertificate"], attached["caCert"]) == (verify, ca)


@pytest.mark.parametrize(
    ("sent", "verify", "ca"),
    [
        pytest.param({"verifyTlsCertificate": True}, True, "", id="on without a CA"),
        pytest.param({"verifyTlsCertificate": False, "caCert": "CA"}, False, "CA", id="off with a CA"),
    ],
)
async def test_mode_gateway_pairs_verification_and_ca_as_it_likes(sent, verify, ca, client: Client):
    attached = (await attach(client, {**GATEWAY_MODE, **sent})).record
    assert (attached["verifyTlsCertificate"], attached["caCert"]) == (verify, ca)


async def test_mode_gateway_stores_a_host_all_the_same(client: Client):
    attached = (await attach(client, {**GATEWAY_MODE, "kubernetesHost": "https://10.0.0.1"})).record
    assert attached["kubernetesHost"] == "https://10.0.0.1"


async def test_issues_of_fields_stand_in_the_order_of_the_schema(client: Client):
    wrong = {
        "accessTokenNumUsesLimit": -1,
        "accessTokenMaxTTL": 315_360_001,
        "accessTokenTTL": 315_360_002,
        "accessTokenTrustedIps": [],
        "gatewayPoolId": "no",
        "gatewayId": "no",
        "tokenReviewMode": "both",
        "caCert": 1,
        "kubernetesHost": "",
    }
    paths = [
        path[0] for _, path in (await attach(client, {**wrong, "allowedNamespaces": "", "allowedNames": ""})).issues
    ]
    assert paths == [name for name in FIELDS if name in wrong]


async def test_missing_fields_stand_in_the_order_of_the_contract_among_the_wrong_ones(asked: Client):
    answer = await attach(asked, {"allowedNamespaces": 1, "accessTokenTTL": "1"})
    assert [issue["path"][0] for issue in answer.json["message"]] == [
        "kubernetesHost",
        "allowedNamespaces",
        "allowedNames",
        "accessTokenTTL",
    ]
