"""Each field of an update by itself: types, trimming, null, empty, bounds, and what is stored (behaviour 3.1)."""

import pytest

from mockserver.infisical.javascript import BIGINT_MAX, trim
from mockserver.rules.profile import Profile
from tests.infisical.kubernetes_auth.attempts import GATEWAY, HOST, POOL, record, update

CONTRACT, LIVE = Profile.CONTRACT, Profile.LIVE
JSON_VALUES = {"null": None, "boolean": True, "number": 7, "string": "text", "array": [], "object": {}}
FIELDS = {
    "kubernetesHost": ("string", "null"),
    "caCert": ("string",),
    "verifyTlsCertificate": ("boolean",),
    "tokenReviewerJwt": ("string", "null"),
    "tokenReviewMode": ("string",),
    "allowedNamespaces": ("string",),
    "allowedNames": ("string",),
    "allowedAudience": ("string",),
    "gatewayId": ("string", "null"),
    "gatewayPoolId": ("string", "null"),
    "accessTokenTrustedIps": ("array",),
    "accessTokenTTL": ("number",),
    "accessTokenNumUsesLimit": ("number",),
    "accessTokenMaxTTL": ("number",),
}
EXPECTED = {"tokenReviewMode": "'api' | 'gateway'"}
STORED = record(
    token_reviewer_jwt="stored-jwt", allowed_namespaces="a", allowed_names="b", allowed_audience="c", gateway_id=GATEWAY
)
TEXT_COLUMNS = {
    "allowedNamespaces": "allowed_namespaces",
    "allowedNames": "allowed_names",
    "allowedAudience": "allowed_audience",
}


@pytest.mark.parametrize(
    ("field", "received"),
    [(field, kind) for field, taken in FIELDS.items() for kind in JSON_VALUES if kind not in taken],
)
def test_a_value_of_another_type_is_one_issue(field, received, profile):
    made = update({field: JSON_VALUES[received]}, profile)
    assert made.status == 422
    assert made.error == "ValidationFailure"
    found = [{key: value for key, value in each.items() if key != "message"} for each in made.issue_objects]
    if (field, received) == ("tokenReviewMode", "number"):
        options = ["api", "gateway"]
        assert found == [
            {"code": "invalid_enum_value", "received": JSON_VALUES[received], "options": options, "path": [field]}
        ]
        return
    assert found == [
        {
            "code": "invalid_type",
            "expected": EXPECTED.get(field, FIELDS[field][0]),
            "received": received,
            "path": [field],
        }
    ]


@pytest.mark.parametrize(
    ("field", "column", "sent", "stored"),
    [
        pytest.param("kubernetesHost", "kubernetes_host", " https://k8s\ufeff", "https://k8s", id="host trimmed"),
        pytest.param("kubernetesHost", "kubernetes_host", None, None, id="host null"),
        pytest.param("kubernetesHost", "kubernetes_host", "a" * 255, "a" * 255, id="host of 255"),
        pytest.param("kubernetesHost", "kubernetes_host", f" {'a' * 255} ", "a" * 255, id="host of 255 and blanks"),
        pytest.param("kubernetesHost", "kubernetes_host", "k8s/a:b//c-.Z09", "k8s/a:b//c-.Z09", id="host with path"),
        pytest.param("kubernetesHost", "kubernetes_host", "2001:db8::1", "2001:db8::1", id="IPv6 text"),
        pytest.param("tokenReviewerJwt", "token_reviewer_jwt", None, "", id="reviewer JWT null"),
        pytest.param("tokenReviewerJwt", "token_reviewer_jwt", "", "stored-jwt", id="reviewer JWT empty"),
        pytest.param("tokenReviewerJwt", "token_reviewer_jwt", " jwt\u3000", "jwt", id="reviewer JWT trimmed"),
        pytest.param("tokenReviewMode", "token_review_mode", "api", "api", id="mode"),
        *(
            pytest.param(name, column, sent, sent, id=f"{name} {label}")
            for name, column in TEXT_COLUMNS.items()
            for label, sent in (("untrimmed", " a , b\t"), ("empty", ""), ("of 255", "é" * 255))
        ),
        pytest.param("accessTokenTTL", "access_token_ttl", 0, 0, id="TTL 0"),
        pytest.param("accessTokenTTL", "access_token_ttl", 3600.0, 3600, id="TTL 3600.0"),
        pytest.param("accessTokenTTL", "access_token_ttl", 3.6e3, 3600, id="TTL 3.6e3"),
        pytest.param("accessTokenMaxTTL", "access_token_max_ttl", 315360000, 315360000, id="max TTL at its bound"),
        pytest.param("accessTokenNumUsesLimit", "access_token_num_uses_limit", 10**12, 10**12, id="many uses"),
        pytest.param(
            "accessTokenNumUsesLimit", "access_token_num_uses_limit", 2.0**62, 4611686018427388000, id="uses of 63 bits"
        ),
    ],
)
def test_a_value_is_stored_as(field, column, sent, stored, profile):
    sets_a_column = {"verifyTlsCertificate": False}
    value = getattr(update({**sets_a_column, field: sent}, profile, stored=STORED).after, column)
    assert value == stored
    assert type(value) is type(stored)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_is_not_sent_stays(field):
    body = {"allowedNames": "b"} if field != "allowedNames" else {"allowedAudience": "c"}
    assert update(body, stored=STORED).after._replace(updated_at=STORED.updated_at) == STORED


@pytest.mark.parametrize(
    ("body", "code", "path", "extra"),
    [
        pytest.param(
            {"kubernetesHost": ""}, "too_small", "kubernetesHost", {"minimum": 1, "type": "string"}, id="host"
        ),
        pytest.param({"kubernetesHost": " \ufeff\t"}, "too_small", "kubernetesHost", {"minimum": 1}, id="blank host"),
        pytest.param({"kubernetesHost": "a" * 256}, "too_big", "kubernetesHost", {"maximum": 255}, id="long host"),
        pytest.param({"kubernetesHost": "https://k8s?x"}, "custom", "kubernetesHost", {}, id="host with ?"),
        pytest.param({"kubernetesHost": "https://[::1]"}, "custom", "kubernetesHost", {}, id="host with brackets"),
        pytest.param({"kubernetesHost": "a b"}, "custom", "kubernetesHost", {}, id="blank inside the host"),
        pytest.param({"kubernetesHost": "k8s\x85"}, "custom", "kubernetesHost", {}, id="U+0085 is not trimmed"),
        pytest.param({"kubernetesHost": "k8\u0661"}, "custom", "kubernetesHost", {}, id="digits of ASCII only"),
        pytest.param(
            {"tokenReviewMode": "API"},
            "invalid_enum_value",
            "tokenReviewMode",
            {"options": ["api", "gateway"], "received": "API"},
            id="mode in capitals",
        ),
        pytest.param({"tokenReviewMode": " api"}, "invalid_enum_value", "tokenReviewMode", {}, id="mode untrimmed"),
        pytest.param({"tokenReviewMode": ""}, "invalid_enum_value", "tokenReviewMode", {"received": ""}, id="no mode"),
        pytest.param({"gatewayId": ""}, "invalid_string", "gatewayId", {"validation": "uuid"}, id="empty gateway"),
        pytest.param({"gatewayId": f" {GATEWAY}"}, "invalid_string", "gatewayId", {}, id="gateway untrimmed"),
        pytest.param({"gatewayPoolId": POOL.replace("-", "")}, "invalid_string", "gatewayPoolId", {}, id="32 digits"),
        pytest.param({"gatewayPoolId": "g" + POOL[1:]}, "invalid_string", "gatewayPoolId", {}, id="a g in a pool"),
        pytest.param({"gatewayId": f"{{{GATEWAY}}}"}, "invalid_string", "gatewayId", {}, id="gateway in braces"),
        pytest.param(
            {"accessTokenTrustedIps": []}, "too_small", "accessTokenTrustedIps", {"type": "array"}, id="no trusted IP"
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": "::1"}, {}]},
            "invalid_type",
            "accessTokenTrustedIps.1.ipAddress",
            {"expected": "string", "received": "undefined"},
            id="trusted IP without address",
        ),
        pytest.param(
            {"accessTokenTrustedIps": ["::1"]},
            "invalid_type",
            "accessTokenTrustedIps.0",
            {"expected": "object", "received": "string"},
            id="trusted IP as text",
        ),
        pytest.param(
            {"accessTokenTTL": -1}, "too_small", "accessTokenTTL", {"minimum": 0, "type": "number"}, id="TTL<0"
        ),
        pytest.param(
            {"accessTokenMaxTTL": 315360001},
            "too_big",
            "accessTokenMaxTTL",
            {"maximum": 315360000, "type": "number"},
            id="max TTL past its bound",
        ),
        pytest.param({"accessTokenNumUsesLimit": -1}, "too_small", "accessTokenNumUsesLimit", {}, id="uses below 0"),
        pytest.param(
            {"accessTokenTTL": 3600.5},
            "invalid_type",
            "accessTokenTTL",
            {"expected": "integer", "received": "float"},
            id="half a second",
        ),
    ],
)
def test_a_value_out_of_bounds_is_one_issue(body, code, path, extra, profile):
    made = update(body, profile)
    assert made.issues == [(code, path)]
    assert made.issue_objects[0].items() >= extra.items()


@pytest.mark.parametrize(
    "id",
    [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "6A000000-0000-F000-C000-00000000ABCD",
    ],
)
@pytest.mark.parametrize("field", ["gatewayId", "gatewayPoolId"])
def test_a_uuid_of_any_version_and_case_is_taken(field, id, profile):
    assert update({field: id}, profile).status == 200


def test_trimming_is_that_of_ecmascript():
    white = "\t\n\v\f\r \u00a0\u1680\u2000\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
    kept = "\x1c\x1d\x1e\x1f\x85\u180e\u200b\0"
    assert trim(f"{white}x{white}") == "x"
    for character in kept:
        assert trim(f"{character}x{character}") == f"{character}x{character}"


def test_an_address_among_trusted_ips_is_trimmed():
    made = update({"accessTokenTrustedIps": [{"ipAddress": "\ufeff 10.0.0.0/8\n"}]})
    assert [item.text() for item in made.after.access_token_trusted_ips] == ["10.0.0.0/8"]


@pytest.mark.parametrize("field", TEXT_COLUMNS)
@pytest.mark.parametrize(
    ("text", "rule", "code"),
    [
        pytest.param("a" * 256, "column.length", "too_big", id="256 characters"),
        pytest.param("a\0b", "column.nul", "custom", id="NUL"),
    ],
)
def test_a_text_that_no_column_takes(field, text, rule, code):
    refused, failed = update({field: text}, CONTRACT), update({field: text}, LIVE)
    assert (refused.rule, refused.issues) == (rule, [(code, field)])
    assert (failed.status, failed.error, failed.rule) == (500, "Update by id", "update.database")


@pytest.mark.parametrize("uses", [2**63, 1e19, float(BIGINT_MAX)])
def test_a_number_of_uses_past_64_bits(uses):
    refused, failed = (
        update({"accessTokenNumUsesLimit": uses}, CONTRACT),
        update({"accessTokenNumUsesLimit": uses}, LIVE),
    )
    assert refused.issues == [("too_big", "accessTokenNumUsesLimit")]
    assert refused.rule == "column.integer"
    assert (failed.status, failed.error) == (500, "Update by id")


@pytest.mark.parametrize("field", ["caCert", "tokenReviewerJwt"])
def test_what_is_encrypted_may_be_of_any_length(field, profile):
    assert update({field: "a\0" * 10_000}, profile).status == 200


@pytest.mark.parametrize("body", [None, [], "text", 7, True], ids=repr)
def test_a_body_that_is_no_object_is_one_issue(body, profile):
    made = update(body, profile)
    assert made.issues == [("invalid_type", "")]
    assert made.issue_objects[0]["expected"] == "object"
    assert made.rule == "contract.body"


def test_unknown_properties_are_one_issue_for_each_object():
    body = {
        "identityId": "x",
        "extra": None,
        "accessTokenTrustedIps": [{"ipAddress": HOST, "type": "ipv4", "prefix": 8}],
    }
    made = update(body, CONTRACT)
    assert made.issues == [("unrecognized_keys", "accessTokenTrustedIps.0"), ("unrecognized_keys", "")]
    assert [each["keys"] for each in made.issue_objects] == [["type", "prefix"], ["identityId", "extra"]]


def test_unknown_properties_are_dropped_by_the_live_profile():
    body = {"identityId": "x", "allowedNames": "y", "accessTokenTrustedIps": [{"ipAddress": "10.0.0.1", "prefix": 8}]}
    after = update(body, LIVE).after
    assert after.allowed_names == "y"
    assert [item.text() for item in after.access_token_trusted_ips] == ["10.0.0.1"]
