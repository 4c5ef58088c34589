"""Revoking a token: which are refused and for what, and what is refused from then on (behaviour 8)."""

import jwt
import pytest

from tests.client import in_envelope
from tests.conftest import Serve
from tests.infisical.token_auth.world import ACME, FEW, HOBBY, NOW, STATIC, STRANGER, Asker, asker, signed

SECONDS = NOW // 1000


@pytest.fixture
async def acme(serve: Serve, profile: str) -> Asker:
    """A server of either profile."""
    return await asker(serve, profile=profile)


TOKEN_ERROR, UNAUTHORIZED, BAD_REQUEST = (403, "TokenError"), (401, "UnauthorizedError"), (400, "BadRequest")
REFUSED = {
    "nothing": ("", *TOKEN_ERROR, "token.empty"),
    "a word": ("nobody", *TOKEN_ERROR, "token.malformed"),
    "no base64": ("a.b.c", *TOKEN_ERROR, "token.invalid"),
    "another algorithm": (jwt.encode({"a": 1}, "k" * 64, "HS512"), *TOKEN_ERROR, "token.algorithm"),
    "another key": (signed("another secret of thirty-two characters"), *TOKEN_ERROR, "token.signature"),
    "not yet": (signed(nbf=SECONDS + 1), *TOKEN_ERROR, "token.not-active"),
    "expired": (signed(exp=SECONDS), *TOKEN_ERROR, "token.expired"),
    "a user's": (signed(authTokenType="accessToken"), *BAD_REQUEST, "token.other-kind"),
    "of no kind": (signed(authTokenType=None), *BAD_REQUEST, "token.other-kind"),
    "a user's without claims": (signed(authTokenType="accessToken", orgId=None), *BAD_REQUEST, "token.other-kind"),
    "without identity": (signed(identityId=None), *UNAUTHORIZED, "token.claims"),
    "without id": (signed(identityAccessTokenId=None), *UNAUTHORIZED, "token.claims"),
    "without moment of issue": (signed(iat=None), *UNAUTHORIZED, "token.claims"),
    "expired, of another kind": (signed(exp=SECONDS, authTokenType="scimToken"), *TOKEN_ERROR, "token.expired"),
}


@pytest.mark.parametrize(("token", "status", "error", "rule"), REFUSED.values(), ids=REFUSED)
async def test_each_token_that_cannot_be_revoked(token: str, status: int, error: str, rule: str, acme: Asker):
    before = acme.state
    answer = in_envelope(await acme.revoke(token))
    assert (answer.status, answer.error, answer.rule) == (status, error, rule)
    assert acme.state == before


async def test_a_revoked_token_calls_no_more_and_is_not_renewed(acme: Asker):
    token = signed()
    assert await acme.can_call(token) == "accepted"
    answer = await acme.revoke(f"\n{token} ")
    assert (answer.status, list(answer.json)) == (200, ["message"])
    assert isinstance(answer.json["message"], str)
    assert await acme.can_call(token) == "token.revoked"
    assert (await acme.renew(token)).rule == "token.revoked"


async def test_all_that_renew_it_fall_with_it_whichever_is_handed_in(acme: Asker):
    first = signed()
    second = (await acme.renew(first)).json["accessToken"]
    third = (await acme.renew(second)).json["accessToken"]
    await acme.revoke(second)
    assert [await acme.can_call(each) for each in (first, second, third)] == ["token.revoked"] * 3


async def test_other_tokens_of_the_identity_stay_good(acme: Asker):
    await acme.revoke(signed())
    assert await acme.can_call(signed(identityAccessTokenId="other")) == "accepted"
    assert await acme.can_call("ops-token") == "accepted"


async def test_revoking_again_is_no_error(acme: Asker):
    answers = [(await acme.revoke(signed())) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].json == answers[1].json


@pytest.mark.parametrize(
    "token",
    [
        pytest.param(signed(identityId=STRANGER), id="of an identity that is gone"),
        pytest.param(signed(orgId=HOBBY), id="of an organization that is not its own"),
        pytest.param(signed(authMethod="universal-auth"), id="of an auth method that is gone"),
        pytest.param(signed(creationEpoch=SECONDS - 7200), id="at its max TTL"),
    ],
)
async def test_whatever_else_has_become_of_it_a_token_can_be_revoked(token: str, acme: Asker):
    assert (await acme.revoke(token)).status == 200


async def test_a_token_without_uses_left_can_be_revoked(acme: Asker):
    token = (await acme.made(FEW))["accessToken"]
    assert [await acme.can_call(token) for _ in range(3)] == ["accepted", "accepted", "token.uses"]
    assert (await acme.revoke(token)).status == 200
    assert await acme.can_call(token) == "token.revoked"


async def test_the_list_of_what_is_in_force_knows_a_token_that_its_row_does_not_call_revoked(acme: Asker):
    made = await acme.made()
    await acme.revoke(made["accessToken"])
    assert await acme.row(made["tokenData"]["id"]) == made["tokenData"]
    rows = (await acme.client.get("/_mock/worlds/default/tokens")).json["tokens"]
    (found,) = [each for each in rows if each["kind"] == "Token Auth token"]
    assert (found["revoked"], found["inForce"]) == (True, False)


async def test_a_token_revoked_by_its_id_can_be_revoked_again_by_its_text(acme: Asker):
    made = await acme.made()
    await acme.ask("POST", f"tokens/{made['tokenData']['id']}/revoke")
    assert (await acme.revoke(made["accessToken"])).status == 200


async def test_a_fixed_token_can_be_revoked(acme: Asker):
    assert await acme.can_call("member-token") == "accepted"
    assert (await acme.revoke("member-token")).status == 200
    assert await acme.can_call("member-token") == "token.revoked"
    assert (await acme.revoke("member-token")).status == 200
    assert await acme.can_call("auditor-token") == "accepted"
    await acme.client.send("POST", "/_mock/reset", token=None)
    assert await acme.can_call("member-token") == "accepted"


FIXED = f"""
version: 1
organizations: [{{id: {ACME}, name: Acme, slug: acme}}]
identities: [{{id: {STATIC}, organization: acme, name: ops, role: admin, tokenAuth: {{}}}}]
accessTokens:
  - {{token: expired, identity: ops, expiresAt: 2020-01-01T00:00:00Z}}
  - {{token: revoked, identity: ops, revoked: true}}
  - {{token: a.b.c, identity: ops}}
"""


@pytest.mark.parametrize(
    ("token", "rule"), [("expired", "token.expired"), ("revoked", "accepted"), ("a.b.c", "accepted")]
)
async def test_fixed_tokens_of_other_kinds(token: str, rule: str, serve: Serve, profile: str):
    client = await serve(fixtures_yaml=FIXED, profile=profile)
    answer = await client.send("POST", "/api/v1/auth/token/revoke", {"accessToken": token}, token=None)
    assert answer.rule == rule
    if token == "a.b.c":
        path = f"/api/v1/auth/token-auth/identities/{STATIC}"
        assert (await client.send("GET", path, token=token)).rule == "token.revoked"


async def test_the_bearer_may_be_the_token_itself(acme: Asker):
    """The Go SDK sends both."""
    token = signed()
    answer = await acme.revoke(token, headers={"Authorization": f"Bearer {token}"})
    assert answer.status == 200
    again = await acme.revoke(token, headers={"Authorization": f"Bearer {token}"})
    assert (again.status, again.rule) == (401, "token.revoked")


async def test_the_journal_shows_no_token_that_is_handed_in(acme: Asker):
    answer = await acme.revoke("member-token")
    entry = await acme.client.journalled(answer)
    assert entry["request"]["body"] == {"accessToken": "[REDACTED]"}
    assert "member-token" not in str(entry)
