"""Searching identities over HTTP: what a filter finds, in which order and page, and what refuses it (behaviour 10)."""

import json
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import ADMIN, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.users import USER
from tests.infisical.identities.world import MEMBERSHIP, NO_ACCESS, NOT_A_MEMBER, search

ACME, EUROPE = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000003"
NAMES = {
    "caller": "admin",
    "Alpha": "no-access",
    "alpha-2": "member",
    "alpha_2": "zookeeper",
    "beta/eu 1": "auditor",
    "é": "no-access",
    "a.b": "member",
}
"""The identities of the world of these tests, and their roles; `hidden` is a project's, `below` is in `eu`."""


def world() -> str:
    roles = [{"slug": slug, "name": slug.title()} for slug in ("zookeeper", "auditor")]
    roles[1]["permissions"] = [{"subject": "identity", "actions": ["read"]}]
    identities: list[dict[str, Any]] = [
        {"id": f"1d000000-0000-4000-8000-{number:012x}", "organization": "acme", "name": name, "role": role}
        for number, (name, role) in enumerate(NAMES.items())
    ]
    identities[1]["memberships"] = [{"organization": "eu", "role": "member"}]
    identities[2]["kubernetesAuth"] = {}
    identities[2]["tokenAuth"] = {}
    last = {"organization": "acme", "role": "member"}
    identities += [
        {"id": "1d000000-0000-4000-8000-0000000000f1", **last, "name": "hidden", "projectId": EUROPE},
        {"id": "1d000000-0000-4000-8000-0000000000f2", "organization": "eu", "name": "below", "role": "admin"},
    ]
    organizations = [
        {"id": ACME, "name": "Acme", "slug": "acme", "roles": roles},
        {"id": EUROPE, "name": "Europe", "slug": "eu", "parent": "acme"},
    ]
    tokens = [{"token": name, "identity": name} for name in ("caller", "Alpha", "below")]
    return json.dumps({"version": 1, "organizations": organizations, "identities": identities, "accessTokens": tokens})


WORLD = world()


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    """A server of either profile with that world alone."""
    return await serve(profile=profile, fixtures_yaml=WORLD)


async def names(client: Client, body: Any, token: str = "caller") -> list[str]:
    answer = await search(client, body, token=token)
    assert answer.status == 200, answer.content
    return [each["identity"]["name"] for each in answer.json["identities"]]


BY_NAME = ["Alpha", "a.b", "alpha-2", "alpha_2", "beta/eu 1", "caller", "é"]


async def test_every_key_of_an_answer(client: Client):
    answer = await search(client, {"search": {"name": "alpha-2"}}, token="caller")
    assert (answer.status, answer.rule, set(answer.json)) == (200, "accepted", {"identities", "totalCount"})
    (found,) = answer.json["identities"]
    assert set(found) == MEMBERSHIP
    identity = "1d000000-0000-4000-8000-000000000002"
    assert (found["identityId"], found["orgId"], found["role"], found["roleId"]) == (identity, ACME, "member", None)
    assert found["identity"] == {
        "id": identity,
        "name": "alpha-2",
        "hasDeleteProtection": False,
        "orgId": ACME,
        "authMethods": ["kubernetes-auth", "token-auth"],
    }
    assert answer.json["totalCount"] == 1


async def test_a_custom_role_is_shown(client: Client):
    (found,) = (await search(client, {"search": {"role": "auditor"}}, token="caller")).json["identities"]
    assert set(found) == MEMBERSHIP | {"customRole"}
    assert (found["role"], found["roleId"]) == ("custom", found["customRole"]["id"])
    assert set(found["customRole"]) == {"id", "name", "slug", "permissions", "description"}


async def test_a_shared_identity_is_found_where_it_is_shared_with_its_home_beside_it(client: Client):
    found = (await search(client, {}, token="below")).json["identities"]
    assert [(each["identity"]["name"], each["orgId"], each["identity"]["orgId"]) for each in found] == [
        ("Alpha", EUROPE, ACME),
        ("below", EUROPE, EUROPE),
    ]


FILTERS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "none": ({}, BY_NAME),
    "a name": ({"name": "alpha-2"}, ["alpha-2"]),
    "a name in another case": ({"name": "alpha"}, []),
    "a name with an underscore, which is no wildcard here": ({"name": "alpha_2"}, ["alpha_2"]),
    "a part of a name": ({"name": "lpha-2"}, []),
    "a name with a blank and a slash": ({"name": "beta/eu 1"}, ["beta/eu 1"]),
    "a name that is not trimmed": ({"name": " Alpha"}, []),
    "a project's": ({"name": "hidden"}, []),
    "another organization's": ({"name": "below"}, []),
    "$eq": ({"name": {"$eq": "Alpha"}}, ["Alpha"]),
    "$contains": ({"name": {"$contains": "LPHA"}}, ["Alpha", "alpha-2", "alpha_2"]),
    "$contains, an underscore for any character": ({"name": {"$contains": "a_2"}}, ["alpha-2", "alpha_2"]),
    "$contains, an underscore for one": ({"name": {"$contains": "l__ha"}}, []),
    "$contains, underscores for every letter there is": ({"name": {"$contains": "___"}}, [*BY_NAME[:-1]]),
    "$contains, one for the letter beyond the whitelist": ({"name": {"$contains": "a_b"}}, ["a.b"]),
    "$contains, a hyphen for itself": ({"name": {"$contains": "a-2"}}, ["alpha-2"]),
    "$in": ({"name": {"$in": ["Alpha", "caller", "nobody"]}}, ["Alpha", "caller"]),
    "$in, in another case": ({"name": {"$in": ["ALPHA"]}}, []),
    "$in nothing": ({"name": {"$in": []}}, []),
    "no operator": ({"name": {}}, BY_NAME),
    "several operators": ({"name": {"$contains": "alpha", "$in": ["Alpha", "caller"]}}, ["Alpha"]),
    "operators that exclude each other": ({"name": {"$eq": "Alpha", "$contains": "2"}}, []),
    "a role": ({"role": "member"}, ["a.b", "alpha-2"]),
    "a custom role by its slug": ({"role": "zookeeper"}, ["alpha_2"]),
    "a custom role by its name": ({"role": "Zookeeper"}, []),
    "all custom roles": ({"role": "custom"}, ["alpha_2", "beta/eu 1"]),
    "role $eq": ({"role": {"$eq": "admin"}}, ["caller"]),
    "role $in": ({"role": {"$in": ["auditor", "admin", "nobody"]}}, ["beta/eu 1", "caller"]),
    "role $in nothing": ({"role": {"$in": []}}, []),
    "name and role": ({"name": {"$contains": "alpha"}, "role": "member"}, ["alpha-2"]),
    "$or": ({"$or": [{"name": "Alpha"}, {"role": "admin"}]}, ["Alpha", "caller"]),
    "$or of one": ({"$or": [{"name": "Alpha"}]}, ["Alpha"]),
    "$or of none": ({"$or": []}, BY_NAME),
    "$or of an empty filter": ({"$or": [{}]}, BY_NAME),
    "$or, an empty filter beside another": ({"$or": [{}, {"name": "Alpha"}]}, ["Alpha"]),
    "$or of no operator": ({"$or": [{"name": {}}, {"name": "Alpha"}]}, ["Alpha"]),
    "$or beside a name": (
        {"name": {"$contains": "alpha"}, "$or": [{"role": "member"}, {"role": "custom"}]},
        ["alpha-2", "alpha_2"],
    ),
    "$or of name and role together": ({"$or": [{"name": "Alpha", "role": "member"}, {"role": "admin"}]}, ["caller"]),
    "five in $or": ({"$or": [{"name": name} for name in ("Alpha", "caller", "a", "b", "c")]}, ["Alpha", "caller"]),
}


@pytest.mark.parametrize(("filter", "found"), FILTERS.values(), ids=FILTERS)
async def test_what_a_filter_finds(client: Client, filter: dict[str, Any], found: list[str]):
    answer = await search(client, {"search": filter}, token="caller")
    assert answer.status == 200, answer.content
    assert [each["identity"]["name"] for each in answer.json["identities"]] == found
    assert answer.json["totalCount"] == len(found)


async def test_any_white_space_of_the_list_may_be_searched_for(client: Client):
    assert await names(client, {"search": {"name": "a\t\n\f\r b"}}) == []


DOWN = BY_NAME[::-1]
ORDERS: dict[str, tuple[dict[str, str], list[str]]] = {
    "nothing said": ({}, BY_NAME),
    "by name": ({"orderBy": "name"}, BY_NAME),
    "up": ({"orderDirection": "asc"}, BY_NAME),
    "down": ({"orderDirection": "desc"}, DOWN),
    "by role, custom ones by their slugs, equal ones by age": (
        {"orderBy": "role"},
        ["caller", "beta/eu 1", "alpha-2", "a.b", "Alpha", "é", "alpha_2"],
    ),
    "by role, down": (
        {"orderBy": "role", "orderDirection": "desc"},
        ["alpha_2", "Alpha", "é", "alpha-2", "a.b", "beta/eu 1", "caller"],
    ),
}


@pytest.mark.parametrize(("order", "found"), ORDERS.values(), ids=ORDERS)
async def test_the_order(client: Client, order: dict[str, str], found: list[str]):
    assert await names(client, order) == found


PAGES: dict[str, tuple[dict[str, Any], list[str], int]] = {
    "the first": ({"limit": 3}, BY_NAME[:3], 7),
    "the second": ({"limit": 3, "offset": 3}, BY_NAME[3:6], 7),
    "the last": ({"limit": 3, "offset": 6}, BY_NAME[6:], 7),
    "behind the last": ({"limit": 3, "offset": 7}, [], 0),
    "far behind the last": ({"limit": 3, "offset": 9007199254740991}, [], 0),
    "the highest limit": ({"limit": 100}, BY_NAME, 7),
    "no limit": ({"limit": 0}, BY_NAME, 7),
    "no limit, and so no offset": ({"limit": 0, "offset": 6}, BY_NAME, 7),
    "no limit, and an offset that no database takes": ({"limit": 0, "offset": -1}, BY_NAME, 7),
    "the offset alone": ({"offset": 5}, BY_NAME[5:], 7),
    "fractions, which are cut off": ({"limit": 2.9, "offset": 1.5}, BY_NAME[1:3], 7),
    "less than one": ({"limit": 0.5}, [], 0),
    "just below none": ({"limit": 2, "offset": -0.5}, BY_NAME[:2], 7),
    "whole numbers with a point": ({"limit": 2.0, "offset": 2.0}, BY_NAME[2:4], 7),
    "of what is found": ({"limit": 1, "search": {"name": {"$contains": "alpha"}}}, ["Alpha"], 3),
}


@pytest.mark.parametrize(("page", "found", "total"), PAGES.values(), ids=PAGES)
async def test_the_page(client: Client, page: dict[str, Any], found: list[str], total: int):
    answer = await search(client, page, token="caller")
    assert answer.status == 200, answer.content
    assert [each["identity"]["name"] for each in answer.json["identities"]] == found
    assert answer.json["totalCount"] == total, "0 where the page is empty"


async def test_pages_by_role_are_cut_with_all_custom_roles_as_one(client: Client):
    """admin, then the two of a custom role by age, then member: each page is ordered by slugs only afterwards."""
    pages = [await names(client, {"orderBy": "role", "limit": 3, "offset": offset}) for offset in (0, 3, 6)]
    assert pages == [["caller", "beta/eu 1", "alpha_2"], ["alpha-2", "a.b", "Alpha"], ["é"]]


async def test_without_a_word_fifty_are_answered(serve: Serve):
    client = await serve()
    for number in range(60):
        await client.send("POST", "/api/v1/identities", {"name": f"n{number}", "organizationId": ACME}, token=ADMIN)
    answer = (await search(client, {"search": {"name": {"$contains": "n"}}})).json
    assert (len(answer["identities"]), answer["totalCount"] > 60) == (50, True)


@pytest.mark.parametrize(
    ("page", "issue"),
    [
        ({"limit": -1}, ("too_small", ("limit",))),
        ({"limit": -1.5}, ("too_small", ("limit",))),
        ({"offset": -1}, ("too_small", ("offset",))),
        ({"offset": 2**63}, ("too_big", ("offset",))),
        ({"offset": 1e300}, ("too_big", ("offset",))),
    ],
)
async def test_a_page_that_the_database_refuses(serve: Serve, page: dict[str, Any], issue: tuple[str, Any]):
    contract, live = [await serve(profile=each, fixtures_yaml=WORLD) for each in Profile]
    answer = in_envelope(await search(contract, page, token="caller"))
    assert (answer.rule, answer.issues) == ("identity.search.page", [issue])
    answer = in_envelope(await search(live, page, token="caller"))
    assert (answer.status, answer.error, answer.rule) == (500, "FindByOrgId", "identity.search.database")


REFUSED = {
    "nothing allowed": ("Alpha", (403, "PermissionDenied", "permission.read")),
    "a user": (USER, (403, NOT_A_MEMBER, "caller.member")),
}


@pytest.mark.parametrize(("token", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_refuses_a_search(client: Client, token: str, expected: tuple[int, str, str]):
    answer = in_envelope(await search(client, {}, token=token))
    assert (answer.status, answer.error, answer.rule) == expected


async def test_permission_is_asked_before_the_database(live: Client):
    assert (await search(live, {"limit": -1}, token=NO_ACCESS)).rule == "permission.read"


async def test_the_path_is_an_id_to_the_other_methods(server: Client):
    assert (await server.send("GET", "/api/v1/identities/search")).rule == "identity.uuid"
