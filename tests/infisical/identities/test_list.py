"""Listing identities over HTTP: who is listed in which order, every key, and what refuses it (behaviour 10)."""

import pytest

from mockserver.rules.profile import Profile
from tests.client import ADMIN, AUDITOR, HOBBY_ADMIN, HOBBYIST, PAYMENTS, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.users import USER, user
from tests.infisical.identities.world import (
    ACME,
    ACME_EU,
    EU_ADMIN,
    EU_OPS,
    EU_ROAMING,
    HOBBY,
    IDENTITIES,
    MEMBERSHIP,
    NO_ACCESS,
    NOT_A_MEMBER,
    OTHER_ORGANIZATION,
    PROJECT_BOT,
    ROAMING,
    create,
    edit,
    get,
)

LIST = f"{IDENTITIES}?orgId="
INNER = {"id", "name", "hasDeleteProtection", "authMethods"}


async def test_every_key_of_an_answer(serve: Serve, profile: Profile):
    client = await serve(profile=profile)
    answer = await client.send("GET", LIST + HOBBY, token=HOBBY_ADMIN)
    assert (answer.status, answer.rule, set(answer.json)) == (200, "accepted", {"identities", "totalCount"})
    (listed,) = answer.json["identities"]
    assert set(listed) == MEMBERSHIP, "no metadata, and no customRole for a built-in role"
    assert set(listed["identity"]) == INNER, "neither the home nor lockouts"
    assert answer.json["totalCount"] == 1
    assert (listed["role"], listed["roleId"], listed["orgId"], listed["identityId"]) == ("admin", None, HOBBY, HOBBYIST)
    assert listed["identity"] == {
        "id": HOBBYIST,
        "name": "hobbyist",
        "hasDeleteProtection": False,
        "authMethods": ["kubernetes-auth"],
    }


async def test_an_entry_is_what_a_get_says_without_metadata_lockouts_and_home(server: Client):
    for listed in (await server.send("GET", LIST + ACME)).json["identities"]:
        found = (await get(server, listed["identityId"])).json["identity"]
        del found["metadata"], found["identity"]["orgId"], found["identity"]["activeLockoutAuthMethods"]
        assert listed == found


async def test_all_are_listed_by_name_and_those_of_projects_only_counted(server: Client):
    members = [
        each
        for each in (await server.state())["identities"]
        if ACME in (each["organization"], *(one["organization"] for one in each["memberships"]))
    ]
    names = sorted(each["name"] for each in members if each["id"] != PROJECT_BOT)
    answer = await server.send("GET", LIST + ACME)
    assert [each["identity"]["name"] for each in answer.json["identities"]] == names
    assert "payments" in names
    assert answer.json["totalCount"] == len(members) == len(names) + 1


async def test_names_are_compared_letter_by_letter_and_equal_ones_by_age(server: Client):
    made = {}
    for name in ("b", "B", "a", "b", ""):
        identity = (await create(server, {"name": name, "organizationId": HOBBY}, token=HOBBY_ADMIN)).json["identity"]
        made.setdefault(name, []).append(identity["id"])
    newest, oldest = made["b"]
    times = {newest: {"createdAt": "2026-02-02T00:00:00Z"}, oldest: {"createdAt": "2026-01-01T00:00:00Z"}}
    await edit(server, identities=times)
    listed = (await server.send("GET", LIST + HOBBY, token=HOBBY_ADMIN)).json["identities"]
    assert [each["identity"]["name"] for each in listed] == ["", "B", "a", "b", "b", "hobbyist"]
    assert [each["identityId"] for each in listed][3:5] == [oldest, newest]


@pytest.mark.parametrize("token", [EU_ADMIN, EU_ROAMING])
async def test_a_sub_organization_lists_its_own_and_those_that_are_shared_with_it(server: Client, token: str):
    answer = await server.send("GET", LIST + ACME_EU, token=token)
    assert [each["identityId"] for each in answer.json["identities"]] == [EU_OPS, ROAMING]
    assert [each["orgId"] for each in answer.json["identities"]] == [ACME_EU, ACME_EU]
    assert answer.json["totalCount"] == 2


async def test_more_than_a_page_of_a_search_is_listed_at_once(server: Client):
    for number in range(101):
        await create(server, {"name": f"n{number}", "organizationId": HOBBY}, token=HOBBY_ADMIN)
    answer = await server.send("GET", f"{LIST}{HOBBY}&limit=10&offset=5", token=HOBBY_ADMIN)
    assert len(answer.json["identities"]) == answer.json["totalCount"] == 102


OTHER = (403, OTHER_ORGANIZATION, "caller.organization")
REFUSED = {
    "another organization": (HOBBY, ADMIN, OTHER),
    "a sub-organization": (ACME_EU, ADMIN, OTHER),
    "the parent": (ACME, EU_ADMIN, OTHER),
    "the home, with a token for elsewhere": (ACME, EU_ROAMING, OTHER),
    "the own one in capitals": (ACME.upper(), ADMIN, OTHER),
    "the own one with a blank": (f"{ACME}%20", ADMIN, OTHER),
    "a slug": ("acme", ADMIN, OTHER),
    "empty": ("", ADMIN, OTHER),
    "another organization, and nothing allowed": (HOBBY, NO_ACCESS, OTHER),
    "another organization, by a user": (HOBBY, USER, OTHER),
    "nothing allowed": (ACME, NO_ACCESS, (403, "PermissionDenied", "permission.read")),
    "a user": (ACME, USER, (403, NOT_A_MEMBER, "caller.member")),
    "a user of another organization": (HOBBY, user(organizationId=HOBBY), (403, NOT_A_MEMBER, "caller.member")),
}


@pytest.mark.parametrize(("organization", "token", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_refuses_a_list(
    serve: Serve, profile: Profile, organization: str, token: str, expected: tuple[int, str, str]
):
    client = await serve(profile=profile)
    answer = in_envelope(await client.send("GET", LIST + organization, token=token))
    assert (answer.status, answer.error, answer.rule) == expected


@pytest.mark.parametrize(
    ("query", "received"),
    [("", "undefined"), ("?", "undefined"), ("?orgID=x", "undefined"), (f"?orgId={ACME}&orgId={ACME}", "array")],
)
async def test_the_organization_has_to_be_named_once(serve: Serve, profile: Profile, query: str, received: str):
    client = await serve(profile=profile)
    answer = in_envelope(await client.send("GET", IDENTITIES + query, token=NO_ACCESS))
    assert answer.rule == "contract.body"
    (issue,) = answer.json["message"]
    assert (issue["code"], issue["path"], issue["received"]) == ("invalid_type", ["orgId"], received)


async def test_an_auditor_lists(server: Client):
    answer = await server.send("GET", f"{IDENTITIES}/?orgId={ACME}", token=AUDITOR)
    assert PAYMENTS in [each["identityId"] for each in answer.json["identities"]]
