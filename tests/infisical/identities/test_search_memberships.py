"""The second search of identities and its count, over HTTP: scopes, filters, order, pages, and what refuses them."""

from typing import Any

import pytest

from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.rules.profile import Profile
from tests.client import Answer, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.memberships_world import ACME, BELOW, SHOP, TIME, WORLD, identity_id
from tests.infisical.identities.users import USER

SEARCH, COUNT = "/api/v2/identities/search", "/api/v2/identities/search/count"
BOTH = ["organization", "project"]


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(fixtures_yaml=WORLD, profile=profile)


async def search(client: Client, body: Any, token: str = "admin") -> Answer:
    return await client.send("POST", SEARCH, body, token=token)


async def found(client: Client, body: Any, token: str = "admin") -> list[str]:
    answer = await search(client, body, token)
    assert answer.status == 200, answer.content
    return [each["identity"]["name"] for each in answer.json["identities"]]


async def count(client: Client, body: Any, token: str = "admin") -> dict[str, int]:
    answer = await client.send("POST", COUNT, body, token=token)
    assert (answer.status, set(answer.json)) == (200, {"counts"}), answer.content
    return answer.json["counts"]


ALL = {"admin", "reader", "nobody", "Alpha", "alpha", "ALPHA-2", "beta_1", "keeper"}
PLAIN_ROLE = {
    "customRoleId": None,
    "customRoleName": None,
    "customRoleSlug": None,
    "customRoleDescription": None,
    "isTemporary": False,
    "temporaryMode": None,
    "temporaryRange": None,
    "temporaryAccessStartTime": None,
    "temporaryAccessEndTime": None,
}


async def test_every_key_of_an_answer(client: Client):
    answer = await search(client, {"search": {"name": "alpha"}})
    assert (set(answer.json), answer.json["totalCount"]) == ({"identities", "totalCount"}, 1)
    (one,) = answer.json["identities"]
    role_id = one["roles"][0]["id"]
    assert one == {
        "id": one["id"],
        "identityId": identity_id("alpha"),
        "scope": "organization",
        "orgId": ACME,
        "projectId": None,
        "project": None,
        "createdAt": TIME,
        "updatedAt": TIME,
        "lastLoginAuthMethod": None,
        "lastLoginTime": None,
        "roles": [{"id": role_id, "role": "no-access", **PLAIN_ROLE}],
        "identity": {
            "id": identity_id("alpha"),
            "name": "alpha",
            "orgId": ACME,
            "hasDeleteProtection": False,
            "authMethods": ["universal-auth"],
            "activeLockoutAuthMethods": [],
        },
    }
    got = await client.send("GET", f"/api/v1/identities/{identity_id('alpha')}", token="admin")
    assert got.json["identity"]["id"] == one["id"]  # that of the membership


async def test_a_membership_of_a_project(client: Client):
    answer = await search(client, {"scope": ["project"], "search": {"name": "till"}})
    (one,) = answer.json["identities"]
    assert (one["scope"], one["orgId"], one["projectId"]) == ("project", ACME, SHOP)
    assert one["project"] == {"id": SHOP, "name": "Corner Shop", "slug": "corner-shop", "type": "secret-manager"}
    assert [each["role"] for each in one["roles"]] == ["member"]


async def test_without_a_role_in_its_project_an_identity_has_no_access_there(client: Client):
    answer = await search(client, {"scope": ["project"], "search": {"name": "vault"}})
    assert [each["role"] for each in answer.json["identities"][0]["roles"]] == ["no-access"]


async def test_a_custom_role_is_shown_with_its_name(client: Client):
    answer = await search(client, {"search": {"name": "keeper"}})
    (role,) = answer.json["identities"][0]["roles"]
    assert (role["role"], role["customRoleSlug"], role["customRoleName"], role["customRoleDescription"]) == (
        "custom",
        "zoo-keeper",
        "Warden of Animals",
        "Feeds.",
    )
    assert role["customRoleId"] is not None


@pytest.mark.parametrize(
    ("token", "scope", "names"),
    [
        ("admin", None, ALL),
        ("admin", ["organization"], ALL),
        ("admin", ["project"], {"till", "vault"}),  # admins reach every project
        ("admin", BOTH, ALL | {"till", "vault"}),
        ("admin", ["project", "project"], {"till", "vault"}),
        ("reader", ["project"], {"vault"}),
        ("reader", BOTH, ALL | {"vault"}),
        ("nobody", None, set()),
        ("nobody", BOTH, {"till"}),
        ("keeper", BOTH, {"till"}),
        ("Alpha", BOTH, set()),
        ("below", BOTH, {"below", "Alpha"}),
    ],
)
async def test_what_each_caller_finds(client: Client, token: str, scope: Any, names: set[str]):
    body = {} if scope is None else {"scope": scope}
    assert set(await found(client, body, token)) == names
    assert (await search(client, body, token)).json["totalCount"] == len(names)


@pytest.mark.parametrize(
    ("token", "body", "counts"),
    [
        ("admin", {}, {"organization": 8, "project": 2}),
        ("admin", {"scope": ["organization"]}, {"organization": 8}),
        ("admin", {"scope": ["project"]}, {"project": 2}),
        ("admin", {"search": {"name": {"$contains": "a"}}}, {"organization": 6, "project": 1}),
        ("nobody", {}, {"organization": 0, "project": 1}),
        ("Alpha", {}, {"organization": 0, "project": 0}),
        ("below", {}, {"organization": 2, "project": 0}),
    ],
)
async def test_counts_by_scope(client: Client, token: str, body: Any, counts: dict[str, int]):
    assert await count(client, body, token) == counts


@pytest.mark.parametrize(
    ("terms", "names"),
    [
        ({"name": "Alpha"}, {"Alpha"}),
        ({"name": {"$eq": "alpha"}}, {"alpha"}),
        ({"name": {"$contains": "LPHA"}}, {"Alpha", "alpha", "ALPHA-2"}),
        ({"name": {"$contains": "_1"}}, {"beta_1"}),
        ({"name": {"$in": ["alpha", "keeper", "none"]}}, {"alpha", "keeper"}),
        ({"name": {"$in": []}}, set()),
        ({"name": {"$contains": "a", "$in": ["alpha", "nobody"]}}, {"alpha"}),
        ({"role": "admin"}, {"admin"}),
        ({"role": "Admin"}, set()),
        ({"role": "custom"}, {"reader", "keeper"}),
        ({"role": "zoo-keeper"}, {"keeper"}),
        ({"role": {"$eq": "Warden of Animals"}}, {"keeper"}),
        ({"role": {"$contains": "warden"}}, {"keeper"}),
        ({"role": {"$contains": "READ"}}, {"reader"}),
        ({"role": {"$contains": "mem"}}, {"ALPHA-2", "beta_1"}),
        ({"role": {"$in": ["member", "Reader"]}}, {"ALPHA-2", "beta_1", "reader"}),
        ({"role": "member", "name": "beta_1"}, {"beta_1"}),
        ({"$or": [{"name": "alpha"}, {"role": "admin"}]}, {"alpha", "admin"}),
        ({"$or": [{"name": "alpha", "role": "admin"}]}, set()),
        ({"role": "member", "$or": [{"name": "alpha"}, {"name": "beta_1"}]}, {"beta_1"}),
        ({"$or": [{}, {"name": "alpha"}]}, {"alpha"}),  # one without conditions is dropped
        ({"$or": [{"name": str(n)} for n in range(5)]}, set()),
        ({"$or": []}, ALL),
        ({"name": {}}, ALL),
        ({}, ALL),
    ],
    ids=lambda value: str(sorted(value) if isinstance(value, set) else value),
)
async def test_what_a_filter_finds(client: Client, terms: Any, names: set[str]):
    assert set(await found(client, {"search": terms})) == names
    assert await count(client, {"scope": ["organization"], "search": terms}) == {"organization": len(names)}


async def test_names_are_sorted_without_case_and_ties_by_membership(client: Client):
    everything = (await search(client, {})).json["identities"]
    names = [each["identity"]["name"] for each in everything]
    assert [each.lower() for each in names] == sorted(each.lower() for each in names)
    twins = {each["identity"]["name"]: each["id"] for each in everything if each["identity"]["name"].lower() == "alpha"}
    by_id = sorted(twins, key=lambda name: twins[name])
    assert [name for name in names if name in twins] == by_id
    descending = await found(client, {"orderDirection": "desc"})
    assert [each.lower() for each in descending] == sorted((each.lower() for each in names), reverse=True)
    assert [name for name in descending if name in twins] == by_id  # ties are not turned round


async def test_roles_are_sorted_by_slug_and_ties_by_membership(client: Client):
    for direction in ("asc", "desc"):
        answer = await search(client, {"orderBy": "role", "orderDirection": direction})
        rows = [
            (each["roles"][0]["customRoleSlug"] or each["roles"][0]["role"], each["id"])
            for each in answer.json["identities"]
        ]
        by_id = sorted(rows, key=lambda row: row[1])
        assert rows == sorted(by_id, key=lambda row: row[0], reverse=direction == "desc")


async def log_in(client: Client, number: int, secret: str = "secret") -> Answer:
    body = {"clientId": f"c1000000-0000-4000-8000-00000000000{number}", "clientSecret": secret}
    return await client.send("POST", "/api/v1/auth/universal-auth/login", body, token=None)


async def test_the_last_login_orders_and_never_used_ones_come_last(client: Client):
    assert (await log_in(client, 1)).status == 200
    await client.send("PUT", "/_mock/worlds/default/clock", {"advance": 60}, token=None)
    assert (await log_in(client, 2)).status == 200
    for direction, used in (("desc", ["till", "alpha"]), ("asc", ["alpha", "till"])):
        names = await found(client, {"scope": BOTH, "orderBy": "lastLogin", "orderDirection": direction})
        assert (names[:2], len(names)) == (used, 10)
    answer = await search(client, {"scope": ["project"], "search": {"name": "till"}})
    (one,) = answer.json["identities"]
    assert (one["lastLoginAuthMethod"], one["lastLoginTime"] is None) == ("universal-auth", False)  # of its home


async def test_a_guest_shows_the_last_login_of_its_home(serve: Serve):
    client = await serve(fixtures_yaml=WORLD.replace('"name": "Below", "slug"', '"name": "B", "slug"'))
    state = await client.state()
    alpha = next(each for each in state["identities"] if each["name"] == "alpha")
    alpha["memberships"] = [{"organization": BELOW, "role": "member"}]
    assert (await client.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204
    assert (await log_in(client, 1)).status == 200
    answer = await search(client, {"search": {"name": "alpha"}}, "below")
    assert (answer.json["identities"][0]["orgId"], answer.json["identities"][0]["lastLoginAuthMethod"]) == (
        BELOW,
        "universal-auth",
    )


async def test_a_lockout_is_shown(client: Client):
    assert (await log_in(client, 1, "wrong")).status == 401
    answer = await search(client, {"search": {"name": "alpha"}})
    assert answer.json["identities"][0]["identity"]["activeLockoutAuthMethods"] == ["universal-auth"]


async def test_pages(client: Client):
    everything = await found(client, {})
    assert await found(client, {"limit": 3}) == everything[:3]
    assert await found(client, {"limit": 3, "offset": 6}) == everything[6:]
    assert await found(client, {"limit": 100, "offset": 1.0}) == everything[1:]
    assert (await search(client, {"limit": 1, "offset": 1})).json["totalCount"] == 8
    assert (await search(client, {"offset": 8})).json == {"identities": [], "totalCount": 0}


REFUSED = [
    ({"scope": []}, [("too_small", ("scope",))]),
    ({"scope": ["team"]}, [("invalid_enum_value", ("scope", 0))]),
    ({"scope": "project"}, [("invalid_type", ("scope",))]),
    ({"orderBy": "id"}, [("invalid_enum_value", ("orderBy",))]),
    ({"orderDirection": "up"}, [("invalid_enum_value", ("orderDirection",))]),
    ({"limit": 0}, [("too_small", ("limit",))]),
    ({"limit": 101}, [("too_big", ("limit",))]),
    ({"limit": 1.5}, [("invalid_type", ("limit",))]),
    ({"limit": "1"}, [("invalid_type", ("limit",))]),
    ({"offset": -1}, [("too_small", ("offset",))]),
    ({"offset": None}, [("invalid_type", ("offset",))]),
    ({"search": []}, [("invalid_type", ("search",))]),
    ({"search": {"name": "a.b"}}, [("custom", ("search", "name"))]),
    ({"search": {"name": ""}}, [("custom", ("search", "name"))]),
    ({"search": {"name": "a" * 256}}, [("too_big", ("search", "name"))]),
    ({"search": {"role": {"$contains": "%"}}}, [("custom", ("search", "role", "$contains"))]),
    ({"search": {"role": {"$in": ["a", "é"]}}}, [("custom", ("search", "role", "$in", 1))]),
    ({"search": {"name": 1}}, [("invalid_union", ("search", "name"))]),
    ({"search": {"$or": [{}] * 6}}, [("too_big", ("search", "$or"))]),
    ({"search": {"$or": {}}}, [("invalid_type", ("search", "$or"))]),
    ([], [("invalid_type", ())]),
    ({"limit": 0, "scope": [], "offset": -1}, [("too_small", (each,)) for each in ("scope", "limit", "offset")]),
]


@pytest.mark.parametrize(("body", "issues"), REFUSED, ids=lambda each: str(each)[:50])
async def test_what_the_schema_refuses(client: Client, body: Any, issues: Any):
    answer = await search(client, body)
    assert (answer.issues, answer.rule) == (issues, "contract.body")
    if isinstance(body, list) or {"scope", "search"} >= set(body):
        assert (await client.send("POST", COUNT, body, token="admin")).issues == issues


async def test_an_unknown_operator_is_dropped_by_the_service(client: Client, profile: Profile):
    answer = await search(client, {"search": {"name": {"$neq": "alpha"}}})
    if profile is Profile.LIVE:
        assert {each["identity"]["name"] for each in answer.json["identities"]} == ALL
    else:
        assert answer.rule == "contract.unrecognized-keys"


@pytest.mark.parametrize("path", [SEARCH, COUNT])
async def test_who_is_no_member_of_the_organization_is_refused(client: Client, path: str):
    answer = await client.send("POST", path, {}, token=USER)
    assert (answer.status, in_envelope(answer).error, answer.rule) == (403, "ForbiddenError", "caller.member")


@pytest.mark.parametrize("path", [SEARCH, COUNT])
async def test_a_token_is_needed(client: Client, path: str):
    assert (await client.send("POST", path, {}, token=None)).rule == "token.missing"


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("offset", [2**53 - 1, 2**53, 2**64])
async def test_an_offset_that_no_row_has(serve: Serve, profile: Profile, generation: Generation, offset: int):
    client = await serve(fixtures_yaml=WORLD, profile=profile, as_of=generation)
    answer = await search(client, {"offset": offset})
    if generation >= Generation.OCTOBER and offset >= 2**53:
        assert (answer.issues, answer.rule) == ([("too_big", ("offset",))], "identity.memberships.safe")
    elif offset <= 2**53:
        assert (answer.status, answer.json["totalCount"]) == (200, 0)
    elif profile is Profile.CONTRACT:
        assert (answer.issues, answer.rule) == ([("too_big", ("offset",))], "identity.memberships.offset")
    else:
        assert (answer.status, answer.error, answer.rule) == (
            500,
            "SearchIdentitiesV2",
            "identity.memberships.database",
        )


async def test_a_limit_beyond_what_a_double_holds_has_two_issues(serve: Serve):
    client = await serve(fixtures_yaml=WORLD, as_of="2026-10")
    assert (await search(client, {"limit": 2**53})).issues == [("too_big", ("limit",))] * 2
