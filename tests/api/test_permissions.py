"""Who may do what to Kubernetes Auth, over HTTP: built-in and custom roles, and the details of a refusal (auth.md)."""

import json
from typing import Any

import pytest

from mockserver.rules.profile import Profile
from tests.client import IDENTITIES, Answer, Client, in_envelope
from tests.conftest import Serve

ACME, EU = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
ATTACHED, BARE = "1e000000-0000-4000-8000-000000000001", "1e000000-0000-4000-8000-000000000002"
TRAVELLER, EU_ATTACHED = "1e000000-0000-4000-8000-000000000003", "1e000000-0000-4000-8000-000000000004"
GATEWAY, POOL = "6a000000-0000-4000-8000-000000000001", "6b000000-0000-4000-8000-000000000001"
HOST = "https://prod.k8s.example"
ATTACH = {"kubernetesHost": HOST, "allowedNamespaces": "", "allowedNames": ""}
PERMISSIONS = {
    "reader": [("identity", ["read"], False)],
    "auth-editor": [("identity", ["edit-auth"], False)],
    "old-editor": [("identity", ["create", "edit"], False)],
    "revoker": [("identity", ["edit", "revoke-auth"], False)],
    "half-revoker": [("identity", ["revoke-auth"], False)],
    "gateway-user": [("identity", ["edit-auth"], False), ("gateway", ["attach-gateways"], False)],
    "pool-user": [("identity", ["edit-auth"], False), ("gateway-pool", ["attach-gateway-pools"], False)],
    "mixed-up": [("identity", ["edit-auth", "attach-gateways", "attach-gateway-pools"], False)],
    "barred": [("identity", ["read", "edit", "edit-auth", "revoke-auth"], False), ("identity", ["edit-auth"], True)],
    "barred-from-all": [("identity", ["read", "edit", "edit-auth"], False), ("identity", ["read", "edit"], True)],
    "barred-first": [("identity", ["edit-auth"], True), ("identity", ["edit-auth", "read"], False)],
    "barred-and-let-in": [
        ("identity", ["edit-auth"], False),
        ("identity", ["edit-auth"], True),
        ("identity", ["edit-auth"], False),
    ],
    "barred-only": [("identity", ["read"], True)],
    "no-revoking": [("identity", ["edit", "revoke-auth"], False), ("identity", ["revoke-auth"], True)],
    "no-gateways": [
        ("identity", ["edit-auth"], False),
        ("gateway", ["attach-gateways", "list-gateways"], False),
        ("gateway", ["attach-gateways"], True),
    ],
    "nothing": [],
}
BUILT_IN = ("admin", "member", "no-access")


def world() -> str:
    """`acme` with every role and a caller of each; `eu` below it, where the roles of the same callers differ."""
    roles = [
        {
            "slug": slug,
            "name": slug,
            "permissions": [
                {"subject": subject, "actions": actions, **({"inverted": True} if inverted else {})}
                for subject, actions, inverted in permissions
            ],
        }
        for slug, permissions in PERMISSIONS.items()
    ]
    plan = dict.fromkeys(("ipAllowlisting", "gateway", "gatewayPool"), True)
    record = {"kubernetesHost": HOST}
    identities: list[dict[str, Any]] = [
        {"id": ATTACHED, "organization": "acme", "name": "attached", "kubernetesAuth": record},
        {"id": BARE, "organization": "acme", "name": "bare"},
        {
            "id": TRAVELLER,
            "organization": "acme",
            "name": "traveller",
            "role": "admin",
            "memberships": [{"organization": "eu", "role": "reader"}],
        },
        {"id": EU_ATTACHED, "organization": "eu", "name": "attached in eu", "kubernetesAuth": record},
    ]
    for number, role in enumerate((*BUILT_IN, *PERMISSIONS)):
        who = {"id": f"1c000000-0000-4000-8000-{number:012x}", "organization": "acme", "name": role, "role": role}
        identities.append(who)
    tokens = [{"token": role, "identity": role} for role in (*BUILT_IN, *PERMISSIONS)]
    return json.dumps(
        {
            "version": 1,
            "organizations": [
                {"id": ACME, "name": "Acme", "slug": "acme", "plan": plan, "roles": roles},
                {"id": EU, "name": "Eu", "slug": "eu", "plan": plan, "parent": "acme", "roles": roles},
            ],
            "clusters": [{"name": "prod", "hosts": [HOST]}],
            "gateways": [{"id": GATEWAY, "organization": "acme", "name": "one", "cluster": "prod"}],
            "gatewayPools": [{"id": POOL, "organization": "acme", "name": "pool", "gateways": ["one"]}],
            "identities": identities,
            "accessTokens": [
                *tokens,
                {"token": "at-home", "identity": TRAVELLER},
                {"token": "abroad", "identity": TRAVELLER, "organization": "eu"},
            ],
        }
    )


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(fixtures_yaml=world(), profile=profile)


async def ask(client: Client, operation: str, role: str) -> Answer:
    method, identity, body = OPERATIONS[operation]
    more = {} if body is None else {"json": body}
    return await client.send(method, IDENTITIES + identity, token=role, **more)


OPERATIONS: dict[str, tuple[str, str, Any]] = {
    "attach": ("POST", BARE, ATTACH),
    "attach a gateway": ("POST", BARE, {**ATTACH, "gatewayId": GATEWAY}),
    "attach a pool": ("POST", BARE, {**ATTACH, "gatewayPoolId": POOL}),
    "get": ("GET", ATTACHED, None),
    "update": ("PATCH", ATTACHED, {"allowedNames": "a"}),
    "update a gateway": ("PATCH", ATTACHED, {"gatewayId": GATEWAY}),
    "update a pool": ("PATCH", ATTACHED, {"gatewayPoolId": POOL}),
    "take a gateway away": ("PATCH", ATTACHED, {"gatewayId": None, "gatewayPoolId": None}),
    "revoke": ("DELETE", ATTACHED, None),
}
EDIT, READ, REVOKE, BEYOND = "permission.edit-auth", "permission.read", "permission.edit", "boundary.revoke-auth"
BY_GATEWAY, BY_POOL = "gateway.permission", "pool.permission"
OK = "accepted"


def row(edit: str, gateway: str, pool: str, get: str, revoke: str) -> dict[str, str]:
    """The rule that decides each operation; gateways and pools are asked for where `edit` lets pass."""
    return {
        "attach": edit,
        "attach a gateway": gateway,
        "attach a pool": pool,
        "get": get,
        "update": edit,
        "update a gateway": gateway,
        "update a pool": pool,
        "take a gateway away": edit,
        "revoke": revoke,
    }


def no_edit(get: str, revoke: str) -> dict[str, str]:
    return row(EDIT, EDIT, EDIT, get, revoke)


RULES = {
    "admin": row(OK, OK, OK, OK, OK),
    "member": no_edit(OK, BEYOND),
    "no-access": no_edit(READ, REVOKE),
    "reader": no_edit(OK, REVOKE),
    "auth-editor": row(OK, BY_GATEWAY, BY_POOL, READ, REVOKE),
    "old-editor": no_edit(READ, BEYOND),
    "revoker": no_edit(READ, OK),
    "half-revoker": no_edit(READ, REVOKE),
    "gateway-user": row(OK, OK, BY_POOL, READ, REVOKE),
    "pool-user": row(OK, BY_GATEWAY, OK, READ, REVOKE),
    "mixed-up": row(OK, BY_GATEWAY, BY_POOL, READ, REVOKE),
    "barred": no_edit(OK, OK),
    "barred-from-all": row(OK, BY_GATEWAY, BY_POOL, READ, REVOKE),
    "barred-first": no_edit(OK, REVOKE),
    "barred-and-let-in": no_edit(READ, REVOKE),
    "barred-only": no_edit(READ, REVOKE),
    "no-revoking": no_edit(READ, BEYOND),
    "no-gateways": row(OK, BY_GATEWAY, BY_POOL, READ, REVOKE),
    "nothing": no_edit(READ, REVOKE),
}


def test_every_role_has_a_row():
    assert set(RULES) == {*BUILT_IN, *PERMISSIONS}


@pytest.mark.parametrize("role", RULES)
async def test_a_role_may_do_what_it_holds_and_nothing_else(role: str, client: Client):
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


def about(subject: str, actions: list[str], *, inverted: bool = False) -> dict[str, Any]:
    return {"action": actions, "inverted": inverted, "subject": subject}


@pytest.mark.parametrize(
    ("operation", "role", "details"),
    [
        pytest.param("update", "member", [], id="a built-in role"),
        pytest.param("get", "no-access", [], id="no rights at all"),
        pytest.param("revoke", "reader", [], id="rules about other actions"),
        pytest.param("attach a gateway", "mixed-up", [], id="rules about another subject"),
        pytest.param(
            "attach",
            "barred",
            [
                about("identity", ["edit-auth"], inverted=True),
                about("identity", ["read", "edit", "edit-auth", "revoke-auth"]),
            ],
            id="a rule that is turned round, before the one that it takes from",
        ),
        pytest.param(
            "update",
            "barred-first",
            [about("identity", ["edit-auth"], inverted=True), about("identity", ["edit-auth", "read"])],
            id="a rule that is turned round, though it stands first",
        ),
        pytest.param(
            "update",
            "barred-and-let-in",
            [
                about("identity", ["edit-auth"], inverted=True),
                about("identity", ["edit-auth"]),
                about("identity", ["edit-auth"]),
            ],
            id="a rule that is turned round, though another stands behind it",
        ),
        pytest.param(
            "revoke",
            "barred-from-all",
            [
                about("identity", ["read", "edit"], inverted=True),
                about("identity", ["read", "edit", "edit-auth"]),
            ],
            id="another action of the same rules",
        ),
        pytest.param("get", "barred-only", [about("identity", ["read"], inverted=True)], id="nothing to take from"),
        pytest.param(
            "update a gateway",
            "no-gateways",
            [
                about("gateway", ["attach-gateways"], inverted=True),
                about("gateway", ["attach-gateways", "list-gateways"]),
            ],
            id="a gateway",
        ),
        pytest.param("update a pool", "no-gateways", [], id="a pool is no gateway"),
    ],
)
async def test_details_list_the_callers_rules_for_the_pair(operation: str, role: str, details, client: Client):
    answer = in_envelope(await ask(client, operation, role))
    assert (answer.status, answer.error) == (403, "PermissionDenied")
    assert answer.json["details"] == details


@pytest.mark.parametrize("role", ["member", "old-editor", "no-revoking"])
async def test_the_boundary_names_what_is_missing(role: str, client: Client):
    answer = in_envelope(await ask(client, "revoke", role))
    assert answer.json["details"] == {"missingPermissions": [{"action": "revoke-auth", "subject": "identity"}]}


async def test_the_message_names_action_and_subject(client: Client):
    for operation, role, words in (
        ("update", "member", ("edit-auth", "identity")),
        ("attach a gateway", "auth-editor", ("attach-gateways", "gateway")),
        ("update a pool", "auth-editor", ("attach-gateway-pools", "gateway-pool")),
    ):
        message = (await ask(client, operation, role)).json["message"]
        assert all(word in message for word in words)


async def test_the_role_is_that_of_the_tokens_organization(client: Client):
    path = IDENTITIES + EU_ATTACHED
    assert (await client.update({"allowedNames": "a"}, ATTACHED, token="at-home")).status == 200
    assert (await client.send("GET", path, token="abroad")).record["identityId"] == EU_ATTACHED
    refused = await client.update({"allowedNames": "a"}, EU_ATTACHED, token="abroad")
    assert (refused.status, refused.rule, refused.json["details"]) == (403, EDIT, [])
    assert (await client.send("GET", path, token="at-home")).rule == "identity.unknown"


async def test_who_may_not_learns_that_an_identity_is_unknown_or_unattached(client: Client):
    for role in ("no-access", "nothing"):
        assert (await client.send("GET", IDENTITIES + EU_ATTACHED, token=role)).rule == "identity.unknown"
        assert (await client.send("GET", IDENTITIES + BARE, token=role)).rule == "get.not-attached"
        assert (await client.send("DELETE", IDENTITIES + BARE, token=role)).rule == "revoke.not-attached"
        assert (await client.send("POST", IDENTITIES + ATTACHED, ATTACH, token=role)).rule == "attach.attached"
        assert (await client.update({}, BARE, token=role)).rule == "update.not-attached"
