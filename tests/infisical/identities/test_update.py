"""Changing identities over HTTP: which field is written when, what is answered, and what refuses it (behaviour 10)."""

import re
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import (
    ADMIN,
    AUDITOR,
    HOBBY_ADMIN,
    HOBBYIST,
    MEMBER,
    PAYMENTS,
    STRANGER,
    Client,
    in_envelope,
)
from tests.conftest import Serve
from tests.infisical.identities.users import USER
from tests.infisical.identities.world import (
    ACME,
    ACME_EU,
    EU_ADMIN,
    EU_OPS,
    HERITAGE_CLERK,
    LEGACY_ADMIN,
    LEGACY_CLERK,
    NO_ACCESS,
    NOT_A_MEMBER,
    NOW,
    NOW_TEXT,
    PLAIN,
    PROJECT_BOT,
    PROTECTED,
    ROAMING,
    ROOT,
    ROOT_TOKEN,
    UUID,
    entry,
    get,
    patch,
)

CREATED = "2026-01-02T03:04:05.678Z"
OLD = {"name": "protected", "hasDeleteProtection": True}


async def test_every_key_of_an_answer(serve: Serve, profile: Profile):
    client = await serve(profile=profile, clock=NOW)
    answer = await patch(client, PROTECTED, {"name": " renamed ", "metadata": [{"key": " a ", "value": " b "}]})
    assert (answer.status, answer.rule, set(answer.json)) == (200, "accepted", {"identity"})
    changed = answer.json["identity"]
    assert set(changed) == PLAIN | {"metadata"}, "no authMethods, unlike the answer of a create"
    assert re.fullmatch(UUID, changed["metadata"][0].pop("id"))
    assert changed == {
        "id": PROTECTED,
        "name": "renamed",
        "authMethod": None,
        "createdAt": CREATED,
        "updatedAt": NOW_TEXT,
        "hasDeleteProtection": True,
        "orgId": ACME,
        "projectId": None,
        "metadata": [{"key": "a", "value": "b"}],
    }


WRITTEN = {
    "nothing": ({}, OLD, False),
    "protection taken away alone": ({"hasDeleteProtection": False}, OLD, False),
    "protection taken away with an empty name": ({"hasDeleteProtection": False, "name": ""}, OLD, False),
    "protection taken away with blanks as name": ({"hasDeleteProtection": False, "name": " "}, OLD, False),
    "protection taken away with a name": (
        {"hasDeleteProtection": False, "name": "protected"},
        {"name": "protected", "hasDeleteProtection": False},
        True,
    ),
    "protection put on again": ({"hasDeleteProtection": True}, OLD, True),
    "protection put on with an empty name": (
        {"hasDeleteProtection": True, "name": " "},
        {"name": "", "hasDeleteProtection": True},
        True,
    ),
    "an empty name alone": ({"name": ""}, OLD, False),
    "the same name": ({"name": "protected"}, OLD, True),
    "another name": ({"name": "other"}, {"name": "other", "hasDeleteProtection": True}, True),
    "a role alone": ({"role": "member"}, OLD, False),
    "metadata alone": ({"metadata": []}, OLD, False),
}


@pytest.mark.parametrize(("body", "after", "touched"), WRITTEN.values(), ids=WRITTEN)
async def test_name_and_protection_are_written_only_if_one_of_them_is_truthy(
    serve: Serve, profile: Profile, body: dict[str, Any], after: dict[str, Any], touched: bool
):
    client = await serve(profile=profile, clock=NOW)
    answer = await patch(client, PROTECTED, body)
    assert answer.status == 200, answer.content
    changed = answer.json["identity"]
    assert {key: changed[key] for key in after} == after
    assert changed["updatedAt"] == (NOW_TEXT if touched else CREATED)
    stored = await entry(client, PROTECTED)
    assert {key: stored[key] for key in after} == after
    assert stored["updatedAt"] == changed["updatedAt"]


@pytest.mark.parametrize("body", [{}, {"hasDeleteProtection": False}, {"name": " "}])
async def test_what_writes_nothing_leaves_the_world_as_it_is(serve: Serve, profile: Profile, body: dict[str, Any]):
    client = await serve(profile=profile, clock=NOW)
    before, revision = await client.state(), client.mock.worlds.default.revision
    assert (await patch(client, PROTECTED, body)).status == 200
    assert await client.state() == before
    assert client.mock.worlds.default.revision == revision


async def test_metadata_that_is_not_sent_stays_and_is_answered_as_none(server: Client):
    before = (await get(server, PROTECTED)).json["identity"]["metadata"]
    for body in ({}, {"name": "renamed"}, {"role": "member"}):
        assert (await patch(server, PROTECTED, body)).json["identity"]["metadata"] == []
    assert (await get(server, PROTECTED)).json["identity"]["metadata"] == before != []


async def test_metadata_that_is_sent_replaces_all_under_new_ids(server: Client):
    before = (await get(server, PROTECTED)).json["identity"]["metadata"]
    pairs = [{"key": each["key"], "value": each["value"]} for each in before]
    answered = (await patch(server, PROTECTED, {"metadata": pairs})).json["identity"]["metadata"]
    assert [{"key": each["key"], "value": each["value"]} for each in answered] == pairs
    assert not {each["id"] for each in before} & {each["id"] for each in answered}
    assert (await get(server, PROTECTED)).json["identity"]["metadata"] == answered
    assert (await patch(server, PROTECTED, {"metadata": []})).json["identity"]["metadata"] == []
    assert (await get(server, PROTECTED)).json["identity"]["metadata"] == []


async def test_a_role_changes_in_its_place_and_nothing_else_does(serve: Serve):
    client = await serve(clock=NOW)
    for role, shown in (("member", "member"), ("auditor", "custom"), ("no-access", "no-access")):
        assert (await patch(client, PROTECTED, {"role": f" {role} "})).status == 200
        found = (await get(client, PROTECTED)).json["identity"]
        assert (found["role"], "customRole" in found) == (shown, shown == "custom")
        assert (await entry(client, PROTECTED))["role"] == role
    assert found["updatedAt"] == CREATED, "the role stands beside the membership, not in it"


async def test_the_caller_has_the_new_role_with_the_next_request(server: Client):
    assert (await get(server, PAYMENTS, token=MEMBER)).status == 200
    assert (await patch(server, "1d000000-0000-4000-8000-000000000003", {"role": "no-access"})).status == 200
    assert (await get(server, PAYMENTS, token=MEMBER)).rule == "permission.read"


async def test_a_tokens_and_auth_methods_live_on_through_an_update(server: Client):
    before = await entry(server, PAYMENTS)
    await patch(server, PAYMENTS, {"name": "renamed", "role": "member"})
    assert (await entry(server, PAYMENTS))["kubernetesAuth"] == before["kubernetesAuth"]


async def test_elsewhere_than_at_home_only_the_role_there_changes(serve: Serve, profile: Profile):
    client = await serve(profile=profile, clock=NOW)
    before = await entry(client, ROAMING)
    body = {"name": "taken", "hasDeleteProtection": True, "role": "member", "metadata": [{"key": "k", "value": "v"}]}
    answer = await patch(client, ROAMING, body, token=EU_ADMIN)
    changed = answer.json["identity"]
    assert (changed["name"], changed["hasDeleteProtection"], changed["metadata"]) == ("roaming", False, [])
    assert changed["orgId"] == ACME_EU, "the organization that was asked, not the home"
    place = {"organization": ACME_EU, "role": "member", "isActive": True}
    assert await entry(client, ROAMING) == {**before, "memberships": [place]}


async def test_at_home_the_role_elsewhere_stays(server: Client):
    before = await entry(server, ROAMING)
    assert (await patch(server, ROAMING, {"role": "member"})).json["identity"]["orgId"] == ACME
    assert await entry(server, ROAMING) == {**before, "role": "member"}


SUPER = (403, "ForbiddenError", "identity.instance-admin")
UNKNOWN = (404, "NotFound", "identity.unknown")
DENIED = (403, "PermissionDenied", "permission.edit")
NO_ROLE = (404, "NotFound", "role.known")
BEYOND = (403, "PermissionBoundaryError", "boundary.grant-privileges")
MANAGED = (400, "BadRequest", "identity.project")
NAME = {"name": "other"}
REFUSED: dict[str, tuple[str, dict[str, Any], str, tuple[int, str, str]]] = {
    "an instance admin": (ROOT, NAME, ADMIN, SUPER),
    "an instance admin, by nothing at all": (ROOT, {}, ADMIN, SUPER),
    "an instance admin of another organization": (ROOT, NAME, HOBBY_ADMIN, SUPER),
    "an instance admin, and nothing allowed": (ROOT, NAME, NO_ACCESS, SUPER),
    "an instance admin, by a user": (ROOT, NAME, USER, SUPER),
    "an id that nobody has": (STRANGER, NAME, ADMIN, UNKNOWN),
    "of another organization": (HOBBYIST, NAME, ADMIN, UNKNOWN),
    "of a sub-organization": (EU_OPS, NAME, ADMIN, UNKNOWN),
    "unknown, and nothing allowed": (STRANGER, NAME, NO_ACCESS, UNKNOWN),
    "a user": (PAYMENTS, NAME, USER, (403, NOT_A_MEMBER, "caller.member")),
    "only reading allowed": (PAYMENTS, NAME, AUDITOR, DENIED),
    "not allowed, by nothing at all": (PAYMENTS, {}, AUDITOR, DENIED),
    "not allowed, and no such role": (PAYMENTS, {"role": "nobody"}, AUDITOR, DENIED),
    "no such role": (PAYMENTS, {"role": "nobody"}, ADMIN, NO_ROLE),
    "no such role, and within no boundary": (PAYMENTS, {"role": "nobody"}, MEMBER, NO_ROLE),
    "a role that is another organization's": (PAYMENTS, {"role": "reader"}, ADMIN, NO_ROLE),
    "a role of its own under a plan without": (ROAMING, {"role": "reader"}, EU_ADMIN, (400, "BadRequest", "role.plan")),
    "a role to give, without the privilege": (PAYMENTS, {"role": "member"}, MEMBER, BEYOND),
    "no access to give, without the privilege": (PAYMENTS, {"role": "no-access"}, MEMBER, BEYOND),
    "managed by a project": (PROJECT_BOT, NAME, ADMIN, MANAGED),
    "managed by a project, by nothing at all": (PROJECT_BOT, {}, ADMIN, MANAGED),
    "managed by a project, and no such role": (PROJECT_BOT, {"role": "nobody"}, ADMIN, NO_ROLE),
    "managed by a project, and beyond the boundary": (PROJECT_BOT, {"role": "admin"}, MEMBER, BEYOND),
    "old privileges, more than the caller's": (HERITAGE_CLERK, {"role": "keeper"}, LEGACY_CLERK, BEYOND),
}


@pytest.mark.parametrize(("identity", "body", "token", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_refuses_an_update(
    serve: Serve, profile: Profile, identity: str, body: dict[str, Any], token: str, expected: tuple[int, str, str]
):
    client = await serve(profile=profile)
    before = await client.state()
    answer = in_envelope(await patch(client, identity, body, token=token))
    assert (answer.status, answer.error, answer.rule) == expected
    assert await client.state() == before


async def test_an_instance_admin_changes_its_like(server: Client):
    assert (await patch(server, ROOT, NAME, token=ROOT_TOKEN)).json["identity"]["name"] == "other"


async def test_a_member_may_rename_and_keep_metadata(server: Client):
    body = {"name": "other", "metadata": [{"key": "k", "value": "v"}], "hasDeleteProtection": True}
    assert (await patch(server, PAYMENTS, body, token=MEMBER)).status == 200


@pytest.mark.parametrize(
    ("token", "role"), [(LEGACY_CLERK, "no-access"), (LEGACY_CLERK, "clerk"), (LEGACY_ADMIN, "admin")]
)
async def test_old_privileges_give_what_the_caller_holds(server: Client, token: str, role: str):
    assert (await patch(server, HERITAGE_CLERK, {"role": role}, token=token)).status == 200


async def test_old_privileges_are_about_the_new_role_only(server: Client):
    """The role that is taken away may hold more than the caller's."""
    assert (await patch(server, HERITAGE_CLERK, {"role": "keeper"}, token=LEGACY_ADMIN)).status == 200
    clerk = "1d000000-0000-4000-8000-000000000016"
    assert (await patch(server, clerk, {"role": "clerk"}, token=LEGACY_CLERK)).status == 200


async def test_the_refusal_of_old_privileges_lists_what_is_missing(server: Client):
    answer = await patch(server, HERITAGE_CLERK, {"role": "keeper"}, token=LEGACY_CLERK)
    assert answer.json["details"] == {
        "missingPermissions": [
            {"action": "delete", "subject": "identity"},
            {"action": "revoke-auth", "subject": "identity"},
        ]
    }
