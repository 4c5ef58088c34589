"""A world for the second search of identities: names that differ in case, custom roles, projects, logins."""

import json
from typing import Any

ACME, BELOW = "0a000000-0000-4000-8000-000000000001", "0a000000-0000-4000-8000-000000000002"
SHOP, BANK = "9a000000-0000-4000-8000-000000000001", "9a000000-0000-4000-8000-000000000002"
TIME = "2026-01-02T03:04:05.678Z"
NAMES = ("admin", "reader", "nobody", "Alpha", "alpha", "ALPHA-2", "beta_1", "keeper", "till", "vault")


def identity_id(name: str) -> str:
    return f"1d000000-0000-4000-8000-{(*NAMES, 'below').index(name):012x}"


_ROLES = {"admin": "admin", "reader": "reader", "ALPHA-2": "member", "beta_1": "member", "keeper": "zoo-keeper"}
_PROJECTS = {"till": SHOP, "vault": BANK}


def world() -> str:
    identities: list[dict[str, Any]] = [
        {
            "id": identity_id(name),
            "organization": "acme",
            "name": name,
            "role": _ROLES.get(name, "no-access"),
            "projectId": _PROJECTS.get(name),
            "createdAt": TIME,
        }
        for name in NAMES
    ]
    identities[3]["memberships"] = [{"organization": "below", "role": "member"}]
    identities[4]["universalAuth"] = {
        "clientId": "c1000000-0000-4000-8000-000000000001",
        "clientSecrets": ["secret"],
        "lockoutThreshold": 1,
    }
    identities[8]["universalAuth"] = {"clientId": "c1000000-0000-4000-8000-000000000002", "clientSecrets": ["secret"]}
    identities.append({"id": identity_id("below"), "organization": "below", "name": "below", "role": "admin"})
    zoo = {"slug": "zoo-keeper", "name": "Warden of Animals", "description": "Feeds.", "id": SHOP.replace("9a", "8a")}
    read = {"slug": "reader", "name": "Reader", "permissions": [{"subject": "identity", "actions": ["read"]}]}
    shop = [("nobody", "viewer"), ("till", "member"), ("reader", "no-access"), ("keeper", "member")]
    projects = [
        {"id": SHOP, "name": "Corner Shop", "members": [{"identityId": who, "role": role} for who, role in shop]},
        {"id": BANK, "name": "Bank", "members": [{"identityId": "reader", "role": "admin"}]},
    ]
    return json.dumps(
        {
            "version": 1,
            "organizations": [
                {"id": ACME, "name": "Acme", "slug": "acme", "roles": [read, zoo], "projects": projects},
                {"id": BELOW, "name": "Below", "slug": "below", "parent": "acme"},
            ],
            "identities": identities,
            "accessTokens": [
                *({"token": each, "identity": identity_id(each)} for each in (*NAMES[:4], "keeper", "below")),
            ],
        }
    )


WORLD = world()
