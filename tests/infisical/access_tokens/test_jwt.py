"""Signed tokens: every defect, every kind, and what is read from the claims (auth.md)."""

import base64
import json

import jwt
import pytest

from mockserver.infisical.access_tokens.access_token import AccessToken, Defect, verified

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
        created_at=SECONDS - 60,
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
        pytest.param(signed(exp=None), id="exp null"),
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


@pytest.mark.parametrize(
    ("text", "complete"),
    [
        pytest.param(without("identityName"), True, id="no name"),
        pytest.param(without("numUsesLimit"), True, id="no uses"),
        pytest.param(without("jti"), True, id="id by identityAccessTokenId"),
        pytest.param(without("identityAccessTokenId"), True, id="id by jti"),
        pytest.param(without("jti", "identityAccessTokenId"), False, id="no id"),
        pytest.param(without("identityId"), False, id="no identity"),
        pytest.param(without("orgId"), False, id="no organization"),
        pytest.param(without("authMethod"), False, id="no auth method"),
        pytest.param(signed(identityId=""), False, id="identity empty"),
        pytest.param(signed(orgId=7), False, id="organization a number"),
    ],
)
def test_claims_are_complete_with_id_identity_organization_and_method(text, complete):
    assert verified(text, SECRET, NOW).complete is complete


@pytest.mark.parametrize(("claim", "limit"), [(1, 1), (0, 0), (-1, 0), (True, 0), ("3", 0), (None, 0), (2.0, 2)])
def test_uses_are_limited_by_a_positive_integer_only(claim, limit):
    assert verified(signed(numUsesLimit=claim), SECRET, NOW).num_uses_limit == limit


def test_a_user_token_names_its_organization():
    user = verified(jwt.encode({"authTokenType": "accessToken", "organizationId": "O"}, SECRET, "HS256"), SECRET, NOW)
    assert (user.kind, user.organization_id) == ("user", "o")
