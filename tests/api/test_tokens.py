"""Who may call at all, over HTTP: credentials, their order, their uses, and the address that they come from."""

import base64
import json
from typing import Any, NamedTuple

import jwt
import pytest

from mockserver.rules.profile import Profile
from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.client import (
    ADMIN,
    AUDITOR,
    HOBBY_ADMIN,
    HOBBYIST,
    IDENTITIES,
    MEMBER,
    OPS_ADMIN,
    PAYMENTS,
    STRANGER,
    VERIFIED,
    Client,
    head,
    in_envelope,
)
from tests.conftest import Serve

ACME, HOBBY = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
URL = IDENTITIES + PAYMENTS
IN_2100, IN_2000 = 4_102_444_800, 946_684_800
COMPLETE = {
    "authTokenType": "identityAccessToken",
    "identityId": OPS_ADMIN,
    "identityAccessTokenId": "70000000-0000-4000-8000-000000000001",
    "jti": "70000000-0000-4000-8000-000000000001",
    "authMethod": "token-auth",
    "orgId": ACME,
    "rootOrgId": ACME,
    "parentOrgId": ACME,
    "accessTokenTTL": 3600,
    "accessTokenMaxTTL": 0,
    "accessTokenPeriod": 0,
    "creationEpoch": IN_2000,
    "iat": IN_2000,
    "exp": IN_2100,
}
FORBIDDEN = (403, f"Forbidden access to {URL}", "token.kind")
NO_ORGANIZATION = f"{URL} Unauthorized Access, no organization found in request"


def signed(secret: str = DEFAULT_TOKEN_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """An access token with these claims beside the usual ones; None leaves one out."""
    every = {name: value for name, value in {**COMPLETE, **claims}.items() if value is not None}
    return jwt.encode(every, secret, algorithm)


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


UNSIGNED = f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(COMPLETE)}."
NESTED = f"{base64.urlsafe_b64encode(b'[' * 5001).decode()}.e30.e30"


class Row(NamedTuple):
    """Headers, and what they come to."""

    name: str
    authorization: str | None
    status: int
    error: str
    rule: str


MALFORMED = (403, "TokenError", "token.malformed")
BAD_SIGNATURE = (403, "TokenError", "token.signature")
INVALID = (403, "TokenError", "token.invalid")
UNAUTHORIZED = (401, "UnauthorizedError")
REVOKED, UNKNOWN_KIND = (*UNAUTHORIZED, "token.revoked"), (*UNAUTHORIZED, "token.unknown-kind")
NOT_A_MEMBER = (*UNAUTHORIZED, "token.membership")
NO_USERS = (403, "ForbiddenError", "caller.member")
ROWS = (
    Row("no header", None, *UNAUTHORIZED, "token.missing"),
    Row("an empty header, which is none", "", *UNAUTHORIZED, "token.missing"),
    Row("a scheme alone", "Bearer", 403, "TokenError", "token.empty"),
    Row("a scheme and a blank", "Bearer ", 403, "TokenError", "token.empty"),
    Row("six characters", "abcdef", 403, "TokenError", "token.empty"),
    Row("a token with no scheme, whose first seven characters are cut", ADMIN, *MALFORMED),
    Row("a token nobody has", "Bearer nobody", *MALFORMED),
    Row("a token with another beside it", f"Bearer {ADMIN} {ADMIN}", *MALFORMED),
    Row("two parts", "Bearer a.b", *MALFORMED),
    Row("four parts", "Bearer a.b.c.d", *MALFORMED),
    Row("three parts that are no base64", "Bearer !.!.!", *INVALID),
    Row("three empty parts", "Bearer ..", *INVALID),
    Row("a header nested deeper than any parser reads", f"Bearer {NESTED}", *INVALID),
    Row("claims that are no object", f"Bearer {encoded({'alg': 'HS256'})}.{encoded([])}.e30", *BAD_SIGNATURE),
    Row("parts that are no JSON", "Bearer YWJj.YWJj.YWJj", *INVALID),
    Row("an expiry in words", f"Bearer {signed(exp='tomorrow')}", *INVALID),
    Row("no signature", f"Bearer {UNSIGNED}", 403, "TokenError", "token.algorithm"),
    Row("HS512", f"Bearer {signed('k' * 64, 'HS512')}", 403, "TokenError", "token.algorithm"),
    Row("another key", f"Bearer {signed('another key' * 4)}", *BAD_SIGNATURE),
    Row("an expired token", "Bearer acme-expired-token", 403, "TokenError", "token.expired"),
    Row("an expired JWT", f"Bearer {signed(exp=IN_2000)}", 403, "TokenError", "token.expired"),
    Row("a JWT without expiry", f"Bearer {signed(exp=None)}", *UNAUTHORIZED, "token.endless"),
    Row("a revoked token", "Bearer acme-revoked-token", *REVOKED),
    Row("a JWT of an identity that is gone", f"Bearer {signed(identityId=STRANGER)}", *REVOKED),
    Row("a JWT for an organization that the identity is not in", f"Bearer {signed(orgId=HOBBY)}", *NOT_A_MEMBER),
    *(
        Row(f"a JWT without {claim}", f"Bearer {signed(**{claim: None})}", *UNAUTHORIZED, "token.claims")
        for claim in (
            *("identityId", "identityAccessTokenId", "jti", "authMethod", "orgId", "rootOrgId", "parentOrgId", "iat"),
            *("creationEpoch", "accessTokenTTL", "accessTokenMaxTTL", "accessTokenPeriod"),
        )
    ),
    Row("a JWT whose TTL is a text", f"Bearer {signed(accessTokenTTL='3600')}", *UNAUTHORIZED, "token.claims"),
    Row("a JWT whose nbf is a text", f"Bearer {signed(nbf='2000')}", *INVALID),
    Row("a service token", "Bearer st.abc.def", 403, f"Forbidden access to {URL}", "token.service-token"),
    *(
        Row(f"a JWT of kind {kind}", f"Bearer {signed(authTokenType=kind)}", *FORBIDDEN)
        for kind in ("scimToken", "apiKey", "serviceToken", "oauthAccessToken")
    ),
    Row("a JWT of no kind", f"Bearer {signed(authTokenType=None)}", *UNKNOWN_KIND),
    Row("a JWT of a kind nobody knows", f"Bearer {signed(authTokenType='x')}", *UNKNOWN_KIND),
    Row("a JWT whose kind is a list", f"Bearer {signed(authTokenType=['accessToken'])}", *UNKNOWN_KIND),
    Row(
        "a user's JWT without organization",
        f"Bearer {signed(authTokenType='accessToken', orgId=None)}",
        *(401, NO_ORGANIZATION, "token.user-organization"),
    ),
    Row("a user's JWT: worlds hold no users", f"Bearer {signed(authTokenType='accessToken')}", *NO_USERS),
)


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(profile=profile)


def headers(authorization: str | None, **more: str) -> dict[str, str]:
    given = {} if authorization is None else {"Authorization": authorization}
    return given | {name.replace("_", "-"): value for name, value in more.items()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_each_credential_is_refused_by_its_rule(row: Row, asked: Client):
    answer = in_envelope(await asked.update({"allowedNames": "a"}, token=None, headers=headers(row.authorization)))
    assert (answer.status, answer.error, answer.rule) == (row.status, row.error, row.rule)
    assert "eyJ" not in answer.json["message"]


GOOD = {
    "a fixed token": f"Bearer {ADMIN}",
    "a small letter": f"bearer {ADMIN}",
    "any seven characters": f"Foobar {ADMIN}",
    "a JWT": f"Bearer {signed()}",
    "a JWT with ids in capitals": f"Bearer {signed(identityId=OPS_ADMIN.upper())}",
    "a JWT of another auth method that the identity has": f"Bearer {signed(authMethod='universal-auth')}",
    "a JWT of an auth method that the identity never had": f"Bearer {signed(authMethod='kubernetes-auth')}",
}


@pytest.mark.parametrize("authorization", GOOD.values(), ids=GOOD)
async def test_each_good_credential_is_taken(authorization: str, asked: Client):
    answer = await asked.update({"allowedNames": "a"}, token=None, headers=headers(authorization))
    assert answer.record["allowedNames"] == "a"


async def test_an_api_key_is_refused_before_any_token(asked: Client):
    for authorization in (None, "Bearer nobody", f"Bearer {ADMIN}"):
        answer = in_envelope(await asked.update({}, token=None, headers=headers(authorization, x_api_key="any")))
        assert (answer.status, answer.error, answer.rule) == (400, "BadRequest", "token.api-key")


async def test_a_token_of_bytes_that_are_no_text_is_malformed(asked: Client):
    for token, rule in ((b"\xff\xfe", "token.malformed"), (b"\xff.\xfe.\xfd", "token.invalid")):
        async with asked.wire() as wire:
            await wire.send(head(Content_Length="2").replace(ADMIN.encode(), token) + b"{}")
            assert in_envelope(await wire.answer()).rule == rule


async def test_a_token_with_three_uses_serves_three_requests_refused_ones_too(asked: Client):
    token = "acme-three-uses-token"
    first = await asked.update({"allowedNames": 7}, token=token)
    second = await asked.update({"allowedNames": "a"}, STRANGER, token=token)
    third = await asked.update({"allowedNames": "a"}, token=token)
    fourth = in_envelope(await asked.update({"allowedNames": "b"}, token=token))
    assert [first.status, second.status, third.status, fourth.status] == [422, 404, 200, 401]
    assert (fourth.error, fourth.rule) == ("UnauthorizedError", "token.uses")


async def test_a_jwt_counts_its_uses_by_its_id(asked: Client):
    one = signed(numUsesLimit=1, identityAccessTokenId="one")
    other = signed(numUsesLimit=1, identityAccessTokenId="other")
    statuses = [(await asked.update({"allowedNames": "a"}, token=token)).status for token in (one, one, other)]
    assert statuses == [200, 401, 200]


async def test_a_request_refused_for_its_address_takes_a_use(serve: Serve):
    client = await serve(
        fixtures_yaml=(
            "version: 1\n"
            f"organizations: [{{id: {ACME}, name: Acme, slug: acme}}]\n"
            f"identities: [{{id: {OPS_ADMIN}, organization: acme, name: ops, role: admin}}]\n"
            "accessTokens: [{token: t, identity: ops, numUsesLimit: 2, trustedIps: [{ipAddress: 10.0.0.1}]}]\n"
        )
    )
    away, near = {"X-Real-IP": "10.0.0.2"}, {"X-Real-IP": "10.0.0.1"}
    rules = [(await client.update({}, STRANGER, token="t", headers=each)).rule for each in (away, near, near)]
    assert rules == ["token.address", "identity.unknown", "token.uses"]


async def test_a_reset_gives_back_the_uses(asked: Client):
    for _ in range(4):
        spent = await asked.update({"allowedNames": "a"}, token="acme-three-uses-token")
    assert spent.rule == "token.uses"
    await asked.send("POST", "/_mock/reset")
    assert (await asked.update({"allowedNames": "a"}, token="acme-three-uses-token")).status == 200


async def test_details_of_a_denied_permission_list_the_callers_rules_of_which_there_are_none(asked: Client):
    for token in (MEMBER, AUDITOR):
        answer = in_envelope(await asked.update({"allowedNames": "a"}, token=token))
        assert (answer.status, answer.error) == (403, "PermissionDenied")
        assert answer.json["details"] == []


async def test_no_other_refusal_has_details(asked: Client):
    for answer in (await asked.update({}, token="nobody"), await asked.update({}, STRANGER), await asked.update(7)):
        assert "details" not in answer.json


async def test_an_identity_of_another_organization_is_not_found(asked: Client):
    there = in_envelope(await asked.update({"allowedNames": "a"}, HOBBYIST))
    back = in_envelope(await asked.update({"allowedNames": "a"}, token=HOBBY_ADMIN))
    assert (there.status, there.rule) == (back.status, back.rule) == (404, "identity.unknown")


class Slug(NamedTuple):
    """A token, a value of `x-infisical-org`, and the rule that decides."""

    name: str
    token: str | None
    slug: str
    rule: str


@pytest.mark.parametrize(
    "row",
    [
        Slug("a slug", ADMIN, "acme", "accepted"),
        Slug("a slug with hyphens and digits", ADMIN, "acme-2-eu", "accepted"),
        Slug("capitals", ADMIN, "Acme", "header.organization"),
        Slug("a blank", ADMIN, "ac me", "header.organization"),
        Slug("two hyphens", ADMIN, "ac--me", "header.organization"),
        Slug("a hyphen at the end", ADMIN, "acme-", "header.organization"),
        Slug("nothing", ADMIN, "", "accepted"),
        Slug("a bad slug before a bad token", "nobody", "Acme", "header.organization"),
        Slug("a good slug beside a bad token", "nobody", "acme", "token.malformed"),
        Slug("a bad slug without a token does not count", None, "Acme", "token.missing"),
        Slug("a bad slug before a token of another kind", "st.a", "Acme", "header.organization"),
        Slug("a good slug and no token", None, "acme", "token.missing"),
    ],
    ids=lambda row: row.name,
)
async def test_the_organization_header_is_judged_before_the_token_beside_it(row: Slug, asked: Client):
    answer = await asked.update({"allowedNames": "a"}, token=row.token, headers={"x-infisical-org": row.slug})
    assert answer.rule == row.rule
    if row.rule == "header.organization":
        assert in_envelope(answer).error == "ValidationFailure"
        assert answer.issues == [("custom", ("x-infisical-org",))]


@pytest.mark.parametrize(
    ("headers", "rule"),
    [
        pytest.param({"x-api-key": "k", "x-infisical-org": "Acme"}, "header.organization", id="a key, a bad slug"),
        pytest.param({"x-api-key": "k", "x-infisical-org": "acme"}, "token.api-key", id="a key, a slug"),
        pytest.param({"x-api-key": "k"}, "token.api-key", id="a key"),
        pytest.param({"x-api-key": ""}, "token.missing", id="an empty key is none"),
        pytest.param({"x-api-key": "", "x-infisical-org": "Acme"}, "token.missing", id="no credential, a bad slug"),
    ],
)
async def test_an_api_key_is_a_credential_unless_it_is_empty(headers: dict[str, str], rule: str, asked: Client):
    assert (await asked.update({"allowedNames": "a"}, token=None, headers=headers)).rule == rule


async def test_an_empty_api_key_beside_a_token_is_no_matter(asked: Client):
    assert (await asked.update({"allowedNames": "a"}, headers={"x-api-key": ""})).status == 200


async def test_a_bad_slug_costs_a_token_no_use(asked: Client):
    once = signed(numUsesLimit=1, identityAccessTokenId="once")
    bad = await asked.update({"allowedNames": "a"}, token=once, headers={"x-infisical-org": "Acme"})
    assert bad.rule == "header.organization"
    assert (await asked.update({"allowedNames": "a"}, token=once)).status == 200
    assert (await asked.update({"allowedNames": "a"}, token=once)).rule == "token.uses"


async def test_a_bad_token_is_refused_before_an_unknown_identity_and_a_bad_body(asked: Client):
    assert (await asked.update(7, "nobody", token="nobody")).rule == "token.malformed"


async def test_a_route_that_is_not_there_is_refused_before_a_bad_token(asked: Client):
    assert (await asked.send("PATCH", "/api/v1/nothing", {}, token="nobody")).rule == "route.unknown"


async def test_a_change_of_trusted_ips_counts_for_tokens_that_were_issued_before(serve: Serve):
    client = await serve()
    state = await client.state()
    next(each for each in state["identities"] if each["id"] == VERIFIED)["role"] = "admin"
    assert (await client.send("PUT", "/_mock/worlds/default/state", state)).status == 204
    token = signed(identityId=VERIFIED, authMethod="kubernetes-auth")
    near = {"X-Forwarded-For": "10.1.2.3, 8.8.8.8"}
    change = {"accessTokenTrustedIps": [{"ipAddress": "192.0.2.1"}]}
    assert (await client.update({"allowedNames": "a"}, token=token)).rule == "token.address"
    assert (await client.update(change, VERIFIED, token=token, headers=near)).status == 200
    assert (await client.update({"allowedNames": "a"}, token=token, headers=near)).rule == "token.address"
    assert (await client.update({"allowedNames": "a"}, token=token, headers={"X-Real-IP": "192.0.2.1"})).status == 200
