"""What the service's own code showed about order and boundary, for each method that is compared (N11, N13)."""

from typing import Any

import pytest

from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from tests.client import Answer, Client
from tests.conftest import Serve

OLD, ROOT, BELOW = (f"0a000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
TARGET, EQUAL, KEEPER = (f"1d000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
SHARED, SHARED_WITH = "1d000000-0000-4000-8000-000000000004", "1d000000-0000-4000-8000-000000000005"
SECRETS = {TARGET: "5c000000-0000-4000-8000-000000000001", EQUAL: "5c000000-0000-4000-8000-000000000002"}
WORLD = f"""
version: 1
organizations:
  - id: {OLD}
    name: Old
    slug: old
    shouldUseNewPrivilegeSystem: false
    roles:
      - slug: keeper
        name: Keeper
        permissions: [{{ subject: identity, actions: [read, create, edit, delete, edit-auth] }}]
  - {{ id: {ROOT}, name: Root, slug: root }}
  - {{ id: {BELOW}, name: Below, slug: below, parent: root }}
identities:
  - id: {TARGET}
    organization: old
    name: target
    role: admin
    universalAuth:
      clientId: c1000000-0000-4000-8000-000000000001
      clientSecrets: [{{ id: {SECRETS[TARGET]}, secret: s }}]
    tokenAuth: {{}}
  - id: {EQUAL}
    organization: old
    name: equal
    role: keeper
    universalAuth:
      clientId: c1000000-0000-4000-8000-000000000002
      clientSecrets: [{{ id: {SECRETS[EQUAL]}, secret: t }}]
    tokenAuth: {{}}
  - {{ id: {KEEPER}, organization: old, name: keeper, role: keeper }}
  - {{ id: {SHARED}, organization: root, name: shared, memberships: [{{ organization: below, role: admin }}] }}
  - {{ id: {SHARED_WITH}, organization: below, name: chief, role: admin }}
accessTokens:
  - {{ token: keeper-token, identity: keeper }}
  - {{ token: boss-token, identity: target }}
  - {{ token: below-token, identity: chief }}
"""
UNIVERSAL, TOKEN = (f"/api/v1/auth/{each}-auth/identities/" for each in ("universal", "token"))
BOUNDED = {
    "create a client secret": ("POST", "create-token"),
    "create a token": ("POST", "create-token"),
    "list client secrets": ("GET", "get-token"),
    "get a client secret": ("GET", "get-token"),
    "revoke a client secret": ("POST", "delete-token"),
    "rename a token": ("PATCH", "create-token"),
}


async def ask(client: Client, what: str, identity: str) -> Answer:
    secrets = f"{UNIVERSAL}{identity}/client-secrets"
    one: dict[str, Any] = {"json": {}}
    match what:
        case "create a client secret":
            path = secrets
        case "create a token":
            path = f"{TOKEN}{identity}/tokens"
        case "list client secrets":
            path, one = secrets, {}
        case "get a client secret":
            path, one = f"{secrets}/{SECRETS[identity]}", {}
        case "revoke a client secret":
            path, one = f"{secrets}/{SECRETS[identity]}/revoke", {}
        case _:
            made = await client.send("POST", f"{TOKEN}{identity}/tokens", {}, token="boss-token")
            path = f"/api/v1/auth/token-auth/tokens/{made.json['tokenData']['id']}"
            one = {"json": {"name": "n"}}
            if what == "revoke a token":
                return await client.send("POST", f"{path}/revoke", token="keeper-token")
    method = BOUNDED[what][0]
    return await client.send(method, path, token="keeper-token", **one)


@pytest.mark.parametrize("as_of", GENERATIONS)
@pytest.mark.parametrize("what", BOUNDED)
async def test_the_boundary_of_client_secrets_and_tokens(serve: Serve, profile: Profile, as_of: str, what: str):
    """Who holds less than the target may not, who holds as much may: the new boundary and the older one agree here."""
    client = await serve(profile=profile, as_of=as_of, fixtures_yaml=WORLD)
    refused = await ask(client, what, TARGET)
    assert (refused.status, refused.error) == (403, "PermissionBoundaryError")
    assert refused.rule == f"boundary.{BOUNDED[what][1]}"
    assert {"action": "revoke-auth", "subject": "identity"} in refused.json["details"]["missingPermissions"]
    assert (await ask(client, what, EQUAL)).rule == "accepted"


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_revoking_a_token_by_its_id_has_no_boundary(serve: Serve, profile: Profile, as_of: str):
    client = await serve(profile=profile, as_of=as_of, fixtures_yaml=WORLD)
    assert (await ask(client, "revoke a token", TARGET)).rule == "accepted"


@pytest.mark.parametrize("as_of", GENERATIONS)
@pytest.mark.parametrize(
    ("method", "path", "universal", "token"),
    [
        ("GET", "{id}", "get.not-attached", "identity.home"),
        ("PATCH", "{id}", "universal-auth.update.not-attached", "identity.home"),
        ("DELETE", "{id}", "revoke.not-attached", "identity.home"),
    ],
)
async def test_token_auth_asks_for_the_home_before_it_asks_whether_it_is_attached(
    serve: Serve, profile: Profile, as_of: str, method: str, path: str, universal: str, token: str
):
    client = await serve(profile=profile, as_of=as_of, fixtures_yaml=WORLD)
    body: dict[str, Any] = {"json": {"accessTokenTTL": 1}} if method == "PATCH" else {}
    for start, rule in ((UNIVERSAL, universal), (TOKEN, token)):
        answer = await client.send(method, start + path.format(id=SHARED), token="below-token", **body)
        assert answer.rule == rule


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_the_same_of_client_secrets_and_tokens(serve: Serve, profile: Profile, as_of: str):
    client = await serve(profile=profile, as_of=as_of, fixtures_yaml=WORLD)
    secrets = await client.send("GET", f"{UNIVERSAL}{SHARED}/client-secrets", token="below-token")
    tokens = await client.send("GET", f"{TOKEN}{SHARED}/tokens", token="below-token")
    made = await client.send("POST", f"{TOKEN}{SHARED}/tokens", {}, token="below-token")
    assert (secrets.rule, tokens.rule, made.rule) == ("method.not-attached", "identity.home", "identity.home")
