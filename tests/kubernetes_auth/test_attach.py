"""Attach over HTTP: every field, the rules that compare fields, what is stored, what is answered (behaviour 2)."""

import json
from typing import Any

import pytest

from mockserver.profiles import Profile
from tests.client import IDENTITIES, STRANGER, Client, in_envelope
from tests.conftest import Serve
from tests.kubernetes_auth.world import GATEWAYS, KEYS, POOLS, PROD, WORLD, attach, read, target

BODY = {"kubernetesHost": PROD, "allowedNamespaces": "", "allowedNames": ""}
GATEWAY_MODE = {**BODY, "kubernetesHost": None, "tokenReviewMode": "gateway", "gatewayId": GATEWAYS["prod"]}
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
NOW = 1_800_000_000_123
NOW_TEXT = "2027-01-15T08:00:00.123Z"
EVERYWHERE = [
    {"type": "ipv4", "prefix": 0, "ipAddress": "0.0.0.0"},
    {"type": "ipv6", "prefix": 0, "ipAddress": "::"},
]


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(fixtures_yaml=WORLD, profile=profile, clock=NOW)


@pytest.fixture
async def client(serve: Serve) -> Client:
    """A server in the contract profile."""
    return await serve(fixtures_yaml=WORLD, clock=NOW)


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in BODY.items() if name not in names}


# --- Each field by itself


@pytest.mark.parametrize("field", FIELDS)
async def test_a_value_of_another_type_is_one_issue(field: str, asked: Client):
    before = await asked.state()
    taken = FIELDS[field]
    for received in (kind for kind in JSON_VALUES if kind not in taken):
        answer = in_envelope(await attach(asked, {**BODY, field: JSON_VALUES[received]}))
        assert (answer.status, answer.error, answer.rule) == (422, "ValidationFailure", "contract.body")
        [issue] = answer.json["message"]
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
    assert (await attach(asked, {**BODY, "kubernetesHost": None})).issues == [("custom", ("kubernetesHost",))]


@pytest.mark.parametrize(
    ("sent", "code", "path", "extra"),
    [
        pytest.param(
            {"kubernetesHost": ""}, "too_small", "kubernetesHost", {"minimum": 1, "type": "string"}, id="no host"
        ),
        pytest.param({"kubernetesHost": " \ufeff\t"}, "too_small", "kubernetesHost", {"minimum": 1}, id="blank host"),
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
    answer = in_envelope(await attach(client, {**BODY, **sent}))
    assert answer.status == 422
    [issue] = answer.json["message"]
    assert (issue["code"], ".".join(map(str, issue["path"]))) == (code, path)
    assert issue.items() >= extra.items()


async def test_a_max_ttl_out_of_bounds_is_below_the_ttl_too(client: Client):
    both = [("too_small", ("accessTokenMaxTTL",)), ("custom", ("accessTokenTTL",))]
    assert (await attach(client, {**BODY, "accessTokenMaxTTL": -1})).issues == both


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
    attached = (await attach(client, {**BODY, field: sent})).record
    assert attached[field] == answered
    assert type(attached[field]) is type(answered)
    assert (await read(client, target())).record[field] == answered


async def test_what_is_not_sent_has_the_defaults_of_the_operation(asked: Client):
    attached = (await attach(asked, BODY)).record
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
    attached = (await attach(client, {**(BODY if mode == "api" else GATEWAY_MODE), **sent})).record
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


# --- Rules that compare fields

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
        answer = in_envelope(await attach(asked, {**BODY, **sent}))
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
        pytest.param({"accessTokenTTL": 60}, id="TTL below the default max"),
        pytest.param({"accessTokenMaxTTL": 2_592_001}, id="max above the default TTL"),
        pytest.param({"verifyTlsCertificate": True, "caCert": "CA"}, id="verification with a CA"),
        pytest.param({**GATEWAY_MODE, "verifyTlsCertificate": True}, id="verification in mode gateway"),
    ],
)
async def test_the_rules_that_compare_fields_let_pass(sent, client: Client):
    assert (await attach(client, {**BODY, **sent})).status == 200


async def test_all_rules_that_compare_fields_stand_in_their_order(asked: Client):
    api = {"kubernetesHost": None, **BOTH_WAYS, "accessTokenMaxTTL": 0, "verifyTlsCertificate": True}
    assert (await attach(asked, {**BODY, **api})).issues == [HOST, WAY, ORDER, CA]
    gateway = {"tokenReviewMode": "gateway", "accessTokenMaxTTL": 0, "kubernetesHost": None}
    assert (await attach(asked, {**BODY, **gateway})).issues == [MODE, ORDER]


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
    broken = {**BODY, "kubernetesHost": None, "accessTokenMaxTTL": 0, "verifyTlsCertificate": True, **beside}
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
    assert (await attach(client, {**BODY, **broken})).issues == [issue]


async def test_they_keep_quiet_beside_a_missing_field(client: Client):
    broken = {**without("allowedNames"), "kubernetesHost": None, "accessTokenMaxTTL": 0, **BOTH_WAYS}
    assert (await attach(client, broken)).issues == [("invalid_type", ("allowedNames",))]


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


# --- Bodies that are none


async def test_unknown_properties_are_refused_by_the_contract_and_dropped_by_the_service(serve: Serve):
    sent = {**BODY, "identityId": target(), "accessTokenTrustedIps": [{"ipAddress": "::1", "type": "ipv6"}]}
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
    data, headers = json.dumps(BODY).encode()[:-1], {"Content-Type": "application/json"}
    answer = await asked.send("POST", IDENTITIES + STRANGER, data=data, token="acme-admin-token", headers=headers)
    expected = (400, "BadRequest") if asked.mock.settings.profile is Profile.CONTRACT else (500, "InternalServerError")
    assert (answer.status, answer.error, answer.rule) == (*expected, "body.syntax")


async def test_no_body_is_no_object(asked: Client):
    answer = await asked.send("POST", IDENTITIES + target(), token="acme-admin-token")
    assert (answer.rule, answer.issues) == ("contract.body", [("invalid_type", ())])


# --- What is answered


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        pytest.param({"tokenReviewerJwt": "jwt"}, {"tokenReviewerJwt": "jwt"}, id="sent"),
        pytest.param({"tokenReviewerJwt": ""}, {"tokenReviewerJwt": ""}, id="empty"),
        pytest.param({}, {}, id="not sent"),
    ],
)
async def test_the_reviewer_jwt_is_answered_if_it_was_sent(sent, answered, asked: Client):
    record = (await attach(asked, {**BODY, "caCert": "CA", **sent})).record
    assert set(record) == KEYS - {"tokenReviewerJwt"} | set(answered)
    assert record.items() >= answered.items()
    assert record["caCert"] == "CA"


async def test_the_answer_has_one_key_and_each_value_its_type(asked: Client):
    answer = await attach(asked, {**BODY, "caCert": "CA", "tokenReviewerJwt": "jwt"})
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
        await attach(client, BODY),
        await attach(client, BODY, target("acme", "instance-admin"), token="acme-super-token"),
    )
    assert one.record["id"] != other.record["id"]


@pytest.mark.parametrize("padded", ["%20{}%09", "{}%EF%BB%BF", "%E2%80%83{}", "{}"])
async def test_the_identity_id_is_trimmed_and_of_any_case(padded: str, asked: Client):
    path = padded.format(target().upper())
    assert (await attach(asked, BODY, path)).record["identityId"] == target()
    assert (await asked.stored(target()))["kubernetesHost"] == PROD


async def test_a_trailing_slash_is_taken(asked: Client):
    assert (await attach(asked, BODY, f"{target()}/")).status == 200


async def test_an_attached_identity_can_be_updated(client: Client):
    await attach(client, {**BODY, "accessTokenTTL": 60})
    changed = await client.update({"allowedNames": "api"}, target(), token="acme-admin-token")
    assert (changed.record["allowedNames"], changed.record["accessTokenTTL"]) == ("api", 60)
