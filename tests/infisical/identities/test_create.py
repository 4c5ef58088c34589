"""Creating identities over HTTP: what is answered, what is stored, and what refuses it (behaviour 10)."""

import re
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import ADMIN, AUDITOR, HOBBY_ADMIN, MEMBER, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.users import USER
from tests.infisical.identities.world import (
    ACME,
    ACME_EU,
    EU_ADMIN,
    HERITAGE,
    HOBBY,
    IDENTITIES,
    LEGACY_ADMIN,
    LEGACY_CLERK,
    NO_ACCESS,
    NOT_A_MEMBER,
    NOW,
    NOW_TEXT,
    OTHER_ORGANIZATION,
    PLAIN,
    UUID,
    create,
    edit,
    entry,
    get,
)


async def test_the_least_body_makes_an_identity_without_access(serve: Serve, profile: Profile):
    client = await serve(profile=profile, clock=NOW)
    answer = await create(client)
    assert (answer.status, answer.rule) == (200, "accepted")
    assert set(answer.json) == {"identity"}
    made = answer.json["identity"]
    assert set(made) == PLAIN | {"authMethods", "metadata"}
    assert re.fullmatch(UUID, made.pop("id"))
    assert made == {
        "name": "new",
        "authMethod": None,
        "createdAt": NOW_TEXT,
        "updatedAt": NOW_TEXT,
        "hasDeleteProtection": False,
        "orgId": ACME,
        "projectId": None,
        "authMethods": [],
        "metadata": [],
    }


async def test_what_is_sent_is_trimmed_stored_and_found_again(server: Client):
    pairs = [{"key": " team ", "value": "\ufeffpay\u00a0"}, {"key": "team", "value": "twice"}]
    body = {"name": " new one\n", "organizationId": f" {ACME} ", "role": " member", "hasDeleteProtection": True}
    answer = await create(server, {**body, "metadata": pairs})
    made = answer.json["identity"]
    assert (made["name"], made["hasDeleteProtection"]) == ("new one", True)
    kept = [{"key": "team", "value": "pay"}, {"key": "team", "value": "twice"}]
    assert [{key: each[key] for key in ("key", "value")} for each in made["metadata"]] == kept
    ids = [each["id"] for each in made["metadata"]]
    assert all(re.fullmatch(UUID, each) for each in ids)
    assert len({made["id"], *ids}) == 3
    found = (await get(server, made["id"])).json["identity"]
    assert (found["role"], found["orgId"], found["identityId"]) == ("member", ACME, made["id"])
    assert found["metadata"] == made["metadata"]
    assert found["id"] != made["id"]
    assert (await entry(server, made["id"]))["metadata"] == kept


async def test_names_are_not_unique_and_may_be_empty(server: Client):
    made = [(await create(server, {"name": name})).json["identity"] for name in ("payments", "payments", "  ")]
    assert [each["name"] for each in made] == ["payments", "payments", ""]
    assert len({each["id"] for each in made}) == 3


@pytest.mark.parametrize(
    ("role", "shown", "custom"),
    [("admin", "admin", None), ("member", "member", None), ("no-access", "no-access", None), ("auditor", "custom", 1)],
)
async def test_a_role_is_given_by_its_slug(server: Client, role: str, shown: str, custom: int | None):
    made = (await create(server, {"role": role})).json["identity"]
    found = (await get(server, made["id"])).json["identity"]
    assert found["role"] == shown
    assert (found["roleId"] is None, "customRole" in found) == (custom is None, custom is not None)
    if custom:
        assert found["customRole"]["slug"] == role


async def test_built_in_roles_are_given_under_any_plan(server: Client):
    for role in ("admin", "member", "no-access", "custom"):
        assert (await create(server, {"organizationId": ACME_EU, "role": role}, token=EU_ADMIN)).status == 200


async def test_a_new_identity_can_be_logged_in_with_at_once(server: Client):
    identity = (await create(server)).json["identity"]["id"]
    host = {"kubernetesHost": None, "tokenReviewMode": "gateway", "gatewayId": "6a000000-0000-4000-8000-000000000001"}
    attached = await server.send(
        "POST",
        f"/api/v1/auth/kubernetes-auth/identities/{identity}",
        {**host, "allowedNamespaces": "payments", "allowedNames": "", "allowedAudience": ""},
    )
    assert attached.status == 200, attached.content
    login = {"identityId": identity, "jwt": "sa-payments-api"}
    answer = await server.send("POST", "/api/v1/auth/kubernetes-auth/login", login, token=None)
    assert answer.status == 200, answer.content
    found = (await get(server, identity)).json["identity"]
    assert found["lastLoginAuthMethod"] == "kubernetes-auth"
    assert found["lastLoginTime"].endswith("Z")


DENIED = (403, "PermissionDenied", "permission.create")
OTHER = (403, OTHER_ORGANIZATION, "caller.organization")
BEYOND = (403, "PermissionBoundaryError", "boundary.grant-privileges")
REFUSED = {
    "another organization": ({"organizationId": HOBBY}, ADMIN, OTHER),
    "a sub-organization of the caller's": ({"organizationId": ACME_EU}, ADMIN, OTHER),
    "the parent of the caller's": ({}, EU_ADMIN, OTHER),
    "the caller's own in capitals": ({"organizationId": ACME.upper()}, ADMIN, OTHER),
    "no uuid": ({"organizationId": "acme"}, ADMIN, OTHER),
    "empty": ({"organizationId": ""}, ADMIN, OTHER),
    "another organization, and nothing allowed": ({"organizationId": HOBBY}, NO_ACCESS, OTHER),
    "another organization, by a user": ({"organizationId": HOBBY}, USER, OTHER),
    "a user": ({}, USER, (403, NOT_A_MEMBER, "caller.member")),
    "nothing allowed": ({}, NO_ACCESS, DENIED),
    "only reading allowed": ({}, AUDITOR, DENIED),
    "not allowed, and no such role": ({"role": "nobody"}, AUDITOR, DENIED),
    "no such role": ({"role": "nobody"}, ADMIN, (404, "NotFound", "role.known")),
    "a role of another organization": ({"role": "keeper"}, ADMIN, (404, "NotFound", "role.known")),
    "the role's name": ({"role": "Auditor"}, ADMIN, (404, "NotFound", "role.known")),
    "no such role, and a caller within no boundary": ({"role": "nobody"}, MEMBER, (404, "NotFound", "role.known")),
    "a role to give, without the privilege": ({"role": "member"}, MEMBER, BEYOND),
    "a role with nothing in it but its own name": ({"role": "auditor"}, MEMBER, BEYOND),
    "a role of its own under a plan without": (
        {"organizationId": ACME_EU, "role": "reader"},
        EU_ADMIN,
        (400, "BadRequest", "role.plan"),
    ),
}


@pytest.mark.parametrize(("body", "token", "expected"), REFUSED.values(), ids=REFUSED)
async def test_what_refuses_a_create(
    serve: Serve, profile: Profile, body: dict[str, Any], token: str, expected: tuple[int, str, str]
):
    client = await serve(profile=profile)
    before = await client.state()
    answer = in_envelope(await create(client, body, token=token))
    assert (answer.status, answer.error, answer.rule) == expected
    assert await client.state() == before


async def test_a_member_makes_identities_without_access(server: Client):
    assert (await create(server, token=MEMBER)).status == 200
    assert (await create(server, {"role": "no-access"}, token=MEMBER)).status == 200


async def test_a_refused_permission_says_what_the_callers_rules_are(server: Client):
    assert (await create(server, token=AUDITOR)).json["details"] == []


async def test_the_new_privilege_system_asks_for_the_action(server: Client):
    answer = await create(server, {"role": "member"}, token=MEMBER)
    assert answer.json["details"] == {"missingPermissions": [{"action": "grant-privileges", "subject": "identity"}]}


@pytest.mark.parametrize(
    ("token", "role", "missing"),
    [
        (LEGACY_CLERK, "clerk", []),
        (LEGACY_CLERK, "no-access", []),
        (LEGACY_CLERK, "keeper", ["delete", "revoke-auth"]),
        (LEGACY_ADMIN, "keeper", []),
        (LEGACY_ADMIN, "admin", []),
    ],
)
async def test_the_old_privilege_system_asks_for_every_permission_of_the_role(
    server: Client, token: str, role: str, missing: list[str]
):
    answer = await create(server, {"organizationId": HERITAGE, "role": role}, token=token)
    if not missing:
        assert answer.status == 200, answer.content
        return
    assert (answer.status, answer.error, answer.rule) == BEYOND
    wanted = [{"action": action, "subject": "identity"} for action in missing]
    assert answer.json["details"] == {"missingPermissions": wanted}


async def test_the_old_privilege_system_counts_gateways_too(server: Client):
    answer = await create(server, {"organizationId": HERITAGE, "role": "member"}, token=LEGACY_CLERK)
    missing = {(each["action"], each["subject"]) for each in answer.json["details"]["missingPermissions"]}
    assert missing == {
        ("delete", "identity"),
        ("list-gateways", "gateway"),
        ("create-gateways", "gateway"),
        ("attach-gateways", "gateway"),
        ("list-templates", "machine-identity-auth-template"),
        ("attach-templates", "machine-identity-auth-template"),
        ("unlink-templates", "machine-identity-auth-template"),
    }


@pytest.mark.parametrize(("limit", "status"), [(1, 400), (2, 200), (0, 200), (None, 200)])
async def test_the_plans_limit_counts_the_identities_at_home(server: Client, limit: int | None, status: int):
    """Hobby has one identity; those of other organizations do not count."""
    await edit(server, organizations={HOBBY: {"plan": {"identityLimit": limit}}})
    answer = await create(server, {"organizationId": HOBBY}, token=HOBBY_ADMIN)
    assert answer.status == status
    if status == 400:
        assert (in_envelope(answer).error, answer.rule) == ("BadRequest", "identity.limit")
        assert "details" not in answer.json


async def test_the_limit_is_reached_by_creating_and_left_by_deleting(server: Client):
    await edit(server, organizations={HOBBY: {"plan": {"identityLimit": 2}}})
    made = await create(server, {"organizationId": HOBBY}, token=HOBBY_ADMIN)
    assert (await create(server, {"organizationId": HOBBY}, token=HOBBY_ADMIN)).rule == "identity.limit"
    beyond = {"organizationId": HOBBY, "role": "nobody"}
    assert (await create(server, beyond, token=HOBBY_ADMIN)).rule == "role.known", "the role is looked at first"
    await server.send("DELETE", f"{IDENTITIES}/{made.json['identity']['id']}", token=HOBBY_ADMIN)
    assert (await create(server, {"organizationId": HOBBY}, token=HOBBY_ADMIN)).status == 200


async def test_an_identity_shared_with_an_organization_is_not_counted_there(server: Client):
    """Acme Europe: one at home, one shared."""
    await edit(server, organizations={ACME_EU: {"plan": {"identityLimit": 2}}})
    assert (await create(server, {"organizationId": ACME_EU}, token=EU_ADMIN)).status == 200
    assert (await create(server, {"organizationId": ACME_EU}, token=EU_ADMIN)).rule == "identity.limit"


async def test_a_trailing_slash_is_forgiven(server: Client):
    body = {"name": "n", "organizationId": ACME}
    assert (await server.send("POST", f"{IDENTITIES}/", body)).status == 200
