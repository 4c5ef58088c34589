"""Renewing a token: which are refused and for what, and what the new one says (behaviour 8)."""

from typing import Any

import jwt
import pytest

from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.client import in_envelope
from tests.conftest import Serve
from tests.infisical.token_auth.world import FEW, HOBBY, NOW, OPS, STATIC, STRANGER, Asker, asker, claims, signed

SECONDS = NOW // 1000


@pytest.fixture
async def acme(serve: Serve, profile: str) -> Asker:
    """A server of either profile."""
    return await asker(serve, profile=profile)


TOKEN_ERROR = (403, "TokenError")
UNAUTHORIZED = (401, "UnauthorizedError")
BAD_REQUEST = (400, "BadRequest")
ANOTHER_KEY = "another secret of thirty-two characters"
OF_OLD = dict.fromkeys(
    (
        "authMethod",
        "jti",
        "orgId",
        "rootOrgId",
        "parentOrgId",
        "creationEpoch",
        "accessTokenTTL",
        "accessTokenMaxTTL",
        "accessTokenPeriod",
    )
)
"""A token of the generation whose settings stood in the database has none of these claims."""
REFUSED = {
    "nothing": ("", *TOKEN_ERROR, "token.empty"),
    "blanks": (" \ufeff\n", *TOKEN_ERROR, "token.empty"),
    "a word": ("nobody", *TOKEN_ERROR, "token.malformed"),
    "a fixed token, which is no JWT": ("ops-token", *TOKEN_ERROR, "token.malformed"),
    "two parts": ("a.b", *TOKEN_ERROR, "token.malformed"),
    "no base64": ("!.!.!", *TOKEN_ERROR, "token.invalid"),
    "a service token": ("st.abc.def", *TOKEN_ERROR, "token.invalid"),
    "another algorithm": (jwt.encode({"a": 1}, "k" * 64, "HS512"), *TOKEN_ERROR, "token.algorithm"),
    "another key": (signed(ANOTHER_KEY), *TOKEN_ERROR, "token.signature"),
    "not yet": (signed(nbf=SECONDS + 1), *TOKEN_ERROR, "token.not-active"),
    "expired": (signed(exp=SECONDS), *TOKEN_ERROR, "token.expired"),
    "a user's": (signed(authTokenType="accessToken"), *BAD_REQUEST, "token.other-kind"),
    "a SCIM token": (signed(authTokenType="scimToken"), *BAD_REQUEST, "token.other-kind"),
    "of a kind nobody knows": (signed(authTokenType="x"), *BAD_REQUEST, "token.other-kind"),
    "of no kind": (signed(authTokenType=None), *BAD_REQUEST, "token.other-kind"),
    "without identity": (signed(identityId=None), *UNAUTHORIZED, "token.claims"),
    "without id": (signed(identityAccessTokenId=None), *UNAUTHORIZED, "token.claims"),
    "without organization": (signed(orgId=None), *UNAUTHORIZED, "token.claims"),
    **{
        f"without {name}": (signed(**{name: None}), *UNAUTHORIZED, "token.claims")
        for name in (
            "authMethod",
            "jti",
            "rootOrgId",
            "parentOrgId",
            "iat",
            "creationEpoch",
            "accessTokenTTL",
            "accessTokenMaxTTL",
            "accessTokenPeriod",
        )
    },
    "of an old generation": (signed(**OF_OLD), *UNAUTHORIZED, "token.claims"),
    "with nbf as a text": (signed(nbf="now"), *TOKEN_ERROR, "token.invalid"),
    "of an identity that is gone": (signed(identityId=STRANGER), *UNAUTHORIZED, "token.revoked"),
    "of an organization that is not its own": (signed(orgId=HOBBY), *UNAUTHORIZED, "token.membership"),
    "at its max TTL": (signed(creationEpoch=SECONDS - 7200), *UNAUTHORIZED, "renew.budget"),
    "past its max TTL": (signed(creationEpoch=SECONDS - 7201), *UNAUTHORIZED, "renew.budget"),
}


@pytest.mark.parametrize(("token", "status", "error", "rule"), REFUSED.values(), ids=REFUSED)
async def test_each_token_that_cannot_be_renewed(token: str, status: int, error: str, rule: str, acme: Asker):
    before = acme.state
    answer = in_envelope(await acme.renew(token))
    assert (answer.status, answer.error, answer.rule) == (status, error, rule)
    assert "eyJ" not in answer.json["message"]
    assert acme.state == before


# The defects and the kinds in the order of the checks, as claims that have one of them; and so on for the rest.
ORDER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("token.not-active", {"nbf": SECONDS + 1}),
    ("token.expired", {"exp": SECONDS}),
    ("token.other-kind", {"authTokenType": "accessToken"}),
    ("token.claims", {"authMethod": None}),
    ("token.revoked", {"identityAccessTokenId": "70000000-0000-4000-8000-000000000009"}),
    ("token.membership", {"orgId": HOBBY}),
    ("token.uses", {"numUsesLimit": 1}),
    ("renew.budget", {"creationEpoch": SECONDS - 7200}),
)


@pytest.mark.parametrize(
    ("place", "behind"), [(place, behind) for place in range(len(ORDER)) for behind in range(place, len(ORDER))]
)
async def test_of_two_things_wrong_the_first_is_named(place: int, behind: int, acme: Asker):
    """A token of one use is used up, and that of the id above is revoked, before they are handed in."""
    for used in (
        signed(numUsesLimit=1),
        signed(numUsesLimit=1, identityAccessTokenId=ORDER[4][1]["identityAccessTokenId"]),
    ):
        assert await acme.can_call(used) == "accepted"
    await acme.revoke(signed(**ORDER[4][1]))
    first, second = ORDER[place], ORDER[behind]
    assert (await acme.renew(signed(**(second[1] | first[1])))).rule == first[0]


async def test_the_signature_goes_before_all_that_it_signs(acme: Asker):
    for _, wrong in ORDER:
        assert (await acme.renew(signed(ANOTHER_KEY, **wrong))).rule == "token.signature"


async def test_a_renewed_token_is_the_same_with_a_new_life(acme: Asker):
    made = await acme.made()
    acme.later(1000)
    answer = await acme.renew(f" {made['accessToken']}\n")
    assert answer.status == 200, answer.content
    assert answer.json == {
        "accessToken": answer.json["accessToken"],
        "expiresIn": 3600,
        "accessTokenMaxTTL": 7200,
        "tokenType": "Bearer",
    }
    said = claims(made["accessToken"])
    assert claims(answer.json["accessToken"]) == {**said, "iat": SECONDS + 1000, "exp": SECONDS + 4600}


async def test_the_claims_are_built_anew(acme: Asker):
    """What the service does not know is left out, what it knows is kept, and the restriction of addresses is true."""
    old = signed(
        clientSecretId="5c000000-0000-4000-8000-000000000001",
        numUsesLimit=7,
        identityName="once",
        identityAuth={"kubernetes": {"namespace": "n", "name": "s"}},
        ipRestrictionEnabled=False,
        parentOrgId=HOBBY,
        aud="others",
        nbf=SECONDS - 10,
    )
    said = claims(old)
    answer = await acme.renew(old)
    expected = {**said, "ipRestrictionEnabled": True, "iat": SECONDS, "exp": SECONDS + 3600}
    del expected["aud"], expected["nbf"]
    assert claims(answer.json["accessToken"]) == expected


async def test_a_method_that_is_not_attached_and_was_never_revoked_is_good(acme: Asker):
    for method in ("universal-auth", "kubernetes-auth", "token-auth", "oidc-auth"):
        token = signed(authMethod=method)
        assert await acme.can_call(token) == "accepted"
        assert (await acme.renew(token)).status == 200


async def test_the_old_one_stays_good_until_it_expires(acme: Asker):
    old = (await acme.made())["accessToken"]
    acme.later(3000)
    new = (await acme.renew(old)).json["accessToken"]
    assert [await acme.can_call(each) for each in (old, new)] == ["accepted", "accepted"]
    acme.later(600)
    assert [await acme.can_call(each) for each in (old, new)] == ["token.expired", "accepted"]


async def test_lifetimes_shrink_towards_the_max_ttl_and_then_there_is_no_more(acme: Asker):
    token, lives = (await acme.made())["accessToken"], []
    for _ in range(2):
        acme.later(3000)
        answer = await acme.renew(token)
        token, lives = answer.json["accessToken"], [*lives, answer.json["expiresIn"]]
    assert lives == [3600, 1200]
    acme.later(1199)
    last = await acme.renew(token)
    assert (last.json["expiresIn"], last.json["accessTokenMaxTTL"]) == (1, 7200)
    assert await acme.can_call(last.json["accessToken"]) == "accepted"
    acme.later(1)
    assert (await acme.renew(last.json["accessToken"])).rule == "token.expired"


CEILING = 7_776_000


@pytest.mark.parametrize(
    ("limits", "expires_in"),
    [
        pytest.param({"accessTokenTTL": 0, "accessTokenMaxTTL": 0}, CEILING, id="no limits"),
        pytest.param({"accessTokenTTL": 0, "accessTokenMaxTTL": 7200}, 5400, id="max TTL alone"),
        pytest.param({"accessTokenTTL": 60, "accessTokenMaxTTL": 0}, 60, id="TTL alone"),
        pytest.param({"accessTokenTTL": 7200, "accessTokenMaxTTL": 7200}, 5400, id="the rest of the max TTL"),
        pytest.param({"accessTokenTTL": 9000, "accessTokenMaxTTL": 1801}, 1, id="one second"),
        pytest.param({"accessTokenPeriod": 600, "accessTokenMaxTTL": 1}, 600, id="a period lifts the max TTL"),
        pytest.param({"accessTokenTTL": CEILING * 2, "accessTokenMaxTTL": 0}, CEILING, id="the ceiling"),
        pytest.param({"iat": SECONDS - 60, "accessTokenMaxTTL": 3600}, 1800, id="counted from the first issue"),
    ],
)
async def test_the_lifetime_is_the_real_one(limits: dict[str, Any], expires_in: int, acme: Asker):
    answer = await acme.renew(signed(**limits))
    assert answer.status == 200, answer.content
    said = claims(answer.json["accessToken"])
    assert (answer.json["expiresIn"], said["exp"] - said["iat"]) == (expires_in, expires_in)
    assert answer.json["accessTokenMaxTTL"] == limits.get("accessTokenMaxTTL", 7200)


async def test_a_later_change_of_the_settings_does_not_count(acme: Asker):
    token = (await acme.made())["accessToken"]
    await acme.ask("PATCH", f"identities/{STATIC}", {"accessTokenTTL": 1, "accessTokenMaxTTL": 1})
    answer = (await acme.renew(token)).json
    assert (answer["expiresIn"], answer["accessTokenMaxTTL"]) == (3600, 7200)


async def test_renewing_takes_no_use_and_renewed_tokens_share_the_uses(acme: Asker):
    token = (await acme.made(FEW))["accessToken"]
    for _ in range(5):
        token = (await acme.renew(token)).json["accessToken"]
    assert [await acme.can_call(token) for _ in range(2)] == ["accepted", "accepted"]
    assert (await acme.renew(token)).rule == "token.uses"
    assert await acme.can_call(token) == "token.uses"


async def test_renewing_writes_nothing(acme: Asker):
    token, world = (await acme.made())["accessToken"], acme.client.mock.worlds.default
    revision = world.revision
    assert (await acme.renew(token)).status == 200
    assert world.revision == revision


async def test_trusted_ips_do_not_count_for_who_hands_a_token_in(acme: Asker):
    token = (await acme.made())["accessToken"]
    await acme.ask("PATCH", f"identities/{STATIC}", {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.1"}]})
    assert (await acme.renew(token)).status == 200


async def test_an_inactive_member_cannot_renew(acme: Asker):
    document = await acme.client.state()
    next(each for each in document["identities"] if each["id"] == OPS)["isActive"] = False
    assert (await acme.client.send("PUT", "/_mock/worlds/default/state", document, token=None)).status == 204
    assert (await acme.renew(signed())).rule == "token.membership"


@pytest.mark.parametrize(
    ("authorization", "rule"),
    [
        ("Bearer nobody", "token.malformed"),
        ("Bearer ", "token.empty"),
        (f"Bearer {signed(exp=SECONDS - 1)}", "token.expired"),
        ("Bearer ops-token", "accepted"),
        (None, "accepted"),
    ],
)
async def test_the_route_is_public_but_a_bad_credential_is_refused(authorization: str | None, rule: str, acme: Asker):
    headers = {} if authorization is None else {"Authorization": authorization}
    assert (await acme.renew(signed(), headers=headers)).rule == rule
    assert (await acme.revoke(signed(), headers=headers)).rule == rule


async def test_a_token_that_the_world_does_not_sign_is_refused(serve: Serve):
    acme = await asker(serve, token_secret=ANOTHER_KEY)
    assert (await acme.renew(signed(DEFAULT_TOKEN_SECRET))).rule == "token.signature"
    assert (await acme.renew(signed(ANOTHER_KEY))).status == 200
