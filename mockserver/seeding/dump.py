"""Write a state in the fixture format, as `load` reads it."""

from collections.abc import Iterable, Iterator
from typing import Any

from rpds import HashTrieMap

from mockserver.clock import iso
from mockserver.infisical.access_tokens.access_token import AccessToken
from mockserver.infisical.clusters.cluster import Cluster, Gateway, GatewayPool, ServiceAccount
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.organization import PLAN_FLAGS, Organization
from mockserver.infisical.kubernetes_auth.record import view as kubernetes_auth_view
from mockserver.infisical.state import State
from mockserver.infisical.token_auth.record import view as token_auth_view
from mockserver.infisical.trusted_ips import TrustedIp, texts
from mockserver.infisical.universal_auth.record import ClientSecret, UniversalAuth
from mockserver.infisical.universal_auth.record import view as universal_auth_view
from mockserver.pauses import between
from mockserver.seeding.projects import project_entries
from mockserver.seeding.templates import template_entry
from mockserver.steps import batched, in_order


def dump(state: State) -> dict[str, Any]:
    """Return the state as a fixture document, secrets in clear, entries sorted by id.

    It leaves out the traces of tokens: counted uses, revocations, lockouts, tokens made through Token Auth, and fixed
    tokens whose identity is gone. `trustedProxies` and `rateLimits` are there only if the fixtures had them.
    """
    identities = [identity_entry(each, state) for each in between(_by_id(state.identities))]
    document = dump_without_identities(state)
    tokens = document.pop("accessTokens")
    return {**document, "identities": identities, "accessTokens": tokens}


def dump_without_identities(state: State) -> dict[str, Any]:
    """Return the same document without its section `identities`, which in most worlds is the longest."""
    stated: dict[str, Any] = {}
    if state.trusted_proxies is not None:
        stated["trustedProxies"] = list(state.trusted_proxies)
    if state.rate_limits is not None:
        stated["rateLimits"] = state.rate_limits.as_json()
    return {
        "version": 1,
        **stated,
        "organizations": _organizations(state),
        "clusters": [_cluster(each) for each in state.clusters.all],
        "unknownHosts": state.clusters.unknown_hosts.value,
        "gateways": [_gateway(each) for each in _by_id(state.gateways)],
        "gatewayPools": [_pool(each) for each in _by_id(state.gateway_pools)],
        "accessTokens": access_token_entries(state),
    }


def access_token_entries(state: State) -> list[dict[str, Any]]:
    """Return the section `accessTokens`."""
    return [_access_token(each) for each in between(_by_id(state.access_tokens)) if _is_owned(each, state)]


def head(state: State) -> dict[str, Any]:
    """Return the document with its two long sections empty; they are the last ones: identities and access tokens."""
    return dump(state._replace(identities=HashTrieMap(), access_tokens={}))


LONG_SECTIONS = ("identities", "accessTokens")
_AT_ONCE = 128


def long_section(name: str, state: State, size: int) -> Iterator[list[dict[str, Any]]]:
    """Yield the entries of a long section of the document, so many at once; empty lists come first, as a pause each."""
    if name == "identities":
        identities = state.identities
        for keys in _sorted_batches(identities, size):
            yield [identity_entry(identities[key], state) for key in keys]
    else:
        tokens = state.access_tokens
        for keys in _sorted_batches(tokens, size):
            owned = (tokens[key] for key in keys)
            yield [_access_token(each) for each in owned if _is_owned(each, state)]


def sections_in_batches(state: State) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield the entries of both long sections, some at once. Each step takes about a millisecond."""
    for name in LONG_SECTIONS:
        for batch in long_section(name, state, _AT_ONCE):
            if batch:
                yield name, batch


def _sorted_batches(keys: Iterable[str], size: int) -> Iterator[list[str]]:
    """Yield the sorted keys in batches, and an empty one after each step of sorting."""
    steps = in_order(keys, str)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            yield from batched(done.value, size)
            return
        yield []


def _by_id(entries: Any) -> list[Any]:
    return [entries[key] for keys in between(_sorted_batches(entries, _AT_ONCE)) for key in keys]


def _organizations(state: State) -> list[dict[str, Any]]:
    templates: dict[str, list[dict[str, Any]]] = {}
    for template in _by_id(state.templates):
        templates.setdefault(template.organization_id, []).append(template_entry(template))
    entries = [_organization(each) for each in _by_id(state.organizations)]
    return [{**each, "templates": templates[each["id"]]} if each["id"] in templates else each for each in entries]


def _organization(each: Organization) -> dict[str, Any]:
    roles = [
        {
            "slug": role.slug,
            "id": role.id,
            "name": role.name,
            "description": role.description,
            "permissions": [
                {"subject": one.subject, "actions": list(one.actions), "inverted": one.inverted}
                for one in role.permissions
            ],
        }
        for role in each.roles.values()
    ]
    plan: dict[str, Any] = {flag: flag in each.plan for flag in PLAN_FLAGS}
    entry = {
        "id": each.id,
        "name": each.name,
        "slug": each.slug,
        "parent": each.parent_id,
        "createdAt": iso(each.created_at),
        "updatedAt": iso(each.updated_at),
        "shouldUseNewPrivilegeSystem": not each.legacy_privileges,
        "plan": {**plan, "identityLimit": each.identity_limit},
        "roles": roles,
    }
    return {**entry, "projects": project_entries(each)} if each.projects else entry


def _cluster(each: Cluster) -> dict[str, Any]:
    return {
        "name": each.name,
        "hosts": list(each.hosts),
        "reachability": each.reachability.value,
        "tokenKey": each.token_key,
        "reviewers": [{"jwt": jwt, "verdict": verdict.value} for jwt, verdict in each.reviewers.items()],
        "serviceAccounts": [_service_account(one) for one in each.service_accounts],
    }


def _service_account(each: ServiceAccount) -> dict[str, Any]:
    named = {"namespace": each.namespace, "name": each.name} if each.username is None else {"username": each.username}
    entry = {"token": each.token, **named, "audiences": list(each.audiences), "authenticated": each.authenticated}
    if each.error is not None:
        entry["error"] = each.error
    return {**entry, "withoutStatus": True} if each.without_status else entry


def _gateway(each: Gateway) -> dict[str, Any]:
    entry = {
        "id": each.id,
        "organization": each.organization_id,
        "name": each.name,
        "cluster": each.cluster,
        "healthy": each.healthy,
        "createdAt": iso(each.created_at),
    }
    return {**entry, "retired": True} if each.retired else entry


def _pool(each: GatewayPool) -> dict[str, Any]:
    return {"id": each.id, "organization": each.organization_id, "name": each.name, "gateways": list(each.gateways)}


def identity_entry(each: Identity, state: State) -> dict[str, Any]:
    """Return one identity as a fixture entry, with its auth methods."""
    entry: dict[str, Any] = {
        "id": each.id,
        "organization": each.home.organization_id,
        "name": each.name,
        "role": each.home.role,
        "isActive": each.home.is_active,
        "memberships": [
            {"organization": place.organization_id, "role": place.role, "isActive": place.is_active}
            for place in each.shared
        ],
        "hasDeleteProtection": each.has_delete_protection,
        "metadata": [{"key": one.key, "value": one.value} for one in each.metadata],
        "instanceAdmin": each.instance_admin,
        "projectId": each.project_id,
        "createdAt": iso(each.created_at),
        "updatedAt": iso(each.updated_at),
    }
    universal_auth = state.universal_auths.get(each.id)
    if universal_auth is not None:
        entry["universalAuth"] = _universal_auth(universal_auth, state)
    record = state.kubernetes_auths.get(each.id)
    if record is not None:
        entry["kubernetesAuth"] = {
            **_settings(kubernetes_auth_view(record), record.access_token_trusted_ips),
            "gatewayId": record.retired_gateway_id or record.gateway_id,
        }
        if record.template_id is not None:
            entry["kubernetesAuth"]["templateId"] = record.template_id
        if record.template_id is not None or record.jwt_from_template:
            entry["kubernetesAuth"]["isTokenReviewerJwtTemplateSourced"] = record.jwt_from_template
    token_auth = state.token_auths.get(each.id)
    if token_auth is not None:
        entry["tokenAuth"] = _settings(token_auth_view(token_auth), token_auth.access_token_trusted_ips)
        del entry["tokenAuth"]["accessTokenPeriod"]
    return entry


def _universal_auth(record: UniversalAuth, state: State) -> dict[str, Any]:
    secrets = state.universal_auths.secrets_of(record.identity_id)
    return {
        **_settings(universal_auth_view(record), record.access_token_trusted_ips),
        "clientSecretTrustedIps": texts(record.client_secret_trusted_ips),
        "clientSecrets": [_client_secret(one) for one in _by_id(secrets)],
    }


def _client_secret(each: ClientSecret) -> dict[str, Any]:
    return {
        "id": each.id,
        "secret": each.secret,
        "description": each.description,
        "ttl": each.ttl,
        "numUsesLimit": each.num_uses_limit,
        "numUses": each.num_uses,
        "revoked": each.revoked,
        "createdAt": iso(each.created_at),
        "updatedAt": iso(each.updated_at),
    }


def _settings(answered: dict[str, Any], trusted: tuple[TrustedIp, ...]) -> dict[str, Any]:
    """Return a record's response form as a fixture entry: without `identityId`, trusted IPs as texts."""
    del answered["identityId"]
    return {**answered, "accessTokenTrustedIps": texts(trusted)}


def _is_owned(each: AccessToken, state: State) -> bool:
    """Whether the token's identity is still a member of its organization; fixtures cannot express other tokens."""
    owner = state.identities.get(each.identity_id)
    return owner is not None and owner.membership(each.organization_id) is not None


def _access_token(each: AccessToken) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "token": each.id,
        "identity": each.identity_id,
        "organization": each.organization_id,
        "numUsesLimit": each.num_uses_limit,
    }
    if each.trusted_ips is not None:
        entry["trustedIps"] = texts(each.trusted_ips)
    if each.expires_at is not None:
        entry["expiresAt"] = iso(each.expires_at)
    return {**entry, "revoked": each.revoked}
