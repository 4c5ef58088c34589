"""What each refusal of a token says, over HTTP: texts that clients match on, and what else it carries (errors.md)."""

from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.api.test_tokens import UNSIGNED, URL, signed
from tests.client import ADMIN, STRANGER, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.universal_auth.robots import ABOUT, GOOD, ROBOT, login, turned_by_hand

TOKEN, UNAUTHORIZED = (403, "TokenError"), (401, "UnauthorizedError")
NOT_ALLOWED = (403, f"Forbidden access to {URL}")
NO_ORGANIZATION = (401, f"{URL} Unauthorized Access, no organization found in request")
EXACT = {
    "nothing behind the scheme": ("Bearer ", "jwt must be provided"),
    "six characters": ("Bearer", "jwt must be provided"),
    "another key": (f"Bearer {signed('another key' * 4)}", "invalid signature"),
    "three parts that are no base64": ("Bearer !.!.!", "invalid token"),
    "three parts that are no JSON": ("Bearer YWJj.YWJj.YWJj", "invalid token"),
}
SAID: dict[str, tuple[str | None, tuple[int, str], str]] = {
    "none": (None, UNAUTHORIZED, "missing"),
    "of a kind nobody knows": (f"Bearer {signed(authTokenType='x')}", UNAUTHORIZED, "missing"),
    "malformed": ("Bearer nobody", TOKEN, "alformed"),
    "two parts": ("Bearer a.b", TOKEN, "alformed"),
    "no algorithm": (f"Bearer {UNSIGNED}", TOKEN, "algorithm"),
    "another algorithm": (f"Bearer {signed('k' * 64, 'HS512')}", TOKEN, "algorithm"),
    "expired": (f"Bearer {signed(exp=946_684_800)}", TOKEN, "expired"),
    "a service token": ("Bearer st.a.b", NOT_ALLOWED, "not allowed"),
    "a SCIM token": (f"Bearer {signed(authTokenType='scimToken')}", NOT_ALLOWED, "not allowed"),
    "an OAuth token": (f"Bearer {signed(authTokenType='oauthAccessToken')}", NOT_ALLOWED, "not allowed"),
    "a user of nowhere": (f"Bearer {signed(authTokenType='accessToken', orgId=None)}", NO_ORGANIZATION, "rganization"),
    "claims that lack one": (f"Bearer {signed(authMethod=None)}", UNAUTHORIZED, "authenticate again"),
    "revoked": ("Bearer acme-revoked-token", UNAUTHORIZED, "the token has been revoked"),
    "of an identity that is gone": (f"Bearer {signed(identityId=STRANGER)}", UNAUTHORIZED, "the identity has been"),
    "of another organization": (
        f"Bearer {signed(orgId='0a000000-0000-4000-8000-000000000002')}",
        UNAUTHORIZED,
        "no longer a member",
    ),
}


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(profile=profile)


async def refused(client: Client, authorization: str | None, **headers: str) -> Any:
    sent = headers if authorization is None else {"Authorization": authorization, **headers}
    answer = in_envelope(await client.update({"allowedNames": "a"}, token=None, headers=sent))
    assert "details" not in answer.json
    return answer


@pytest.mark.parametrize(("authorization", "message"), EXACT.values(), ids=EXACT)
async def test_texts_of_the_library_that_clients_match_on(authorization: str, message: str, client: Client):
    answer = await refused(client, authorization)
    assert (answer.status, answer.error, answer.json["message"]) == (*TOKEN, message)


@pytest.mark.parametrize(("authorization", "expected", "says"), SAID.values(), ids=SAID)
async def test_what_else_a_refused_token_is_told(
    authorization: str | None, expected: tuple[int, str], says: str, client: Client
):
    answer = await refused(client, authorization)
    assert (answer.status, answer.error) == expected
    assert says in answer.json["message"]


async def test_the_librarys_own_words_for_a_malformed_or_expired_token_are_rewritten(client: Client):
    for authorization in ("Bearer nobody", f"Bearer {signed(exp=946_684_800)}", f"Bearer {UNSIGNED}"):
        assert (await refused(client, authorization)).json["message"] not in (
            "jwt malformed",
            "jwt expired",
            "invalid algorithm",
            "jwt signature is required",
        )


async def test_an_api_key_is_told_that_it_is_no_longer_supported(client: Client):
    answer = await refused(client, f"Bearer {ADMIN}", **{"x-api-key": "k"})
    assert (answer.status, answer.error) == (400, "BadRequest")
    assert "no longer supported" in answer.json["message"]


async def test_a_secret_that_is_revoked_is_told_apart_from_a_token(client: Client):
    turned_by_hand(client)
    issued = (await login(client)).json["accessToken"]
    await client.send("POST", f"{ABOUT}{ROBOT}/client-secrets/{GOOD}/revoke")
    answer = in_envelope(await client.send("GET", ABOUT + ROBOT, token=issued))
    assert (answer.status, answer.error) == UNAUTHORIZED
    assert "client secret" in answer.json["message"]


async def test_a_method_that_is_revoked_is_told_apart_from_a_token(client: Client):
    issued = (await login(client)).json["accessToken"]
    assert (await client.send("DELETE", ABOUT + ROBOT)).status == 200
    answer = in_envelope(await client.send("GET", ABOUT + ROBOT, token=issued))
    assert (answer.status, answer.error) == UNAUTHORIZED
    assert "auth method" in answer.json["message"]


async def test_an_inactive_member_is_told_apart_from_none(client: Client):
    issued = (await login(client)).json["accessToken"]
    state = await client.state()
    next(each for each in state["identities"] if each["id"] == ROBOT)["isActive"] = False
    assert (await client.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204
    for answer in (
        await client.send("GET", ABOUT + ROBOT, token=issued),
        await client.send("POST", "/api/v1/auth/token/renew", {"accessToken": issued}, token=None),
    ):
        assert (in_envelope(answer).status, answer.error, answer.rule) == (*UNAUTHORIZED, "token.membership")
        assert "inactive" in answer.json["message"]


async def test_a_token_of_no_uses_is_told_its_limit(client: Client):
    token = f"Bearer {signed(numUsesLimit=1)}"
    assert (await client.update({"allowedNames": "a"}, token=None, headers={"Authorization": token})).status == 200
    answer = await refused(client, token)
    assert (answer.status, answer.error) == UNAUTHORIZED
    assert "usage limit" in answer.json["message"]


async def test_an_address_that_is_not_trusted_is_named(client: Client):
    body = {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}]}
    assert (await client.send("PATCH", ABOUT + ROBOT, body)).status == 200
    issued = (await login(client)).json["accessToken"]
    answer = in_envelope(await client.send("GET", ABOUT + ROBOT, token=issued, headers={"X-Real-IP": "192.0.2.1"}))
    assert (answer.status, answer.error) == (403, "ForbiddenError")
    assert "192.0.2.1" in answer.json["message"]
    assert "not allowed" in answer.json["message"]
