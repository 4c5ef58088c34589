"""Signed tokens: every defect, every kind, and what is read from the claims (auth.md)."""

import base64
import json

import jwt
import pytest

from mockserver.infisical.access_tokens.access_token import AccessToken, Defect, verified
from mockserver.infisical.access_tokens.issue import Grant, issue

SECRET = "a secret of thirty-two characters"
NOW = 1_800_000_000_000
SECONDS = NOW // 1000
CLAIMS = {
    "authTokenType": "identityAccessToken",
    "identityId": "1D000000-0000-4000-8000-000000000001",
    "identityName": "ops",
    "identityAccessTokenId": "70000000-0000-4000-8000-000000000001",
    "jti": "70000000-0000-4000-8000-000000000001",
    "authMethod": "kubernetes-auth",
    "orgId": "0A000000-0000-4000-8000-000000000001",
    "rootOrgId": "0A000000-0000-4000-8000-000000000001",
    "parentOrgId": "0A000000-0000-4000-8000-000000000001",
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 7200,
    "accessTokenPeriod": 0,
    "creationEpoch": SECONDS - 90,
    "numUsesLimit": 3,
    "iat": SECONDS - 60,
    "exp": SECONDS + 60,
}


def signed(secret=SECRET, algorithm="HS256", **claims):
    return jwt.encode({**CLAIMS, **claims}, secret, algorithm=algorithm)


def without(*names):
    return jwt.encode({name: value for name, value in CLAIMS.items() if name not in names}, SECRET, "HS256")


def part(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


HEADER = {"alg": "HS256", "typ": "JWT"}
GOOD = signed()
HEAD, PAYLOAD, SIGNATURE = GOOD.split(".")


def test_the_claims_of_a_good_token_are_read():
    assert verified(GOOD, SECRET, NOW) == AccessToken(
        id="70000000-0000-4000-8000-000000000001",
        kind="identity",
        identity_id="1d000000-0000-4000-8000-000000000001",
        organization_id="0a000000-0000-4000-8000-000000000001",
        auth_method="kubernetes-auth",
        num_uses_limit=3,
        complete=True,
        issued_at=NOW - 60_000,
        created_at=SECONDS - 90,
        ttl=3600,
        max_ttl=7200,
    )


@pytest.mark.parametrize(
    ("text", "defect"),
    [
        pytest.param("acme-unknown-token", "malformed", id="no dot"),
        pytest.param(f"{HEAD}.{PAYLOAD}", "malformed", id="two parts"),
        pytest.param(f"{GOOD}.x", "malformed", id="four parts"),
        pytest.param(" ", "malformed", id="a blank"),
        pytest.param("..", "invalid", id="three empty parts"),
        pytest.param("a.b.c", "invalid", id="no base64"),
        pytest.param("\u00e9.\u00e9.\u00e9", "invalid", id="no ASCII"),
        pytest.param(f"{part(b'no json')}.{PAYLOAD}.{SIGNATURE}", "invalid", id="header is no JSON"),
        pytest.param(f"{part([])}.{PAYLOAD}.{SIGNATURE}", "invalid", id="header is no object"),
        pytest.param(signed(secret="another secret of thirty-two chars"), "signature", id="another secret"),
        pytest.param(f"{HEAD}.{part({'exp': SECONDS + 10})}.{SIGNATURE}", "signature", id="payload exchanged"),
        pytest.param(f"{HEAD}.{PAYLOAD}.", "signature", id="signature cut off"),
        pytest.param(signed(algorithm="HS384", secret=SECRET * 2), "algorithm", id="another algorithm"),
        pytest.param(f"{part({**HEADER, 'alg': 'none'})}.{PAYLOAD}.", "algorithm", id="no algorithm"),
        pytest.param(f"{part({**HEADER, 'alg': 'RS256'})}.{PAYLOAD}.{SIGNATURE}", "algorithm", id="RS256"),
        pytest.param(signed(nbf=SECONDS + 1), "not-active", id="not yet"),
        pytest.param(signed(exp=SECONDS), "expired", id="expires now"),
        pytest.param(signed(exp=SECONDS - 1), "expired", id="expired"),
        pytest.param(signed(exp=0), "expired", id="expired in 1970"),
        pytest.param(signed(exp="soon"), "invalid", id="exp is a text"),
        pytest.param(signed(exp=True), "invalid", id="exp is a flag"),
        pytest.param(signed(exp=None), "invalid", id="exp is null"),
        pytest.param(signed(nbf="now"), "invalid", id="nbf is a text"),
        pytest.param(signed(nbf=None), "invalid", id="nbf is null"),
        pytest.param(signed(nbf=False), "invalid", id="nbf is a flag"),
        pytest.param(signed(nbf=[1]), "invalid", id="nbf is a list"),
        pytest.param(signed(nbf="now", exp=1), "invalid", id="nbf before exp"),
        pytest.param(signed(secret="another secret of thirty-two chars", exp=1), "signature", id="signature first"),
    ],
)
def test_a_text_that_is_no_token(text, defect):
    assert verified(text, SECRET, NOW) == Defect(defect)


def test_a_payload_that_is_no_object_is_invalid():
    signing = jwt.get_algorithm_by_name("HS256")
    content = f"{part(HEADER)}.{part([1])}"
    signature = signing.sign(content.encode(), signing.prepare_key(SECRET))
    assert verified(f"{content}.{part(signature)}", SECRET, NOW) == Defect("invalid")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(signed(exp=SECONDS + 1), id="a second to go"),
        pytest.param(signed(exp=SECONDS + 0.5), id="half a second to go"),
        pytest.param(without("exp"), id="no exp"),
        pytest.param(signed(nbf=SECONDS), id="from now on"),
        pytest.param(signed(nbf=-0.5), id="since before 1970"),
        pytest.param(signed(iat=SECONDS + 600), id="issued in the future"),
        pytest.param(signed(aud="x", iss="y", sub=7), id="claims of others"),
    ],
)
def test_a_token_that_is_in_order(text):
    assert isinstance(verified(text, SECRET, NOW), AccessToken)


@pytest.mark.parametrize(
    ("sort", "kind"),
    [
        ("identityAccessToken", "identity"),
        ("accessToken", "user"),
        ("scimToken", "foreign"),
        ("apiKey", "foreign"),
        ("serviceToken", "foreign"),
        ("oauthAccessToken", "foreign"),
        ("mcpAccessToken", "foreign"),
        ("IdentityAccessToken", "unknown"),
        ("refreshToken", "unknown"),
        ("", "unknown"),
        (None, "unknown"),
        (7, "unknown"),
        (["identityAccessToken"], "unknown"),
        ({}, "unknown"),
    ],
    ids=repr,
)
def test_the_claim_says_the_kind(sort, kind):
    assert verified(signed(authTokenType=sort), SECRET, NOW).kind == kind


def test_no_claim_is_an_unknown_kind():
    assert verified(without("authTokenType"), SECRET, NOW).kind == "unknown"


TEXTS = ("identityId", "identityAccessTokenId", "jti", "orgId", "rootOrgId", "parentOrgId", "authMethod")
NUMBERS = ("iat", "accessTokenTTL", "accessTokenMaxTTL", "accessTokenPeriod", "creationEpoch")


@pytest.mark.parametrize("name", [*TEXTS, *NUMBERS])
def test_a_token_without_a_claim_that_it_needs_is_incomplete(name: str):
    assert verified(without(name), SECRET, NOW).complete is False
    assert verified(signed(**{name: None}), SECRET, NOW).complete is False


@pytest.mark.parametrize("name", TEXTS)
def test_an_empty_text_is_no_claim(name: str):
    assert verified(signed(**{name: ""}), SECRET, NOW).complete is False


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_is_a_number(name: str):
    if name != "iat":  # the library that signs takes no text for it
        assert verified(signed(**{name: "60"}), SECRET, NOW).complete is False
    assert verified(signed(**{name: True}), SECRET, NOW).complete is False
    assert verified(signed(**{name: 0}), SECRET, NOW).complete is True
    assert verified(signed(**{name: 0.5}), SECRET, NOW).complete is True


@pytest.mark.parametrize(
    "name", ["identityName", "numUsesLimit", "clientSecretId", "ipRestrictionEnabled", "identityAuth"]
)
def test_a_token_without_one_of_the_other_claims_is_complete(name: str):
    assert verified(without(name), SECRET, NOW).complete is True


@pytest.mark.parametrize(("claim", "limit"), [(1, 1), (0, 0), (-1, 0), (True, 0), ("3", 0), (None, 0), (2.0, 2)])
def test_uses_are_limited_by_a_positive_integer_only(claim, limit):
    assert verified(signed(numUsesLimit=claim), SECRET, NOW).num_uses_limit == limit


def test_a_user_token_names_its_organization():
    user = verified(jwt.encode({"authTokenType": "accessToken", "organizationId": "O"}, SECRET, "HS256"), SECRET, NOW)
    assert (user.kind, user.organization_id) == ("user", "o")


@pytest.mark.parametrize("secret", ["s" * 32, "ключ" * 8, "x" * 64, "x" * 65, "x" * 200])
def test_a_token_is_signed_as_pyjwt_signs_it(secret):
    name = 'Zoë "z"\n\U0001f600'
    grant = Grant(
        token_id="t",
        identity_id="i",
        identity_name_json=json.dumps(name),
        auth_method="kubernetes-auth",
        organization_id="o",
        root_id="o",
        parent_id=None,
        ttl=60,
        max_ttl=0,
        num_uses_limit=3,
        period=0,
        client_secret_id="",
        identity_auth_json='{"kubernetes":{"namespace":"a","name":"b"}}',
    )
    token = issue(grant, secret, NOW).text
    claims = jwt.decode(token, secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False})
    assert claims["identityName"] == name
    assert token == jwt.encode(claims, secret, "HS256")
