"""Where the calling identity belongs, over HTTP: for identities only (behaviour 10)."""

import pytest

from mockserver.rules.profile import Profile
from tests.client import ADMIN, HOBBY_ADMIN, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.users import USER, user
from tests.infisical.identities.world import ACME, ACME_EU, EU_ADMIN, EU_ROAMING, HOBBY, IDENTITIES, NO_ACCESS

DETAILS = f"{IDENTITIES}/details"
ACME_ITSELF = {"id": ACME, "name": "Acme", "slug": "acme"}
KINDS = "token.identities-only"


@pytest.mark.parametrize(
    ("token", "organization"),
    [
        (ADMIN, ACME_ITSELF),
        (NO_ACCESS, ACME_ITSELF),
        (HOBBY_ADMIN, {"id": HOBBY, "name": "Hobby", "slug": "hobby"}),
        (EU_ADMIN, ACME_ITSELF),
        (EU_ROAMING, ACME_ITSELF),
    ],
)
async def test_the_root_organization_is_answered_to_any_identity(
    serve: Serve, profile: Profile, token: str, organization: dict[str, str]
):
    client = await serve(profile=profile)
    answer = await client.send("GET", DETAILS, token=token)
    assert (answer.status, answer.rule) == (200, "accepted")
    assert answer.json == {"identityDetails": {"organization": organization}}


@pytest.mark.parametrize("path", [DETAILS, f"{DETAILS}/", f"{DETAILS}?a=b", f"/w/default{DETAILS}"])
@pytest.mark.parametrize("token", [USER, user(organizationId=None), user(organizationId=ACME_EU)])
async def test_a_user_is_told_the_path_that_is_not_for_users(serve: Serve, profile: Profile, token: str, path: str):
    """A user's organization is not asked for: the kind of the token is in the way already."""
    client = await serve(profile=profile)
    answer = in_envelope(await client.send("GET", path, token=token))
    assert (answer.status, answer.error, answer.rule) == (403, f"Forbidden access to {path}", KINDS)


async def test_no_token_is_no_kind_of_token(server: Client):
    answer = in_envelope(await server.send("GET", DETAILS, token=None))
    assert (answer.status, answer.rule) == (401, "token.missing")


@pytest.mark.parametrize("kind", ["scimToken", "apiKey"])
async def test_other_kinds_are_refused_as_everywhere(server: Client, kind: str):
    answer = in_envelope(await server.send("GET", DETAILS, token=user(authTokenType=kind)))
    assert (answer.status, answer.error, answer.rule) == (403, f"Forbidden access to {DETAILS}", "token.kind")


@pytest.mark.parametrize("path", [f"{IDENTITIES}?orgId={ACME}", "/api/v2/gateways"])
async def test_elsewhere_a_user_comes_as_far_as_the_membership(server: Client, path: str):
    assert (await server.send("GET", path, token=USER)).rule == "caller.member"
    assert (await server.send("GET", path, token=user(organizationId=None))).rule == "token.user-organization"


async def test_the_word_is_an_id_to_the_other_methods(server: Client, live: Client):
    """Each method has routes of its own, as in the service's framework."""
    for method, body, error in (("PATCH", {"json": {}}, "Find one"), ("DELETE", {}, "MembershipGetByIdentityId")):
        assert (await server.send(method, DETAILS, **body)).rule == "identity.uuid"
        assert (await live.send(method, DETAILS, **body)).error == error
    answer = await server.send("POST", DETAILS, {})
    assert (answer.status, answer.headers["Allow"]) == (405, "GET")
