"""A state in the fixture format: what `load` reads, written from what it made."""

from typing import Any

from mockserver.clock import iso
from mockserver.identity.identity import Identity
from mockserver.identity.organization import PLAN_FLAGS, Organization
from mockserver.kubernetes.cluster import Cluster, Gateway, GatewayPool
from mockserver.kubernetes_auth.record import KubernetesAuth, view
from mockserver.state import State
from mockserver.tokens.access_token import AccessToken
from mockserver.trusted_ips import texts


def dump(state: State) -> dict[str, Any]:
    """The state as a fixture document, secrets in clear, entries by their ids. Counted uses are left out."""
    return {
        "version": 1,
        "organizations": [_organization(each) for each in _by_id(state.organizations)],
        "clusters": [_cluster(each) for each in state.clusters.all],
        "unknownHosts": state.clusters.unknown_hosts.value,
        "gateways": [_gateway(each) for each in _by_id(state.gateways)],
        "gatewayPools": [_pool(each) for each in _by_id(state.gateway_pools)],
        "identities": [_identity(each, state.kubernetes_auths.get(each.id)) for each in _by_id(state.identities)],
        "accessTokens": [_access_token(each) for each in _by_id(state.access_tokens)],
    }


def _by_id(entries: Any) -> list[Any]:
    return [entries[key] for key in sorted(entries)]


def _organization(each: Organization) -> dict[str, Any]:
    roles = [
        {
            "slug": role.slug,
            "name": role.name,
            "permissions": [{"subject": one.subject, "actions": list(one.actions)} for one in role.permissions],
        }
        for role in each.roles.values()
    ]
    plan = {flag: flag in each.plan for flag in PLAN_FLAGS}
    return {"id": each.id, "name": each.name, "slug": each.slug, "plan": plan, "roles": roles}


def _cluster(each: Cluster) -> dict[str, Any]:
    return {
        "name": each.name,
        "hosts": list(each.hosts),
        "reachability": each.reachability.value,
        "reviewers": [{"jwt": jwt, "verdict": verdict.value} for jwt, verdict in each.reviewers.items()],
        "serviceAccounts": [
            {"token": one.token, "namespace": one.namespace, "name": one.name, "audiences": list(one.audiences)}
            for one in each.service_accounts
        ],
    }


def _gateway(each: Gateway) -> dict[str, Any]:
    return {
        "id": each.id,
        "organization": each.organization_id,
        "name": each.name,
        "cluster": each.cluster,
        "healthy": each.healthy,
    }


def _pool(each: GatewayPool) -> dict[str, Any]:
    return {"id": each.id, "organization": each.organization_id, "name": each.name, "gateways": list(each.gateways)}


def _identity(each: Identity, record: KubernetesAuth | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": each.id,
        "organization": each.organization_id,
        "name": each.name,
        "role": each.role,
        "hasDeleteProtection": each.has_delete_protection,
        "metadata": [{"key": key, "value": value} for key, value in each.metadata],
    }
    if each.universal_auth is not None:
        auth = each.universal_auth
        entry["universalAuth"] = {"clientId": auth.client_id, "clientSecrets": list(auth.client_secrets)}
    if record is not None:
        answered = view(record)
        del answered["identityId"]
        entry["kubernetesAuth"] = {**answered, "accessTokenTrustedIps": texts(record.access_token_trusted_ips)}
    return entry


def _access_token(each: AccessToken) -> dict[str, Any]:
    entry: dict[str, Any] = {"token": each.id, "identity": each.identity_id, "numUsesLimit": each.num_uses_limit}
    if each.trusted_ips is not None:
        entry["trustedIps"] = texts(each.trusted_ips)
    if each.expires_at is not None:
        entry["expiresAt"] = iso(each.expires_at)
    return {**entry, "revoked": each.revoked}
