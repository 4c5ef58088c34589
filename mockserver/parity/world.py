"""The fixtures of the mock's side: an organization with the tenant's plan, a caller with its permissions."""

from typing import Any

from mockserver.parity.look import Found

CALLER_TOKEN = "parity-caller-token"  # noqa: S105 - a name in a world that nobody else reaches
_CALLER = "00000000-0000-4000-8000-00000000ca11"
_CLUSTER = "parity"
_ACTIONS = {
    "identity": (
        *("read", "create", "edit", "edit-auth", "delete", "grant-privileges", "revoke-auth"),
        *("create-token", "get-token", "delete-token"),
    ),
    "sub-organization": ("create", "edit", "delete", "direct-access"),
    "gateway": ("list-gateways", "attach-gateways"),
    "gateway-pool": ("attach-gateway-pools",),
    "machine-identity-auth-template": (
        *("create-templates", "edit-templates", "delete-templates", "list-templates"),
        *("attach-templates", "unlink-templates"),
    ),
}
REFUSED_REVIEWER = "reviewer-expired"
"""A reviewer JWT that no cluster accepts: it is none."""


def fixtures(found: Found) -> dict[str, Any]:
    """Return the fixtures."""
    lacking = {each for each in found.lacks if " " in each}
    roles = [{"slug": "parity-caller", "name": "Caller", "permissions": _permissions(lacking)}] if lacking else []
    caller = {"id": _CALLER, "organization": found.organization["id"], "name": "parity-caller"}
    plan = {"ipAllowlisting": True, "gateway": True, "gatewayPool": True, **found.plan}
    organization: dict[str, Any] = {
        **{key: found.organization[key] for key in ("id", "name", "slug")},
        "plan": plan,
        "roles": roles,
        "shouldUseNewPrivilegeSystem": not found.has_old_privileges,
    }
    named = [] if found.gateway is None else [found.gateway]
    gateways = [{**each, "organization": caller["organization"], "cluster": _CLUSTER} for each in named]
    return {
        "version": 1,
        "organizations": [organization],
        "clusters": [_cluster(found.host)],
        "unknownHosts": "not-found",
        "gateways": gateways,
        "identities": [{**caller, "role": "parity-caller" if lacking else "admin"}],
        "accessTokens": [{"token": CALLER_TOKEN, "identity": _CALLER}],
    }


def _permissions(lacking: set[str]) -> list[dict[str, Any]]:
    return [
        {"subject": subject, "actions": [each for each in actions if f"{subject} {each}" not in lacking]}
        for subject, actions in _ACTIONS.items()
    ]


def _cluster(host: str | None) -> dict[str, Any]:
    return {
        "name": _CLUSTER,
        "hosts": [] if host is None else [host],
        "reachability": "ok",
        "reviewers": [{"jwt": REFUSED_REVIEWER, "verdict": "unauthorized"}],
    }
