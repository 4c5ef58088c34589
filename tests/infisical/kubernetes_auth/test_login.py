"""Login over HTTP: what is answered, the token that is issued, and what is remembered (behaviour 7, auth.md)."""

import jwt
import pytest

from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from mockserver.settings import DEFAULT_TOKEN_SECRET
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.login_world import (
    BARE,
    CLOSED,
    OFFICE,
    OFFICER,
    SECONDS,
    WHO,
    claims_of,
    login,
    server,
    world,
)
from tests.infisical.kubernetes_auth.world import NOW, ORGANIZATIONS, read

ACME = ORGANIZATIONS["acme"]
SETTINGS = {"accessTokenTTL": 3600, "accessTokenMaxTTL": 7200}


async def test_the_answer_has_four_keys(serve: Serve, profile: Profile):
    answer = await login(await server(serve, SETTINGS, profile))
    token = answer.json.pop("accessToken")
    assert answer.json == {"expiresIn": 3600, "accessTokenMaxTTL": 7200, "tokenType": "Bearer"}
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}


async def test_the_claims_of_the_token(serve: Serve, profile: Profile):
    claims = claims_of(await login(await server(serve, SETTINGS, profile)))
    token_id = claims["jti"]
    assert len(token_id) == 36
    assert claims == {
        "identityId": WHO,
        "identityName": "who",
        "authMethod": "kubernetes-auth",
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
        "creationEpoch": SECONDS,
        "authTokenType": "identityAccessToken",
        "identityAuth": {"kubernetes": {"namespace": "payments", "name": "api"}},
        "iat": SECONDS,
        "exp": SECONDS + 3600,
    }


async def test_each_token_has_an_id_of_its_own(serve: Serve):
    client = await server(serve)
    assert claims_of(await login(client))["jti"] != claims_of(await login(client))["jti"]


@pytest.mark.parametrize(
    ("ttl", "max_ttl", "lives"),
    [
        pytest.param(3600, 7200, 3600, id="the TTL"),
        pytest.param(7200, 3600, 3600, id="a TTL above its max"),
        pytest.param(3600, 0, 3600, id="no max"),
        pytest.param(0, 3600, 3600, id="no TTL"),
        pytest.param(0, 0, 7_776_000, id="neither: the ceiling"),
        pytest.param(315_360_000, 0, 7_776_000, id="a TTL above the ceiling"),
        pytest.param(315_360_000, 315_360_000, 7_776_000, id="both above the ceiling"),
    ],
)
async def test_lifetimes_are_answered_as_configured_and_capped_in_the_token(ttl, max_ttl, lives, serve: Serve):
    answer = await login(await server(serve, {"accessTokenTTL": ttl, "accessTokenMaxTTL": max_ttl}))
    claims = claims_of(answer)
    assert (answer.json["expiresIn"], answer.json["accessTokenMaxTTL"]) == (ttl, max_ttl)
    assert (claims["accessTokenTTL"], claims["accessTokenMaxTTL"]) == (ttl, max_ttl)
    assert claims["exp"] - claims["iat"] == lives


@pytest.mark.parametrize(("limit", "shown"), [(0, None), (1, 1), (5, 5)])
async def test_uses_are_claimed_if_they_are_limited(limit: int, shown: int | None, serve: Serve):
    client = await server(serve, {"accessTokenNumUsesLimit": limit})
    answer = await login(client)
    claims = claims_of(answer)
    assert claims.get("numUsesLimit") == shown
    assert ("numUsesLimit" in claims) is (shown is not None)
    statuses = [(await read(client, WHO, token=answer.json["accessToken"])).status for _ in range(6)]
    assert statuses == ([200] * 6 if shown is None else [200] * shown + [401] * (6 - shown))


@pytest.mark.parametrize("as_of", GENERATIONS)
@pytest.mark.parametrize("trusted", [["0.0.0.0/0", "::/0"], ["10.0.0.0/8"]], ids=["everywhere", "somewhere"])
async def test_a_restriction_to_addresses_is_claimed_whatever_it_is(trusted: list[str], as_of: str, serve: Serve):
    record = world({"accessTokenTrustedIps": [{"ipAddress": text} for text in trusted]})
    claims = claims_of(await login(await serve(fixtures_yaml=record, clock=NOW, as_of=as_of)))
    assert claims["ipRestrictionEnabled"] is True


async def test_trusted_ips_count_for_the_token_and_not_for_the_login(serve: Serve):
    client = await server(serve, {"accessTokenTrustedIps": [{"ipAddress": "192.0.2.1"}]})
    token = (await login(client)).json["accessToken"]
    assert (await read(client, WHO, token=token)).rule == "token.address"
    assert (await read(client, WHO, token=token, headers={"X-Real-IP": "192.0.2.1"})).status == 200


async def test_the_token_calls_with_the_role_of_the_identity(serve: Serve, profile: Profile):
    client = await server(serve, SETTINGS, profile)
    token = (await login(client)).json["accessToken"]
    assert (await read(client, WHO, token=token)).record["identityId"] == WHO
    changed = await client.update({"allowedNames": "api"}, WHO, token=token)
    assert changed.record["allowedNames"] == "api"


async def test_a_sub_organization_is_the_scope_of_the_token(serve: Serve, profile: Profile):
    client = await server(serve, SETTINGS, profile)
    answer = await login(client, organizationSlug=" acme-office ")
    claims = claims_of(answer)
    assert (claims["orgId"], claims["rootOrgId"], claims["parentOrgId"]) == (OFFICE, ACME, ACME)
    # Its identity is at home above, which a token of the sub-organization cannot change.
    assert (await read(client, WHO, token=answer.json["accessToken"])).rule == "identity.home"
    assert claims_of(await login(client))["orgId"] == ACME


@pytest.mark.parametrize("slug", ["acme-office", "acme", "acme-closed", "hobby", "nowhere"])
async def test_an_identity_of_a_sub_organization_stays_there_whatever_is_named(
    serve: Serve, profile: Profile, slug: str
):
    client = await server(serve, SETTINGS, profile)
    answer = await login(client, identity=OFFICER, organizationSlug=slug)
    claims = claims_of(answer)
    assert (claims["orgId"], claims["rootOrgId"], claims["parentOrgId"]) == (OFFICE, ACME, ACME)
    assert (await read(client, OFFICER, token=answer.json["accessToken"])).record["identityId"] == OFFICER
    refused = await login(client, "nobody", OFFICER, organizationSlug=slug)
    assert (refused.status, refused.rule) == (401, "login.review.authenticated")


async def test_a_sub_organization_without_the_identity_is_none_of_its_tokens(serve: Serve):
    client = await server(serve)
    token = jwt.encode({**claims_of(await login(client)), "orgId": CLOSED}, DEFAULT_TOKEN_SECRET, "HS256")
    assert (await read(client, WHO, token=token)).rule == "token.membership"


async def test_the_last_login_is_remembered_and_the_record_stays(serve: Serve):
    client = await server(serve)
    state = client.mock.worlds.default.state
    assert (state.identities[WHO].home.last_login_method, state.identities[WHO].home.last_login_at) == (None, None)
    assert (await login(client, "nobody")).status == 401
    assert client.mock.worlds.default.state is state
    await login(client)
    after = client.mock.worlds.default.state
    assert after.identities[WHO].home.last_login_method == "kubernetes-auth"
    assert after.identities[WHO].home.last_login_at == NOW
    assert after._replace(identities=state.identities) == state
    assert after.identities[BARE] == state.identities[BARE]
