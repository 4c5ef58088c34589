"""A world with two root organizations, sub-organizations below both, and callers of every kind."""

import json
from typing import Any

PATH = "/api/v1/sub-organizations"
ACME, POOR = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
EUROPE, ASIA, FOREIGN = (f"0a000000-0000-4000-8000-00000000001{n}" for n in (1, 2, 3))
NOBODY = "0a000000-0000-4000-8000-0000000000ff"
TIME = "2026-01-02T03:04:05.678Z"
_ACTIONS = ("create", "edit", "delete")


def _organization(id: str, name: str, slug: str, **more: Any) -> dict[str, Any]:
    roles = [
        {"slug": f"may-{each}", "name": each, "permissions": [{"subject": "sub-organization", "actions": [each]}]}
        for each in _ACTIONS
    ]
    return {"id": id, "name": name, "slug": slug, "createdAt": TIME, "roles": roles, **more}


def _identities() -> list[dict[str, Any]]:
    """The callers: `ROLE` of Acme is a member of Europe with the same role; `in-asia` has its home in Asia."""
    roles = ("admin", "member", "no-access", *(f"may-{each}" for each in _ACTIONS))
    found = [
        {"name": each, "organization": "acme", "role": each, "memberships": [{"organization": EUROPE, "role": each}]}
        for each in roles
    ]
    found += [
        {"name": "outsider", "organization": "acme", "role": "admin"},
        {"name": "poor", "organization": "poor", "role": "admin"},
        {"name": "in-asia", "organization": ASIA, "role": "admin", "universalAuth": {}, "tokenAuth": {}},
    ]
    found[-1]["universalAuth"] = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecrets": ["secret"]}
    found[-1]["kubernetesAuth"] = {"kubernetesHost": "https://k8s.example", "gatewayId": "asia"}
    return [{"id": f"1d000000-0000-4000-8000-{n:012x}", **each} for n, each in enumerate(found, 1)]


def world() -> str:
    """The world as fixtures. The tokens are called as the identities; `admin-in-europe` is the admin's in Europe."""
    identities = _identities()
    tokens = [{"token": each["name"], "identity": each["name"]} for each in identities]
    document = {
        "version": 1,
        "organizations": [
            _organization(ACME, "Acme", "acme", plan={"subOrganization": True}),
            _organization(POOR, "Poor", "poor"),
            _organization(EUROPE, "Europe", "europe", parent="acme"),
            _organization(ASIA, "Asia", "asia", parent="acme", templates=[_TEMPLATE]),
            _organization(FOREIGN, "Foreign", "asia", parent="poor"),
        ],
        "clusters": [{"name": "c"}],
        "gateways": [
            {"id": "6a000000-0000-4000-8000-000000000001", "organization": ASIA, "name": "asia", "cluster": "c"}
        ],
        "gatewayPools": [{"id": "6b000000-0000-4000-8000-000000000001", "organization": ASIA, "name": "pool"}],
        "identities": identities,
        "accessTokens": [*tokens, {"token": "admin-in-europe", "identity": "admin", "organization": EUROPE}],
    }
    return json.dumps(document)


_TEMPLATE = {"id": "7e000000-0000-4000-8000-000000000001", "name": "t", "authMethod": "ldap"}
WORLD = world()
