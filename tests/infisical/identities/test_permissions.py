"""Who may do what to identities, over HTTP: each role and each operation, and the privilege boundary (auth.md)."""

import json
from typing import Any, NamedTuple

import pytest

from mockserver.rules.profile import Profile
from tests.client import Answer, Client, in_envelope
from tests.conftest import Serve
from tests.infisical.identities.world import IDENTITIES, create, get, path, search

ACME, OLD = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
TARGET, OLD_TARGET = "1e000000-0000-4000-8000-000000000001", "1e000000-0000-4000-8000-000000000002"
BUILT_IN = ("admin", "member", "no-access", "custom")
PERMISSIONS: dict[str, list[tuple[str, list[str], bool]]] = {
    "reader": [("identity", ["read"], False)],
    "creator": [("identity", ["create"], False)],
    "editor": [("identity", ["edit"], False)],
    "deleter": [("identity", ["delete"], False)],
    "granter": [("identity", ["grant-privileges"], False)],
    "giver": [("identity", ["create", "edit", "grant-privileges"], False)],
    "auth-only": [("identity", ["edit-auth", "revoke-auth", "create-token"], False)],
    "lister": [("gateway", ["list-gateways"], False)],
    "mixed-up": [("identity", ["list-gateways"], False), ("gateway", ["read", "create", "edit", "delete"], False)],
    "barred": [
        ("identity", ["delete", "grant-privileges"], True),
        ("identity", ["read", "create", "edit", "delete", "grant-privileges"], False),
    ],
    "nothing": [],
}
ROLES = (*BUILT_IN, *PERMISSIONS)


def world() -> str:
    """`acme` has the new privilege system, `old` the one before; each has every role, and a caller of each."""
    roles = [
        {
            "slug": slug,
            "name": slug,
            "permissions": [
                {"subject": subject, "actions": actions, "inverted": inverted}
                for subject, actions, inverted in permissions
            ],
        }
        for slug, permissions in PERMISSIONS.items()
    ]
    identities, tokens = [], []
    for place, organization in enumerate(("acme", "old")):
        for number, role in enumerate(ROLES):
            who = f"1c000000-0000-4000-800{place}-{number:012x}"
            identities.append({"id": who, "organization": organization, "name": role, "role": role})
            tokens.append({"token": f"{organization}-{role}", "identity": who})
    identities.append({"id": TARGET, "organization": "acme", "name": "target", "role": "admin"})
    identities.append({"id": OLD_TARGET, "organization": "old", "name": "target", "role": "admin"})
    return json.dumps(
        {
            "version": 1,
            "organizations": [
                {"id": ACME, "name": "Acme", "slug": "acme", "roles": roles},
                {"id": OLD, "name": "Old", "slug": "old", "roles": roles, "shouldUseNewPrivilegeSystem": False},
            ],
            "identities": identities,
            "accessTokens": tokens,
        }
    )


WORLD = world()


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    return await serve(fixtures_yaml=WORLD, profile=profile, as_of="2026-08")


class Asked(NamedTuple):
    """One operation: method, path and body."""

    method: str
    path: str
    body: Any = None


NEW = {"name": "new", "organizationId": ACME}
OPERATIONS = {
    "create": Asked("POST", IDENTITIES, NEW),
    "create with a role": Asked("POST", IDENTITIES, {**NEW, "role": "custom"}),
    "get": Asked("GET", path(TARGET)),
    "list": Asked("GET", f"{IDENTITIES}?orgId={ACME}"),
    "search": Asked("POST", f"{IDENTITIES}/search", {}),
    "update": Asked("PATCH", path(TARGET), {"name": "renamed"}),
    "take the role": Asked("PATCH", path(TARGET), {"role": "no-access"}),
    "delete": Asked("DELETE", path(TARGET)),
    "details": Asked("GET", f"{IDENTITIES}/details"),
    "gateways": Asked("GET", "/api/v2/gateways"),
    "sub-organizations": Asked("GET", "/api/v1/sub-organizations"),
}
OK, BEYOND = "accepted", "boundary.grant-privileges"
NO_CREATE, NO_READ, NO_EDIT, NO_DELETE = (f"permission.{each}" for each in ("create", "read", "edit", "delete"))
NO_GATEWAYS = "permission.list-gateways"


def row(
    create: str = NO_CREATE,
    give: str = NO_CREATE,
    read: str = NO_READ,
    edit: str = NO_EDIT,
    take: str = NO_EDIT,
    delete: str = NO_DELETE,
    gateways: str = NO_GATEWAYS,
) -> dict[str, str]:
    """The rule that decides each operation; where nothing is said it is the permission that is lacking."""
    said = (create, give, read, read, read, edit, take, delete, OK, gateways, OK)
    return dict(zip(OPERATIONS, said, strict=True))


RULES = {
    "admin": row(OK, OK, OK, OK, OK, OK, OK),
    "member": row(OK, BEYOND, OK, OK, BEYOND, OK, OK),
    "no-access": row(),
    "custom": row(),
    "reader": row(read=OK),
    "creator": row(create=OK, give=BEYOND),
    "editor": row(edit=OK, take=BEYOND),
    "deleter": row(delete=OK),
    "granter": row(),
    "giver": row(create=OK, give=OK, edit=OK, take=OK),
    "auth-only": row(),
    "lister": row(gateways=OK),
    "mixed-up": row(),
    "barred": row(create=OK, give=BEYOND, read=OK, edit=OK, take=BEYOND),
    "nothing": row(),
}


def test_every_role_has_a_row():
    assert set(RULES) == set(ROLES)


async def ask(client: Client, operation: str, role: str) -> Answer:
    method, where, body = OPERATIONS[operation]
    more = {} if body is None else {"json": body}
    return await client.send(method, where, token=f"acme-{role}", **more)


@pytest.mark.parametrize("role", RULES)
async def test_a_role_may_do_what_it_holds_and_nothing_else(client: Client, role: str):
    for operation, rule in RULES[role].items():
        before = await client.state()
        answer = await ask(client, operation, role)
        assert answer.rule == rule, operation
        if rule == OK:
            assert answer.status == 200
            await client.send("PUT", "/_mock/worlds/default/state", before, token=None)
            continue
        error = "PermissionBoundaryError" if rule == BEYOND else "PermissionDenied"
        assert (in_envelope(answer).status, answer.error) == (403, error), operation
        assert await client.state() == before


BARRED = [
    {"action": ["delete", "grant-privileges"], "inverted": True, "subject": "identity"},
    {"action": ["read", "create", "edit", "delete", "grant-privileges"], "inverted": False, "subject": "identity"},
]


@pytest.mark.parametrize(
    ("operation", "role", "details", "named"),
    [
        ("create", "no-access", [], "create"),
        ("get", "creator", [], "read"),
        ("list", "custom", [], "read"),
        ("search", "nothing", [], "read"),
        ("update", "reader", [], "edit"),
        ("delete", "editor", [], "delete"),
        ("delete", "barred", BARRED, "delete"),
        ("gateways", "mixed-up", [], "list-gateways"),
    ],
)
async def test_details_list_the_callers_rules_for_the_pair(
    client: Client, operation: str, role: str, details: list[Any], named: str
):
    answer = in_envelope(await ask(client, operation, role))
    assert (answer.status, answer.error, answer.json["details"]) == (403, "PermissionDenied", details)
    assert named in answer.json["message"]


@pytest.mark.parametrize("operation", ["create with a role", "take the role"])
@pytest.mark.parametrize("role", ["member", "barred"])
async def test_the_boundary_names_the_action_that_is_missing(client: Client, operation: str, role: str):
    answer = in_envelope(await ask(client, operation, role))
    assert answer.json["details"] == {"missingPermissions": [{"action": "grant-privileges", "subject": "identity"}]}


def of_identities(*actions: str) -> list[dict[str, str]]:
    return [{"action": each, "subject": "identity"} for each in actions]


OLD_ROWS: dict[str, tuple[str, str, list[dict[str, str]]]] = {
    "the role that one has": ("giver", "giver", []),
    "a role with nothing in it": ("giver", "nothing", []),
    "the service's own empty role": ("giver", "custom", []),
    "a part of what one holds": ("giver", "creator", []),
    "the action of the new system is no leave": ("giver", "reader", of_identities("read")),
    "and lacking it is no hindrance": ("member", "editor", []),
    "what a role takes away is not in it": ("member", "barred", []),
    "what the caller's role takes away is missing": ("barred", "deleter", of_identities("delete")),
    "another subject": ("giver", "lister", [{"action": "list-gateways", "subject": "gateway"}]),
    "several, in order": ("barred", "auth-only", of_identities("create-token", "edit-auth", "revoke-auth")),
    "an admin gives everything": ("admin", "admin", []),
}


@pytest.mark.parametrize(("caller", "given", "missing"), OLD_ROWS.values(), ids=OLD_ROWS)
async def test_the_old_privilege_system_compares_what_caller_and_role_hold(
    client: Client, caller: str, given: str, missing: list[dict[str, str]]
):
    token, body = f"old-{caller}", {"role": given}
    before = await client.state()
    answers = (
        await create(client, {"organizationId": OLD, **body}, token=token),
        await client.send("PATCH", path(OLD_TARGET), body, token=token),
    )
    for answer in answers:
        if not missing:
            assert (answer.status, answer.rule) == (200, OK), answer.content
            continue
        assert (in_envelope(answer).status, answer.error, answer.rule) == (403, "PermissionBoundaryError", BEYOND)
        assert answer.json["details"] == {"missingPermissions": missing}
    if missing:
        assert await client.state() == before


@pytest.mark.parametrize("operation", ["create", "update", "delete", "get"])
async def test_the_old_privilege_system_compares_nothing_where_no_role_is_given(client: Client, operation: str):
    """A member touches an admin: only roles that are given are compared."""
    method, _, body = OPERATIONS[operation]
    if operation == "create":
        assert (await create(client, {"organizationId": OLD}, token="old-member")).status == 200
        return
    more = {} if body is None else {"json": body}
    assert (await client.send(method, path(OLD_TARGET), token="old-member", **more)).status == 200


@pytest.mark.parametrize(
    ("caller", "operation", "rule"),
    [
        ("member", "update", OK),
        ("member", "role", "boundary.present-role"),
        ("member", "delete", "boundary.delete"),
        ("admin", "role", OK),
        ("admin", "delete", OK),
    ],
)
async def test_since_2026_09_the_old_privilege_system_guards_the_present_role_too(
    serve: Serve, profile: Profile, caller: str, operation: str, rule: str
):
    client = await serve(fixtures_yaml=WORLD, profile=profile, as_of="2026-09")
    method, more = ("DELETE", {}) if operation == "delete" else ("PATCH", {"json": {"name": "another"}})
    if operation == "role":
        more = {"json": {"role": "nothing"}}
    answer = await client.send(method, path(OLD_TARGET), token=f"old-{caller}", **more)
    assert (answer.rule, answer.status) == (rule, 200 if rule == OK else 403)
    if rule != OK:
        assert answer.error == "PermissionBoundaryError"
        assert answer.json["details"]["missingPermissions"]


async def test_the_services_own_empty_role_is_given_without_being_one_of_the_organization(client: Client):
    """Its slug is on the service's list of built-in ones, so no plan for roles is asked for."""
    made = (await create(client, {"role": "custom"}, token="acme-admin")).json["identity"]["id"]
    found = (await get(client, made, token="acme-admin")).json["identity"]
    assert (found["role"], found["roleId"], "customRole" in found) == ("custom", None, False)
    answer = await search(client, {"search": {"role": "custom", "name": "new"}}, token="acme-admin")
    assert [each["identityId"] for each in answer.json["identities"]] == [made]
