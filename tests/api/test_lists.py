"""Gateways, sub-organizations and the status: what clients read around the identities."""

import pytest

from mockserver.rules.profile import Profile
from tests.client import ADMIN, AUDITOR, HOBBY_ADMIN, JSON, MEMBER, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.users import USER, user

GATEWAYS, SUB_ORGANIZATIONS, STATUS = "/api/v2/gateways", "/api/v1/sub-organizations", "/api/status"
ACME, HOBBY = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"


def organization(number: int, name: str, slug: str, parent: str | None = "acme") -> str:
    below = f", parent: {parent}" if parent else ""
    return f"  - {{ id: 0a000000-0000-4000-8000-0000000000{number:02d}, name: {name}, slug: {slug}{below} }}\n"


WORLD = (
    "version: 1\norganizations:\n"
    + organization(1, "Acme", "acme", None)
    + organization(2, "Hobby", "hobby", None)
    + organization(13, "Emea", "acme-emea")
    + organization(11, "Asia", "acme-asia")
    + organization(12, "Brazil East", "acme-brazil")
    + organization(14, "Other", "other", "hobby")
    + """
identities:
  - id: 1d000000-0000-4000-8000-000000000001
    organization: acme
    name: ops
    memberships: [{ organization: acme-asia, role: member }]
  - { id: 1d000000-0000-4000-8000-000000000002, organization: acme-emea, name: below }
  - { id: 1d000000-0000-4000-8000-000000000003, organization: hobby, name: apart }
accessTokens:
  - { token: root, identity: ops }
  - { token: in-asia, identity: ops, organization: acme-asia }
  - { token: below, identity: below }
  - { token: apart, identity: apart }
"""
)


async def test_gateways_are_a_bare_array_by_name(server: Client):
    answer = await server.send("GET", GATEWAYS, token=ADMIN)
    assert (answer.status, answer.headers["Content-Type"]) == (200, JSON)
    assert [(each["name"], each["id"]) for each in answer.json] == [
        ("eu-1", "6a000000-0000-4000-8000-000000000001"),
        ("eu-2", "6a000000-0000-4000-8000-000000000002"),
        ("into-the-dark", "6a000000-0000-4000-8000-000000000003"),
    ]
    assert [each["heartbeat"] is None for each in answer.json] == [False, True, False]
    assert answer.json[0]["connectedResourcesCount"] == 1


async def test_every_key_of_a_gateway(serve: Serve, profile: Profile):
    client = await serve(profile=profile, clock=1_800_000_000_000)
    first, second, _ = (await client.send("GET", GATEWAYS)).json
    created = first["createdAt"]
    assert first == {
        "id": "6a000000-0000-4000-8000-000000000001",
        "identityId": None,
        "name": "eu-1",
        "createdAt": created,
        "updatedAt": created,
        "heartbeat": "2027-01-15T08:00:00.000Z",
        "lastHealthCheckStatus": "healthy",
        "identity": None,
        "connectedResourcesCount": 1,
        "enrollmentTokenStatus": None,
    }
    assert created.endswith("Z")
    sick = {"heartbeat": None, "lastHealthCheckStatus": "failed", "connectedResourcesCount": 0}
    assert second == {**first, **sick, "id": second["id"], "name": "eu-2"}


async def test_a_gateway_counts_the_records_that_go_through_it(server: Client):
    async def counted() -> list[int]:
        return [each["connectedResourcesCount"] for each in (await server.send("GET", GATEWAYS)).json]

    assert await counted() == [1, 0, 0]
    record = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000006"
    assert (await server.send("DELETE", record)).status == 200
    assert await counted() == [0, 0, 0]


async def test_a_user_is_a_member_of_nothing(serve: Serve, profile: Profile):
    client = await serve(profile=profile)
    for path in (GATEWAYS, SUB_ORGANIZATIONS):
        answer = in_envelope(await client.send("GET", path, token=USER))
        assert (answer.status, answer.rule) == (403, "caller.member")
        assert answer.error == "ForbiddenError"
        assert (await client.send("GET", path, token=user(organizationId=None))).rule == "token.user-organization"
    bad = in_envelope(await client.send("GET", f"{SUB_ORGANIZATIONS}?limit=0", token=USER))
    assert (bad.status, bad.rule) == (422, "contract.body")


@pytest.mark.parametrize(("token", "status"), [(MEMBER, 200), (AUDITOR, 403), (HOBBY_ADMIN, 200), (None, 401)])
async def test_gateways_are_listed_for_whoever_may(serve: Serve, profile: Profile, token: str | None, status: int):
    client = await serve(profile=profile)
    answer = await client.send("GET", GATEWAYS, token=token)
    assert answer.status == status
    if status == 403:
        assert (in_envelope(answer).error, answer.rule) == ("PermissionDenied", "permission.list-gateways")
        assert answer.json["details"] == []
    if token == HOBBY_ADMIN:
        assert answer.json == []


QUERIES = (
    ("", ["Asia", "Brazil East", "Emea"]),
    ("?limit=1000&offset=0", ["Asia", "Brazil East", "Emea"]),
    ("?limit=2", ["Asia", "Brazil East"]),
    ("?limit=2&offset=2", ["Emea"]),
    ("?offset=3", []),
    ("?orderBy=name&orderDirection=desc", ["Emea", "Brazil East", "Asia"]),
    ("?search=%20BRA%20", ["Brazil East"]),
    ("?search=a", ["Asia", "Brazil East", "Emea"]),
    ("?isAccessible=true", ["Asia"]),
    ("?isAccessible=false", ["Asia", "Brazil East", "Emea"]),
    ("?more=1", ["Asia", "Brazil East", "Emea"]),
)


@pytest.mark.parametrize(("query", "names"), QUERIES, ids=[query or "none" for query, _ in QUERIES])
@pytest.mark.parametrize("token", ["root", "in-asia"])
async def test_sub_organizations_of_the_root_are_listed_page_by_page(
    serve: Serve, profile: Profile, query: str, names: list[str], token: str
):
    client = await serve(profile=profile, fixtures_yaml=WORLD)
    answer = await client.send("GET", SUB_ORGANIZATIONS + query, token=token)
    assert [each["name"] for each in answer.json["organizations"]] == names
    assert answer.json["totalCount"] == (1 if "search=%20" in query or "=true" in query else 3)


async def test_every_key_of_a_sub_organization(serve: Serve, profile: Profile):
    client = await serve(profile=profile, fixtures_yaml=WORLD)
    answer = (await client.send("GET", SUB_ORGANIZATIONS, token="in-asia")).json
    assert set(answer) == {"organizations", "totalCount"}
    first = answer["organizations"][0]
    created = first["createdAt"]
    assert created.endswith("Z")
    assert first == {
        "id": "0a000000-0000-4000-8000-000000000011",
        "name": "Asia",
        "slug": "acme-asia",
        "createdAt": created,
        "updatedAt": created,
        "parentOrgId": ACME,
    }


@pytest.mark.parametrize(("token", "names"), [("root", ["Asia"]), ("in-asia", ["Asia"]), ("apart", [])])
async def test_accessible_are_those_that_the_caller_is_a_member_of(serve: Serve, token: str, names: list[str]):
    """At home or shared, wherever its token counts."""
    client = await serve(fixtures_yaml=WORLD)
    answer = (await client.send("GET", f"{SUB_ORGANIZATIONS}?isAccessible=true", token=token)).json
    assert [each["name"] for each in answer["organizations"]] == names
    assert answer["totalCount"] == len(names)


async def test_a_member_of_a_sub_organization_alone_may_not_list_them(serve: Serve, profile: Profile):
    client = await serve(profile=profile, fixtures_yaml=WORLD)
    answer = await client.send("GET", SUB_ORGANIZATIONS, token="below")
    assert (answer.status, in_envelope(answer).error, answer.rule) == (403, "ForbiddenError", "caller.member")


async def test_other_roots_have_others_below(serve: Serve):
    client = await serve(fixtures_yaml=WORLD)
    answer = (await client.send("GET", SUB_ORGANIZATIONS, token="apart")).json
    assert [(each["name"], each["parentOrgId"]) for each in answer["organizations"]] == [("Other", HOBBY)]


async def test_twenty_five_are_listed_unless_more_are_asked_for(serve: Serve):
    many = "".join(organization(number, f"o{number}", f"o{number}") for number in range(20, 60))
    head, identities, tail = WORLD.partition("\nidentities:")
    client = await serve(fixtures_yaml=f"{head}\n{many}{identities}{tail}")
    for query, count in (("", 25), ("?limit=30", 30), ("?limit=1000", 43), ("?offset=40", 3)):
        answer = (await client.send("GET", SUB_ORGANIZATIONS + query, token="root")).json
        assert (len(answer["organizations"]), answer["totalCount"]) == (count, 43)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?limit=0", "too_small"),
        ("?limit=1001", "too_big"),
        ("?limit=ten", "invalid_type"),
        ("?limit=1&limit=2", "invalid_type"),
        ("?limit=2.5", "invalid_type"),
        ("?limit=", "invalid_type"),
        ("?limit=-1", "too_small"),
        ("?limit=1e400", "invalid_type"),
        ("?offset=x", "invalid_type"),
        ("?search=a&search=b", "invalid_type"),
        ("?orderBy=", "invalid_enum_value"),
        ("?isAccessible=TRUE", "invalid_enum_value"),
        ("?offset=-1", "too_small"),
        ("?orderBy=slug", "invalid_enum_value"),
        ("?orderDirection=up", "invalid_enum_value"),
        ("?orderDirection=", "invalid_enum_value"),
        ("?isAccessible=1", "invalid_enum_value"),
    ],
)
async def test_a_bad_query_is_refused_with_the_name_of_the_parameter(
    serve: Serve, profile: Profile, query: str, code: str
):
    client = await serve(profile=profile, fixtures_yaml=WORLD)
    answer = in_envelope(await client.send("GET", SUB_ORGANIZATIONS + query, token="root"))
    assert (answer.status, answer.error, answer.rule) == (422, "ValidationFailure", "contract.body")
    assert answer.issues == [(code, (query[1:].partition("=")[0],))]


async def test_sub_organizations_need_a_token(server: Client):
    assert (await server.send("GET", SUB_ORGANIZATIONS, token=None)).rule == "token.missing"


async def test_status_is_what_probes_of_the_vendor_wait_for(serve: Serve):
    client = await serve(clock=1_800_000_000_000)
    answer = await client.get("/api/status")
    assert (answer.status, answer.headers["Content-Type"]) == (200, JSON)
    assert answer.json["message"] == "Ok"
    assert answer.json["date"] == "2027-01-15T08:00:00.000Z"
    assert answer.json["maxIdentityAccessTokenTTL"] == 7_776_000
    others = {key: value for key, value in answer.json.items() if key not in ("date", "message")}
    assert {type(value) for key, value in others.items() if key != "maxIdentityAccessTokenTTL"} == {bool}


async def test_status_needs_no_token_but_takes_no_bad_one(serve: Serve, profile: Profile):
    client = await serve(profile=profile)
    assert (await client.send("GET", STATUS, token=None)).status == 200
    assert (await client.send("GET", STATUS, token=ADMIN)).status == 200
    answer = in_envelope(await client.send("GET", STATUS, token="nonsense"))
    assert (answer.status, answer.error, answer.rule) == (403, "TokenError", "token.malformed")


async def test_head_is_answered_where_there_is_a_get_as_the_profile_has_it(serve: Serve, profile: Profile):
    client = await serve(profile=profile)
    answer = await client.send("HEAD", STATUS, token=None)
    assert answer.status == (200 if profile is Profile.LIVE else 405)
    assert answer.content == b""
