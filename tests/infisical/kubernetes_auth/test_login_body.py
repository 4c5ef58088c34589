"""What a login sends: its body, and headers on a public route (behaviour 0, 7)."""

from typing import Any

import pytest

from mockserver.rules.profile import Profile
from mockserver.settings import ENGINES, EngineName
from tests.client import in_envelope
from tests.conftest import Serve
from tests.infisical.kubernetes_auth.login_world import WHO, claims_of, login, server
from tests.infisical.kubernetes_auth.world import LOGIN, ORGANIZATIONS


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> EngineName:
    """All of this holds whichever engine checks."""
    return request.param


ACME = ORGANIZATIONS["acme"]


@pytest.mark.parametrize(
    ("body", "issues"),
    [
        pytest.param({}, [("invalid_type", ("identityId",)), ("invalid_type", ("jwt",))], id="nothing"),
        pytest.param({"identityId": WHO}, [("invalid_type", ("jwt",))], id="no token"),
        pytest.param({"jwt": "sa"}, [("invalid_type", ("identityId",))], id="no identity"),
        pytest.param({"identityId": None, "jwt": "sa"}, [("invalid_type", ("identityId",))], id="identity null"),
        pytest.param({"identityId": WHO, "jwt": None}, [("invalid_type", ("jwt",))], id="token null"),
        pytest.param(
            {"identityId": 7, "jwt": []}, [("invalid_type", (each,)) for each in ("identityId", "jwt")], id="types"
        ),
        *(
            pytest.param(
                {"identityId": WHO, "jwt": "sa", "organizationSlug": value},
                [("invalid_type", ("organizationSlug",))],
                id=f"slug {value!r}",
            )
            for value in (None, 7, [], True)
        ),
        *(
            pytest.param(
                {"identityId": WHO, "jwt": "sa", "organizationSlug": value},
                [("custom", ("organizationSlug",))],
                id=f"slug {value!r}",
            )
            for value in ("acme office", "ACME", "acme-Office", "acme_office", "-acme", "acme--office", "é")
        ),
        pytest.param(
            {"identityId": WHO, "jwt": "sa", "organizationSlug": ""},
            [("too_small", ("organizationSlug",))],
            id="an empty slug",
        ),
        pytest.param(
            {"identityId": WHO, "jwt": "sa", "organizationSlug": " \t"},
            [("too_small", ("organizationSlug",))],
            id="a slug of blanks",
        ),
        pytest.param(
            {"identityId": WHO, "jwt": "sa", "organizationSlug": "a" * 65},
            [("too_big", ("organizationSlug",))],
            id="a slug of 65",
        ),
        *(pytest.param(value, [("invalid_type", ())], id=f"a body {value!r}") for value in (None, [], "text", 7)),
    ],
)
async def test_a_body_that_breaks_the_schema(body: Any, issues, serve: Serve, profile: Profile):
    client = await server(serve, {}, profile)
    answer = in_envelope(await client.send("POST", LOGIN, body, token=None))
    assert (answer.status, answer.error) == (422, "ValidationFailure")
    assert answer.issues == issues


async def test_an_unknown_property_is_refused_by_the_contract_and_dropped_by_the_service(serve: Serve):
    refused = await login(await server(serve), subOrganizationName="x")
    assert (refused.rule, refused.issues) == ("contract.unrecognized-keys", [("unrecognized_keys", ())])
    taken = await login(await server(serve, profile="live"), subOrganizationName="x")
    assert (taken.status, taken.headers["Mock-Breach"]) == (200, "1")


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"identity": f"\ufeff {WHO}\n"}, id="identity trimmed"),
        pytest.param({"identity": WHO.upper()}, id="identity in capitals"),
        pytest.param({"token": " sa\u3000"}, id="token trimmed"),
        pytest.param({"organizationSlug": "acme"}, id="the slug of its own organization"),
        pytest.param({"organizationSlug": " acme\n"}, id="a slug trimmed"),
    ],
)
async def test_what_is_sent_is_trimmed_or_lowered(sent, serve: Serve, profile: Profile):
    claims = claims_of(await login(await server(serve, {}, profile), **sent))
    assert (claims["identityId"], claims["orgId"]) == (WHO, ACME)


async def test_a_bad_body_is_refused_as_the_profile_has_it(serve: Serve, profile: Profile):
    client = await server(serve, {}, profile)
    answer = await client.send("POST", LOGIN, data=b"{", token=None, headers={"Content-Type": "application/json"})
    expected = (400, "BadRequest") if profile is Profile.CONTRACT else (500, "InternalServerError")
    assert (answer.status, answer.error, answer.rule) == (*expected, "body.syntax")


@pytest.mark.parametrize(
    ("headers", "status", "error", "rule"),
    [
        pytest.param({"Authorization": "Bearer nobody"}, 403, "TokenError", "token.malformed", id="malformed"),
        pytest.param({"Authorization": "Bearer "}, 403, "TokenError", "token.empty", id="empty"),
        pytest.param({"Authorization": "Bearer a.b.c"}, 403, "TokenError", "token.invalid", id="no JSON"),
        pytest.param({"x-api-key": "any"}, 400, "BadRequest", "token.api-key", id="an API key"),
        pytest.param(
            {"x-infisical-org": "A B", "Authorization": "Bearer nobody"},
            422,
            "ValidationFailure",
            "header.organization",
            id="no slug",
        ),
    ],
)
async def test_a_bad_credential_is_refused_on_the_public_route(
    headers, status, error, rule, serve: Serve, profile: Profile
):
    client = await server(serve, {}, profile)
    body = {"identityId": WHO, "jwt": "sa"}
    answer = in_envelope(await client.send("POST", LOGIN, body, token=None, headers=headers))
    assert (answer.status, answer.error, answer.rule) == (status, error, rule)


async def test_an_organization_without_a_credential_is_no_matter(serve: Serve, profile: Profile):
    client = await server(serve, {}, profile)
    body = {"identityId": WHO, "jwt": "sa"}
    assert (await client.send("POST", LOGIN, body, token=None, headers={"x-infisical-org": "A B"})).status == 200


async def test_a_blanked_header_is_no_credential(serve: Serve, profile: Profile):
    client = await server(serve, {}, profile)
    body = {"identityId": WHO, "jwt": "sa"}
    assert (await client.send("POST", LOGIN, body, token=None, headers={"Authorization": ""})).status == 200


async def test_a_good_credential_is_taken_and_loses_a_use(serve: Serve):
    client = await server(serve)
    body = {"identityId": WHO, "jwt": "sa"}
    assert (await client.send("POST", LOGIN, body, token="spent")).status == 200
    assert (await client.send("POST", LOGIN, body, token="spent")).rule == "token.uses"
