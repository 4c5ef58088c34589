"""Who may change an identity that administers the instance: by the text of its id, and by generation (N6, N10)."""

from typing import Any

import pytest

from mockserver.rules.generation import GENERATIONS
from mockserver.rules.profile import Profile
from tests.client import Client
from tests.conftest import Serve

ACME = "0a000000-0000-4000-8000-000000000001"
ADMIN, BOSS, CLERK = (f"ad000000-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
BARE_BOSS = "ad000000-0000-4000-8000-00000000000b"
SECRET = "5c000000-0000-4000-8000-000000000001"
WORLD = f"""
version: 1
organizations: [{{ id: {ACME}, name: Acme, slug: acme, plan: {{ ipAllowlisting: true }} }}]
identities:
  - {{ id: {ADMIN}, organization: acme, name: admin, role: admin }}
  - {{ id: {CLERK}, organization: acme, name: clerk, role: no-access }}
  - {{ id: {BARE_BOSS}, organization: acme, name: bare-boss, instanceAdmin: true }}
  - id: {BOSS}
    organization: acme
    name: boss
    instanceAdmin: true
    kubernetesAuth: {{ kubernetesHost: "https://cluster.example" }}
    universalAuth:
      clientId: c1000000-0000-4000-8000-000000000002
      clientSecrets: [{{ id: {SECRET}, secret: s }}]
    tokenAuth: {{}}
accessTokens:
  - {{ token: admin-token, identity: admin }}
  - {{ token: clerk-token, identity: clerk }}
"""
METHODS = ("kubernetes-auth", "universal-auth", "token-auth")
KUBERNETES, UNIVERSAL, TOKEN = (f"/api/v1/auth/{each}/identities/" for each in METHODS)
HOST = {"kubernetesHost": "https://cluster.example", "allowedNamespaces": "", "allowedNames": "", "allowedAudience": ""}
WRITES: dict[str, tuple[str, str, Any, str]] = {
    "update an identity": ("PATCH", "/api/v1/identities/{id}", {"name": "n"}, BOSS),
    "delete an identity": ("DELETE", "/api/v1/identities/{id}", None, BOSS),
    "attach Kubernetes Auth": ("POST", KUBERNETES + "{id}", HOST, BARE_BOSS),
    "update Kubernetes Auth": ("PATCH", KUBERNETES + "{id}", {"allowedNames": "n"}, BOSS),
    "revoke Kubernetes Auth": ("DELETE", KUBERNETES + "{id}", None, BOSS),
    "attach Universal Auth": ("POST", UNIVERSAL + "{id}", {}, BARE_BOSS),
    "update Universal Auth": ("PATCH", UNIVERSAL + "{id}", {"accessTokenTTL": 60}, BOSS),
    "revoke Universal Auth": ("DELETE", UNIVERSAL + "{id}", None, BOSS),
    "create a client secret": ("POST", UNIVERSAL + "{id}/client-secrets", {}, BOSS),
    "revoke a client secret": ("POST", UNIVERSAL + f"{{id}}/client-secrets/{SECRET}/revoke", None, BOSS),
    "clear lockouts": ("POST", UNIVERSAL + "{id}/clear-lockouts", None, BOSS),
    "attach Token Auth": ("POST", TOKEN + "{id}", {}, BARE_BOSS),
    "update Token Auth": ("PATCH", TOKEN + "{id}", {"accessTokenTTL": 60}, BOSS),
    "revoke Token Auth": ("DELETE", TOKEN + "{id}", None, BOSS),
    "create a token": ("POST", TOKEN + "{id}/tokens", {}, BOSS),
    "list tokens": ("GET", TOKEN + "{id}/tokens", None, BOSS),
}
UNCHECKED_IN_MAY = {
    "update Kubernetes Auth",
    "update Universal Auth",
    "revoke Universal Auth",
    "create a client secret",
    "revoke a client secret",
    "clear lockouts",
}
RULE = "identity.instance-admin"


async def ask(client: Client, write: str, *, capitals: bool = False, token: str = "admin-token", **more: Any) -> Any:
    method, path, body, identity = WRITES[write]
    if body is not None:
        more["json"] = {**body, **more.get("json", {})}
    return await client.send(method, path.format(id=identity.upper() if capitals else identity), token=token, **more)


@pytest.mark.parametrize("as_of", GENERATIONS)
@pytest.mark.parametrize("write", WRITES)
async def test_ids_are_compared_as_text(serve: Serve, profile: Profile, as_of: str, write: str):
    client = await serve(profile=profile, as_of=as_of, fixtures_yaml=WORLD)
    if as_of == "2026-05" and write in UNCHECKED_IN_MAY:
        assert (await ask(client, write)).rule == "accepted"
        return
    refused = await ask(client, write)
    assert (refused.status, refused.error, refused.rule) == (403, "ForbiddenError", RULE)
    assert (await ask(client, write, capitals=True)).rule == "accepted"


async def test_an_id_in_capitals_lets_no_other_request_pass(serve: Serve, profile: Profile):
    client = await serve(profile=profile, fixtures_yaml=WORLD)
    for _ in range(2):
        assert (await ask(client, "update Kubernetes Auth", capitals=True)).rule == "accepted"
        assert (await ask(client, "update Kubernetes Auth")).rule == RULE


@pytest.mark.parametrize("as_of", GENERATIONS)
async def test_attaching_universal_auth_asks_it_first_in_2026_05(serve: Serve, profile: Profile, as_of: str):
    """Since 2026-08 it stands behind the permission, and before the trusted IPs."""
    client = await serve(profile=profile, as_of=as_of, fixtures_yaml=WORLD)
    denied = await ask(client, "attach Universal Auth", token="clerk-token")
    assert denied.rule == (RULE if as_of == "2026-05" else "permission.edit-auth")
    bad_ips = {"accessTokenTrustedIps": [{"ipAddress": "nowhere"}]}
    assert (await ask(client, "attach Universal Auth", json=bad_ips)).rule == RULE


@pytest.mark.parametrize("as_of", [each for each in GENERATIONS if each > "2026-05"])
@pytest.mark.parametrize("write", sorted(UNCHECKED_IN_MAY - {"update Kubernetes Auth"}))
async def test_a_write_of_universal_auth_asks_for_the_permission_first(
    serve: Serve, profile: Profile, as_of: str, write: str
):
    client = await serve(profile=profile, as_of=as_of, fixtures_yaml=WORLD)
    denied = await ask(client, write, token="clerk-token")
    assert (denied.status, denied.error) == (403, "PermissionDenied")


@pytest.mark.parametrize("as_of", [each for each in GENERATIONS if each > "2026-05"])
async def test_an_update_of_universal_auth_asks_it_before_trusted_ips(serve: Serve, profile: Profile, as_of: str):
    client = await serve(profile=profile, as_of=as_of, fixtures_yaml=WORLD)
    bad_ips = {"accessTokenTrustedIps": [{"ipAddress": "nowhere"}]}
    assert (await ask(client, "update Universal Auth", json=bad_ips)).rule == RULE
    assert (await ask(client, "update Universal Auth", json=bad_ips, capitals=True)).rule == "trusted-ips.valid"
