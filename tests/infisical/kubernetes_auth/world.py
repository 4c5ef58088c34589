"""A world for the tests of attach, get, revoke and login: callers by organization and role, targets by their traits."""

import json
from itertools import product
from typing import Any

from tests.client import IDENTITIES, Answer, Client

ORGANIZATIONS = {
    name: f"0a000000-0000-4000-8000-{number:012x}"
    for number, name in enumerate(("acme", "hobby", "eu", "legacy"), 0x10)
}
ROLES: dict[str, tuple[tuple[str, list[str]], ...]] = {
    "reader": (("identity", ["read"]),),
    "auth-editor": (("identity", ["edit-auth"]),),
    "gateway-user": (("identity", ["edit-auth"]), ("gateway", ["attach-gateways"])),
    "pool-user": (("identity", ["edit-auth"]), ("gateway-pool", ["attach-gateway-pools"])),
    "editor": (("identity", ["edit"]),),
    "revoker": (("identity", ["edit", "revoke-auth"]),),
}
CALLERS = ("admin", "member", "no-access", *ROLES, "super")
TRAITS = ("attached", "instance-admin")
LOGIN = "/api/v1/auth/kubernetes-auth/login"
PROD, DARK = "https://prod.k8s.example:6443", "https://dark.k8s.example"
STATES = ("refused", "not-found", "timeout", "certificate", "server-error")
"""The ways in which a cluster may fail: `https://<state>.k8s.example` is in that state, and so is the gateway there."""
GATEWAYS = {
    name: f"6a000000-0000-4000-8000-{number:012x}" for number, name in enumerate(("prod", "down", *STATES), 0x10)
}
POOLS = {
    name: f"6b000000-0000-4000-8000-{number:012x}" for number, name in enumerate(("good", "empty", "sick", "bad"), 0x10)
}
ATTACH = {"kubernetesHost": PROD, "allowedNamespaces": "", "allowedNames": ""}
"""The least that an attach takes."""
GATEWAY_MODE = {**ATTACH, "kubernetesHost": None, "tokenReviewMode": "gateway", "gatewayId": GATEWAYS["prod"]}
NOW, NOW_TEXT = 1_800_000_000_123, "2027-01-15T08:00:00.123Z"
CREATED = "2026-01-02T03:04:05.678Z"
KEYS = {
    "id",
    "identityId",
    "accessTokenTTL",
    "accessTokenMaxTTL",
    "accessTokenNumUsesLimit",
    "accessTokenTrustedIps",
    "createdAt",
    "updatedAt",
    "tokenReviewMode",
    "kubernetesHost",
    "allowedNamespaces",
    "allowedNames",
    "allowedAudience",
    "gatewayId",
    "gatewayPoolId",
    "verifyTlsCertificate",
    "caCert",
    "tokenReviewerJwt",
}
SECRET_KEYS = {"caCert", "tokenReviewerJwt"}


def target(organization: str = "acme", *traits: str) -> str:
    """The identity of that organization with exactly these traits. Those of `acme` are shared with `eu`."""
    number = sum(1 << place for place, trait in enumerate(TRAITS) if trait in traits)
    return f"1e000000-0000-4000-8000-{list(ORGANIZATIONS).index(organization):04x}{number:08x}"


def caller(organization: str, role: str) -> str:
    """The identity that calls with `token(organization, role)`."""
    return f"1c000000-0000-4000-8000-{list(ORGANIZATIONS).index(organization):04x}{CALLERS.index(role):08x}"


def token(organization: str = "acme", role: str = "admin") -> str:
    """The token of a caller of that role, for that organization; role `super` is an instance admin."""
    return f"{organization}-{role}-token"


def clusters() -> list[dict[str, Any]]:
    """`prod`, which answers, and one for each way of failing."""
    prod = {
        "name": "prod",
        "hosts": [PROD],
        "reviewers": [
            {"jwt": "reviewer-good", "verdict": "allowed"},
            {"jwt": "reviewer-expired", "verdict": "unauthorized"},
            {"jwt": "reviewer-unbound", "verdict": "forbidden"},
        ],
    }
    dark = {"name": "dark", "hosts": [DARK], "reachability": "refused"}
    failing = [{"name": state, "hosts": [f"https://{state}.k8s.example"], "reachability": state} for state in STATES]
    return [prod, dark, *failing]


def gateways(organization: str = "acme") -> dict[str, list[dict[str, Any]]]:
    """A gateway in each cluster, one that is down, and pools of them."""
    places = {"prod": "prod", "down": "prod", **{state: state for state in STATES}}
    pools = {"good": ["down", "prod"], "empty": [], "sick": ["down"], "bad": ["refused"]}
    return {
        "gateways": [
            {"id": GATEWAYS[name], "organization": organization, "name": name, "cluster": cluster}
            | {"healthy": name != "down"}
            for name, cluster in places.items()
        ],
        "gatewayPools": [
            {"id": POOLS[name], "organization": organization, "name": name, "gateways": members}
            for name, members in pools.items()
        ],
    }


def organizations() -> list[dict[str, Any]]:
    """`acme` with every plan flag, `hobby` with none, `eu` below `acme`, `legacy` with the old privilege system."""
    roles = [
        {
            "slug": slug,
            "name": slug,
            "permissions": [{"subject": subject, "actions": actions} for subject, actions in permissions],
        }
        for slug, permissions in ROLES.items()
    ]
    every = dict.fromkeys(("ipAllowlisting", "gateway", "gatewayPool"), True)
    more: dict[str, dict[str, Any]] = {
        "acme": {"plan": every},
        "eu": {"plan": every, "parent": "acme"},
        "legacy": {"plan": every, "shouldUseNewPrivilegeSystem": False},
    }
    return [
        {"id": ORGANIZATIONS[name], "name": name.title(), "slug": name, "roles": roles, **more.get(name, {})}
        for name in ORGANIZATIONS
    ]


def world(**stored: Any) -> dict[str, Any]:
    """The whole world; `stored` is what the records of `acme` hold beside a host."""
    made: dict[str, Any] = {"version": 1, "organizations": organizations(), "clusters": clusters(), **gateways()}
    made["identities"], made["accessTokens"] = [], []
    for organization, role in product(ORGANIZATIONS, CALLERS):
        who, text = caller(organization, role), token(organization, role)
        found = {"id": who, "organization": organization, "name": text, "role": "admin" if role == "super" else role}
        made["identities"].append(found | ({"instanceAdmin": True} if role == "super" else {}))
        made["accessTokens"].append({"token": text, "identity": who})
    for organization, *chosen in product(ORGANIZATIONS, *((trait, None) for trait in TRAITS)):
        traits = [trait for trait in chosen if trait is not None]
        found = {
            "id": target(organization, *traits),
            "organization": organization,
            "name": " ".join(traits) or "bare",
            "instanceAdmin": "instance-admin" in traits,
        }
        if organization == "acme":
            found["memberships"] = [{"organization": "eu"}]
        if "attached" in traits:
            held = stored if organization == "acme" else {}
            found["kubernetesAuth"] = {"kubernetesHost": PROD, "createdAt": CREATED, "updatedAt": CREATED, **held}
        made["identities"].append(found)
    return made


WORLD = json.dumps(world())


async def attach(client: Client, body: Any, identity: str | None = None, **more: Any) -> Answer:
    """The answer to an attach; by default to a bare identity of `acme`, by its admin."""
    path = IDENTITIES + (target() if identity is None else identity)
    return await client.send("POST", path, body, **{"token": token(), **more})


async def read(client: Client, identity: str, **more: Any) -> Answer:
    """The answer to a get."""
    return await client.send("GET", IDENTITIES + identity, **{"token": token(), **more})


async def revoke(client: Client, identity: str, **more: Any) -> Answer:
    """The answer to a revoke."""
    return await client.send("DELETE", IDENTITIES + identity, **{"token": token(), **more})
