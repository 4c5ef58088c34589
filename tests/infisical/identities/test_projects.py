"""Identities that a project manages: who may touch their auth methods, by the role in the project (auth.md)."""

import json
from typing import Any, NamedTuple

import pytest

from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.rules.profile import Profile
from tests.client import Answer, Client, in_envelope
from tests.conftest import Serve

ACME = "0a000000-0000-4000-8000-000000000001"
SHOP, BANK = "9a000000-0000-4000-8000-000000000001", "9a000000-0000-4000-8000-000000000002"
BOT, BARE = "1d000000-0000-4000-8000-0000000000b0", "1d000000-0000-4000-8000-0000000000b1"
STRAY, FREE = "1d000000-0000-4000-8000-0000000000b2", "1d000000-0000-4000-8000-0000000000b3"
SECRET = "5c000000-0000-4000-8000-000000000001"
ROLES = ("admin", "member", "viewer", "no-access")
HELD = {"admin": None, "member": {"read", "create", "edit", "delete"}, "viewer": {"read"}, "no-access": set()}
"""The actions on identities that each role of a project holds; None: all."""


def world(**more: Any) -> str:
    """`boss` is an admin of the organization and in no project; `ROLE` has that role in the shop, and no other."""
    method = {
        "kubernetesAuth": {"kubernetesHost": "https://k8s.example"},
        "universalAuth": {
            "clientId": "c1000000-0000-4000-8000-000000000001",
            "clientSecrets": [{"id": SECRET, "secret": "secret"}],
        },
        "tokenAuth": {},
    }
    identities: list[dict[str, Any]] = [
        {"id": f"1d000000-0000-4000-8000-{n:012x}", "organization": "acme", "name": name, "role": role}
        for n, (name, role) in enumerate([("boss", "admin"), *((role, "no-access") for role in ROLES)], 1)
    ]
    members = [
        {"identityId": each["id"] if each["name"] == "admin" else each["name"], "role": each["name"]}
        for each in identities[1:]
    ]
    identities += [
        {"id": BOT, "organization": "acme", "name": "bot", "projectId": SHOP, **method},
        {"id": BARE, "organization": "acme", "name": "unattached", "projectId": SHOP},
        {"id": STRAY, "organization": "acme", "name": "stray", "projectId": BANK, "kubernetesAuth": {}},
        {"id": FREE, "organization": "acme", "name": "free", "kubernetesAuth": method["kubernetesAuth"]},
    ]
    organization = {
        "id": ACME,
        "name": "Acme",
        "slug": "acme",
        "projects": [{"id": SHOP, "name": "Shop", "members": members}, {"id": BANK.upper(), "name": "Bank"}],
        **more,
    }
    tokens = [{"token": each["name"], "identity": each["name"]} for each in identities[:5]]
    document = {"version": 1, "organizations": [organization], "identities": identities, "accessTokens": tokens}
    return json.dumps(document)


WORLD = world()
KUBERNETES, UNIVERSAL, TOKEN = (
    f"/api/v1/auth/{each}/identities/" for each in ("kubernetes-auth", "universal-auth", "token-auth")
)


class Asked(NamedTuple):
    """One operation on the auth of an identity, with the permission that it needs in the project."""

    name: str
    method: str
    path: str
    action: str
    body: Any = None
    action_in_may: str = ""

    def needs(self, generation: Generation) -> str:
        return self.action_in_may if self.action_in_may and generation == Generation.MAY else self.action


_HOST = {"kubernetesHost": "https://k8s.example", "allowedNamespaces": "", "allowedNames": "", "allowedAudience": ""}
OPERATIONS = (
    Asked("attachKubernetesAuth", "POST", KUBERNETES + BARE, "edit-auth", _HOST, "create"),
    Asked("updateKubernetesAuth", "PATCH", KUBERNETES + BOT, "edit-auth", {"allowedNames": "a"}, "edit"),
    Asked("getKubernetesAuth", "GET", KUBERNETES + BOT, "read"),
    Asked("deleteKubernetesAuth", "DELETE", KUBERNETES + BOT, "revoke-auth"),
    Asked("attachUniversalAuth", "POST", UNIVERSAL + BARE, "edit-auth", {}, "create"),
    Asked("updateUniversalAuth", "PATCH", UNIVERSAL + BOT, "edit-auth", {"accessTokenTTL": 60}, "edit"),
    Asked("getUniversalAuth", "GET", UNIVERSAL + BOT, "read"),
    Asked("deleteUniversalAuth", "DELETE", UNIVERSAL + BOT, "revoke-auth"),
    Asked("createUniversalAuthClientSecret", "POST", f"{UNIVERSAL}{BOT}/client-secrets", "create-token", {}),
    Asked("listUniversalAuthClientSecrets", "GET", f"{UNIVERSAL}{BOT}/client-secrets", "get-token"),
    Asked("getUniversalAuthClientSecret", "GET", f"{UNIVERSAL}{BOT}/client-secrets/{SECRET}", "get-token"),
    Asked(
        "revokeUniversalAuthClientSecret", "POST", f"{UNIVERSAL}{BOT}/client-secrets/{SECRET}/revoke", "delete-token"
    ),
    Asked("clearUniversalAuthLockouts", "POST", f"{UNIVERSAL}{BOT}/clear-lockouts", "edit"),
    Asked("attachTokenAuth", "POST", TOKEN + BARE, "edit-auth", {}, "create"),
    Asked("updateTokenAuth", "PATCH", TOKEN + BOT, "edit-auth", {"accessTokenTTL": 60}, "edit"),
    Asked("getTokenAuth", "GET", TOKEN + BOT, "read"),
    Asked("deleteTokenAuth", "DELETE", TOKEN + BOT, "revoke-auth"),
    Asked("createTokenAuthToken", "POST", f"{TOKEN}{BOT}/tokens", "create-token", {}),
    Asked("getTokenAuthTokens", "GET", f"{TOKEN}{BOT}/tokens", "get-token"),
)
of_each = pytest.mark.parametrize("asked", OPERATIONS, ids=lambda each: each.name)
RULES = {
    "create": "project.permission.create",
    "create-token": "project.permission.create-token",
    "delete-token": "project.permission.delete-token",
    "edit": "project.permission.edit",
    "edit-auth": "project.permission.edit-auth",
    "get-token": "project.permission.get-token",
    "read": "project.permission.read",
    "revoke-auth": "project.permission.revoke-auth",
}
in_each = pytest.mark.parametrize("generation", GENERATIONS)


async def send(client: Client, asked: Asked, token: str) -> Answer:
    body = {} if asked.body is None else {"json": asked.body}
    return await client.send(asked.method, asked.path, token=token, **body)


@in_each
@of_each
async def test_the_role_in_the_project_decides(serve: Serve, asked: Asked, generation: Generation):
    client = await serve(fixtures_yaml=WORLD, as_of=generation)
    action = asked.needs(generation)
    for role in reversed(ROLES):
        before, held = await client.state(), HELD[role]
        answer = await send(client, asked, role)
        if held is None or action in held:
            assert (answer.status, answer.rule) == (200, "accepted")
            return
        assert (answer.status, answer.rule) == (403, RULES[action])
        assert (in_envelope(answer).error, answer.json["details"]) == ("PermissionDenied", [])
        assert await client.state() == before


@of_each
async def test_who_is_no_member_of_the_project_is_refused_whatever_the_organization_allows(
    serve: Serve, profile: Profile, asked: Asked
):
    client = await serve(fixtures_yaml=WORLD, profile=profile)
    before = await client.state()
    answer = await send(client, asked, "boss")
    assert (answer.status, in_envelope(answer).error, answer.rule) == (403, "ForbiddenError", "project.member")
    assert await client.state() == before


PER_TOKEN = [
    ("GET", "", "get-token", None),
    ("PATCH", "", "create-token", {"name": "x"}),
    ("POST", "/revoke", "delete-token", None),
]


@pytest.mark.parametrize(("method", "tail", "action", "body"), PER_TOKEN)
async def test_operations_on_one_token(serve: Serve, method: str, tail: str, action: str, body: Any):
    client = await serve(fixtures_yaml=WORLD)
    made = await client.send("POST", f"{TOKEN}{BOT}/tokens", {}, token="admin")
    path = f"/api/v1/auth/token-auth/tokens/{made.json['tokenData']['id']}{tail}"
    for token, rule in (("boss", "project.member"), ("member", RULES[action]), ("admin", "accepted")):
        sent = {} if body is None else {"json": body}
        assert (await client.send(method, path, token=token, **sent)).rule == rule


async def test_details_list_no_rule_of_the_organization(serve: Serve):
    client = await serve(
        fixtures_yaml=WORLD.replace('"name": "viewer", "role": "no-access"', '"name": "viewer", "role": "admin"')
    )
    answer = await client.send("PATCH", KUBERNETES + BOT, {"allowedNames": "a"}, token="viewer")
    assert (answer.rule, answer.json["details"]) == ("project.permission.edit-auth", [])


async def test_gateways_are_a_matter_of_the_organization(serve: Serve):
    """A project's admin without a permission in the organization may not attach a gateway."""
    state = json.loads(world(plan={"gateway": True}))
    state["clusters"] = [{"name": "c"}]
    state["gateways"] = [
        {"id": "6a000000-0000-4000-8000-000000000001", "organization": "acme", "name": "g", "cluster": "c"}
    ]
    client = await serve(fixtures_yaml=json.dumps(state))
    body = {"gatewayId": state["gateways"][0]["id"]}
    answer = await client.send("PATCH", KUBERNETES + BOT, body, token="admin")
    assert (answer.status, answer.rule) == (403, "gateway.permission")


async def test_the_order_of_the_rows_around(serve: Serve):
    """In place of rows 14 and 15: after the TTL, before the trusted IPs."""
    client = await serve(fixtures_yaml=WORLD)
    for body, rule in (
        ({"accessTokenTTL": 2592001}, "update.ttl.stored-max"),
        ({"accessTokenTrustedIps": [{"ipAddress": "x"}]}, "project.member"),
    ):
        assert (await client.send("PATCH", KUBERNETES + BOT, body, token="boss")).rule == rule
    assert (
        await client.send("PATCH", KUBERNETES + BARE, {"allowedNames": ""}, token="boss")
    ).rule == "update.not-attached"


async def test_a_project_without_members_refuses_everybody(serve: Serve):
    client = await serve(fixtures_yaml=WORLD)
    for token in ("boss", *ROLES):
        answer = await client.send("PATCH", KUBERNETES + STRAY, {"allowedNames": "a"}, token=token)
        assert (answer.status, answer.rule) == (403, "project.member")


async def test_other_identities_are_the_organizations(serve: Serve):
    client = await serve(fixtures_yaml=WORLD)
    assert (await client.send("PATCH", KUBERNETES + FREE, {"allowedNames": "a"}, token="boss")).status == 200
    refused = await client.send("PATCH", KUBERNETES + FREE, {"allowedNames": "a"}, token="admin")
    assert (refused.status, refused.rule) == (403, "permission.edit-auth")


async def test_the_identity_itself_is_changed_in_the_project_alone(serve: Serve):
    """The organization's permission comes first, as before; then the operations refuse an identity of a project."""
    client = await serve(fixtures_yaml=WORLD)
    path = f"/api/v1/identities/{BOT}"
    assert (await client.send("PATCH", path, {"name": "x"}, token="admin")).rule == "permission.edit"
    assert (await client.send("PATCH", path, {"name": "x"}, token="boss")).rule == "identity.project"
    assert (await client.send("DELETE", path, token="admin")).rule == "permission.delete"
    assert (await client.send("DELETE", path, token="boss")).rule == "identity.project"


async def explained(client: Client, answer: Answer) -> str:
    got = await client.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain")
    assert got.status == 200
    return got.content.decode()


async def test_an_explanation_says_which_project_decides(serve: Serve):
    client = await serve(fixtures_yaml=WORLD)
    refused = await client.send("PATCH", KUBERNETES + BOT, {"allowedNames": "a"}, token="boss")
    told = await explained(client, refused)
    assert f"The identity is managed by the project {SHOP}" in told
    assert '"managingProject"' in told
    free = await client.send("PATCH", KUBERNETES + FREE, {"allowedNames": "a"}, token="boss")
    assert '"managingProject"' not in await explained(client, free)


async def test_a_deleted_member_leaves_its_project(serve: Serve):
    client = await serve(fixtures_yaml=WORLD)
    state = await client.state()
    viewer = next(each["id"] for each in state["identities"] if each["name"] == "viewer")
    assert (await client.send("DELETE", f"/api/v1/identities/{viewer}", token="boss")).status == 200
    after = await client.state()
    shop = after["organizations"][0]["projects"][0]
    assert viewer not in {each["identityId"] for each in shop["members"]}
    assert (await client.send("PUT", "/_mock/worlds/default/state", after, token=None)).status == 204
    assert await client.state() == after


async def test_the_role_can_be_changed_through_the_state(serve: Serve):
    client = await serve(fixtures_yaml=WORLD)
    update = ("PATCH", KUBERNETES + BOT, {"allowedNames": "a"})
    assert (await client.send(*update, token="member")).status == 403
    state = await client.state()
    for each in state["organizations"][0]["projects"][0]["members"]:
        each["role"] = "admin"
    assert (await client.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204
    assert (await client.send(*update, token="member")).status == 200
