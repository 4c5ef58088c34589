"""Tokens that are made through Token Auth: the JWT, its row, and what becomes of both."""

import re
from typing import Any

import pytest

from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from tests.conftest import Serve
from tests.infisical.token_auth.world import ACME, EU, EURO, FEW, ISO_NOW, NOW, STATIC, Asker, asker, claims

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
NEVER = {
    "accessTokenNumUses": 0,
    "accessTokenLastUsedAt": None,
    "accessTokenLastRenewedAt": None,
    "isAccessTokenRevoked": False,
    "identityUAClientSecretId": None,
    "authMethod": "token-auth",
    "accessTokenPeriod": 0,
}
"""What a new row says of every token."""


async def test_a_new_token_is_answered_with_its_row(acme: Asker):
    made = await acme.made(name="ci")
    assert re.fullmatch(UUID, made["tokenData"]["id"])
    row = {
        **NEVER,
        "id": made["tokenData"]["id"],
        "accessTokenTTL": 3600,
        "accessTokenMaxTTL": 7200,
        "accessTokenNumUsesLimit": 0,
        "identityId": STATIC,
        "createdAt": ISO_NOW,
        "updatedAt": ISO_NOW,
        "name": "ci",
        "subOrganizationId": None,
    }
    assert made == {
        "accessToken": made["accessToken"],
        "expiresIn": 3600,
        "accessTokenMaxTTL": 7200,
        "tokenType": "Bearer",
        "tokenData": row,
    }
    assert await acme.row(row["id"]) == row
    assert (await acme.ask("GET", f"identities/{STATIC}/tokens")).json == {"tokens": [row]}


async def test_the_jwt_says_whose_it_is_and_how_long(acme: Asker):
    made = await acme.made()
    token_id = made["tokenData"]["id"]
    assert claims(made["accessToken"]) == {
        "identityId": STATIC,
        "identityName": "static",
        "authMethod": "token-auth",
        "orgId": ACME,
        "rootOrgId": ACME,
        "parentOrgId": ACME,
        "clientSecretId": "",
        "identityAccessTokenId": token_id,
        "jti": token_id,
        "ipRestrictionEnabled": True,
        "accessTokenTTL": 3600,
        "accessTokenMaxTTL": 7200,
        "accessTokenPeriod": 0,
        "creationEpoch": NOW // 1000,
        "authTokenType": "identityAccessToken",
        "identityAuth": {},
        "iat": NOW // 1000,
        "exp": NOW // 1000 + 3600,
    }


async def test_a_token_may_have_no_name(acme: Asker):
    assert (await acme.made())["tokenData"]["name"] is None


async def test_the_lifetime_is_answered_as_configured_and_the_jwt_has_the_real_one(acme: Asker):
    made = await acme.made(EURO, "ops-eu-token")
    assert (made["expiresIn"], made["accessTokenMaxTTL"]) == (0, 0)
    assert claims(made["accessToken"])["exp"] == NOW // 1000 + 7_776_000


async def test_a_limit_of_uses_is_in_the_jwt(acme: Asker):
    assert claims((await acme.made(FEW))["accessToken"])["numUsesLimit"] == 2


async def test_a_token_calls_until_it_expires(acme: Asker):
    token = (await acme.made())["accessToken"]
    acme.later(3599.999)
    assert await acme.can_call(token) == "accepted"
    acme.later(0.001)
    assert await acme.can_call(token) == "token.expired"


async def test_the_row_shows_no_uses_of_a_token_and_the_token_ends_all_the_same(acme: Asker):
    made = await acme.made(FEW)
    token_id, decided = made["tokenData"]["id"], []
    for _ in range(3):
        decided.append(await acme.can_call(made["accessToken"]))
        acme.later(60)
        renamed = await acme.ask("PATCH", f"tokens/{token_id}", {"name": "few"})
        (listed,) = (await acme.ask("GET", f"identities/{FEW}/tokens")).json["tokens"]
        for row in (await acme.row(token_id), listed, renamed.json["token"]):
            assert (row["accessTokenNumUses"], row["accessTokenNumUsesLimit"]) == (0, 2)
            assert row["accessTokenLastUsedAt"] is row["accessTokenLastRenewedAt"] is None
    assert decided == ["accepted", "accepted", "token.uses"]


async def test_the_row_shows_no_renewal(acme: Asker):
    made = await acme.made()
    acme.later(60)
    assert (await acme.renew(made["accessToken"])).status == 200
    assert await acme.row(made["tokenData"]["id"]) == made["tokenData"]


@pytest.mark.parametrize("as_of", GENERATIONS)
@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        pytest.param((3600, 7200), 3600, id="a TTL below all limits"),
        pytest.param((0, 7200), 7200, id="no TTL: the max TTL"),
        pytest.param((0, 0), 7776000, id="neither: the ceiling"),
        pytest.param((0, 7776001), 7776000, id="no TTL, a max TTL above the ceiling"),
        pytest.param((7776000, 7776000), 7776000, id="the ceiling"),
        pytest.param((7776001, 8000000), 7776000, id="a TTL above the ceiling"),
        pytest.param((500, 100), 100, id="a TTL above its max TTL"),
    ],
)
async def test_the_row_has_the_real_lifetime_and_the_answer_the_configured_one(
    settings: tuple[int, int], shown: int, as_of: str, serve: Serve, profile: Profile
):
    acme = await asker(serve, profile=profile, as_of=as_of)
    state = await acme.client.state()
    static = next(each for each in state["identities"] if each["id"] == STATIC)
    static["tokenAuth"].update(accessTokenTTL=settings[0], accessTokenMaxTTL=settings[1])
    assert (await acme.client.send("PUT", "/_mock/worlds/default/state", state)).status == 204
    made = await acme.made()
    assert (made["expiresIn"], made["accessTokenMaxTTL"]) == settings
    (listed,) = (await acme.ask("GET", f"identities/{STATIC}/tokens")).json["tokens"]
    for row in (made["tokenData"], listed, await acme.row(made["tokenData"]["id"])):
        assert (row["accessTokenTTL"], row["accessTokenMaxTTL"]) == (shown, settings[1])
    said = claims(made["accessToken"])
    assert (said["exp"] - said["iat"], said["accessTokenTTL"]) == (shown, settings[0])


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_a_revocation_by_the_token_itself_leaves_its_row_as_it_was(as_of: str, serve: Serve, profile: Profile):
    acme = await asker(serve, profile=profile, as_of=as_of)
    made = await acme.made()
    token, token_id = made["accessToken"], made["tokenData"]["id"]
    acme.later(60)
    assert (await acme.revoke(token)).status == 200
    assert await acme.can_call(token) == "token.revoked"
    (listed,) = (await acme.ask("GET", f"identities/{STATIC}/tokens")).json["tokens"]
    assert listed == await acme.row(token_id) == made["tokenData"]
    assert listed["isAccessTokenRevoked"] is False
    assert (await acme.ask("POST", f"tokens/{token_id}/revoke")).status == 200
    row = await acme.row(token_id)
    assert (row["isAccessTokenRevoked"], row["updatedAt"]) == (True, "2027-01-15T08:01:00.000Z")
    assert (await acme.ask("POST", f"tokens/{token_id}/revoke")).rule == "token-auth.token.revoked"
    assert (await acme.revoke(token)).status == 200
    assert await acme.can_call(token) == "token.revoked"


async def test_making_a_token_is_a_login(acme: Asker):
    def remembered() -> tuple[Any, ...]:
        home = acme.client.mock.worlds.default.state.identities[STATIC].home
        return (home.last_login_method, home.last_login_at)

    assert remembered() == (None, None)
    await acme.made()
    assert remembered() == ("token-auth", NOW)


async def test_a_refused_request_makes_no_token_and_no_login(acme: Asker):
    before = acme.state
    assert (await acme.ask("POST", f"identities/{STATIC}/tokens", {"organizationSlug": "none"})).status == 404
    assert acme.state == before


@pytest.mark.parametrize(
    ("slug", "organization", "row"),
    [
        pytest.param({}, ACME, None, id="none"),
        pytest.param({"organizationSlug": "acme"}, ACME, None, id="its own"),
        pytest.param({"organizationSlug": "acme-eu"}, EU, EU, id="a sub-organization"),
        pytest.param({"organizationSlug": " acme-eu "}, EU, EU, id="with blanks"),
    ],
)
async def test_a_slug_says_where_the_token_counts(slug: Any, organization: str, row: str | None, acme: Asker):
    made = await acme.made(**slug)
    said = claims(made["accessToken"])
    assert (said["orgId"], said["rootOrgId"]) == (organization, ACME)
    assert made["tokenData"]["subOrganizationId"] == row
    # The token is one of the sub-organization: there its identity is not at home.
    assert await acme.can_call(made["accessToken"]) == ("accepted" if organization == ACME else "identity.home")


@pytest.mark.parametrize("slug", [{}, {"organizationSlug": "acme-eu"}, {"organizationSlug": "nowhere"}], ids=str)
async def test_an_identity_of_a_sub_organization_stays_there(slug: Any, acme: Asker):
    made = await acme.made(EURO, "ops-eu-token", **slug)
    said = claims(made["accessToken"])
    assert (said["orgId"], said["rootOrgId"], made["tokenData"]["subOrganizationId"]) == (EU, ACME, EU)


async def listed(acme: Asker, query: str = "") -> list[str]:
    answer = await acme.ask("GET", f"identities/{STATIC}/tokens{query}")
    assert list(answer.json) == ["tokens"]
    return [each["name"] for each in answer.json["tokens"]]


async def test_the_list_has_the_last_changed_first_and_revoked_ones_too(acme: Asker):
    ids = {}
    for name in ("one", "two", "three", "four"):
        ids[name] = (await acme.made(name=name))["tokenData"]["id"]
        acme.later(1)
    assert await listed(acme) == ["four", "three", "two", "one"]
    await acme.ask("POST", f"tokens/{ids['two']}/revoke")
    acme.later(1)
    await acme.ask("PATCH", f"tokens/{ids['one']}", {"name": "uno"})
    assert await listed(acme) == ["uno", "two", "four", "three"]
    assert await listed(acme, "?limit=2") == ["uno", "two"]
    assert await listed(acme, "?offset=1&limit=2") == ["two", "four"]
    assert await listed(acme, "?offset=1.9&limit=1.9") == ["two"]
    assert await listed(acme, "?offset=4") == []


async def test_a_page_has_twenty_tokens(acme: Asker):
    for number in range(21):
        await acme.made(name=str(number))
        acme.later(1)
    assert await listed(acme) == [str(number) for number in range(20, 0, -1)]
    assert await listed(acme, "?offset=20") == ["0"]
    assert len(await listed(acme, "?limit=100")) == 21


async def test_the_list_is_the_identitys_own(acme: Asker):
    await acme.made(FEW, name="few")
    assert await listed(acme) == []


async def test_tokens_of_one_moment_stand_in_one_order(acme: Asker):
    for number in range(5):
        await acme.made(name=str(number))
    assert await listed(acme) == await listed(acme)
    assert await listed(acme, "?limit=3") + await listed(acme, "?offset=3") == await listed(acme)


async def test_a_new_name_changes_the_row_and_nothing_else(acme: Asker):
    made = await acme.made(name="old")
    acme.later(60)
    answer = await acme.ask("PATCH", f"tokens/{made['tokenData']['id']}", {"name": "new"})
    expected = {**made["tokenData"], "name": "new", "updatedAt": "2027-01-15T08:01:00.000Z"}
    assert (answer.status, answer.json) == (200, {"token": expected})
    assert await acme.row(made["tokenData"]["id"]) == expected
    assert await acme.can_call(made["accessToken"]) == "accepted"


async def test_a_revoked_token_can_be_renamed(acme: Asker):
    token_id = (await acme.made())["tokenData"]["id"]
    await acme.ask("POST", f"tokens/{token_id}/revoke")
    answer = await acme.ask("PATCH", f"tokens/{token_id}", {"name": "gone"})
    assert (answer.json["token"]["name"], answer.json["token"]["isAccessTokenRevoked"]) == ("gone", True)


async def test_revoked_by_its_id_a_token_is_dead_and_its_row_says_so(acme: Asker):
    made, other = await acme.made(), await acme.made()
    renewed = (await acme.renew(made["accessToken"])).json["accessToken"]
    acme.later(60)
    answer = await acme.ask("POST", f"tokens/{made['tokenData']['id']}/revoke")
    assert (answer.status, list(answer.json)) == (200, ["message"])
    assert isinstance(answer.json["message"], str)
    expected = {**made["tokenData"], "isAccessTokenRevoked": True, "updatedAt": "2027-01-15T08:01:00.000Z"}
    assert await acme.row(made["tokenData"]["id"]) == expected
    for token in (made["accessToken"], renewed):
        assert await acme.can_call(token) == "token.revoked"
        assert (await acme.renew(token)).rule == "token.revoked"
    assert await acme.can_call(other["accessToken"]) == "accepted"


async def test_revoked_twice_by_its_id_it_is_not_found(acme: Asker):
    token_id = (await acme.made())["tokenData"]["id"]
    await acme.ask("POST", f"tokens/{token_id}/revoke")
    before = acme.state
    answer = await acme.ask("POST", f"tokens/{token_id}/revoke")
    assert (answer.status, answer.error, answer.rule) == (404, "NotFound", "token-auth.token.revoked")
    assert acme.state == before


async def test_an_identity_that_is_gone_takes_its_tokens_along(acme: Asker):
    made = await acme.made()
    world = acme.client.mock.worlds.default
    world.commit(world.state.without_identity(STATIC))
    answer = await acme.ask("GET", f"tokens/{made['tokenData']['id']}")
    assert answer.rule == "token-auth.token.unknown"


async def test_a_token_may_ask_about_itself(acme: Asker):
    made = await acme.made()
    answer = await acme.ask("GET", f"tokens/{made['tokenData']['id']}", token=made["accessToken"])
    assert answer.json["token"] == made["tokenData"]


async def test_the_journal_shows_no_token(acme: Asker):
    made = await acme.ask("POST", f"identities/{STATIC}/tokens", {"name": "ci"})
    entry = await acme.client.journalled(made)
    assert entry["response"]["body"]["accessToken"] == "[REDACTED]"
    assert entry["response"]["body"]["tokenData"]["name"] == "ci"
    assert made.json["accessToken"] not in str(entry)
