"""What `schemathesis-config` takes from a world's state: the callers, and the ids and secrets for request fields."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

OF_NOBODY = "ffffffff-0000-4000-8000-0000000000ff"
"""An id that no world has."""
_MOSTLY = 3
"""How many times as often a value is drawn that leads to an accepted request."""

Json = Mapping[str, Any]
Values = Mapping[str, list[Any]]


class Caller(NamedTuple):
    """An identity that calls: its organization's id, a name such as `acme/ops-admin`, and its bearer token."""

    organization: str
    name: str
    token: str


def callers(state: Json, now: str) -> list[Caller]:
    """Return a caller, and a second one of an organization that is neither above nor below the first one's.

    The most privileged come first. Without a token in force the list is empty, and it has one caller if no other
    organization has one. `now` is the world's time, in ISO 8601. A token with a use limit or with trusted addresses
    is no caller's.
    """
    found = _ranked(state, now)
    parents = {each["id"]: each["parent"] for each in state["organizations"]}
    others = [each for each in found if _top(each, parents) != _top(found[0], parents)]
    return [*found[:1], *others[:1]]


def _top(caller: Caller, parents: Mapping[str, str | None]) -> str:
    organization = caller.organization
    while (parent := parents.get(organization)) is not None:
        organization = parent
    return organization


def _ranked(state: Json, now: str) -> list[Caller]:
    slugs = {each["id"]: each["slug"] for each in state["organizations"]}
    identities = {each["id"]: each for each in state["identities"]}
    ranked = []
    for place, token in enumerate(state["accessTokens"]):
        identity = identities.get(token["identity"])
        home = identity is not None and identity["organization"] == token["organization"]
        if identity is not None and home and _is_in_force(token, now) and identity["isActive"]:
            rank = (identity["role"] != "admin", identity["instanceAdmin"], place)
            name = f"{slugs[token['organization']]}/{identity['name']}"
            ranked.append((rank, Caller(token["organization"], name, token["token"])))
    return [caller for _, caller in sorted(ranked, key=lambda pair: pair[0])]


def _is_in_force(token: Json, now: str) -> bool:
    everywhere = any(each["ipAddress"] == "0.0.0.0/0" for each in token["trustedIps"])
    unlimited = not token["numUsesLimit"] and everywhere
    return unlimited and not token["revoked"] and (token.get("expiresAt") or now) >= now


def dictionaries(state: Json, caller: Caller) -> dict[str, list[Any]]:
    """Return the values for request fields, by the names of their dictionaries. A value may stand there repeatedly."""
    identities = [each for each in state["identities"] if each["projectId"] is None]
    universal = [each["universalAuth"] for each in identities if "universalAuth" in each]
    secrets = [secret for each in universal for secret in each["clientSecrets"]]
    tokens = [each["id"] for each in identities if "tokenAuth" in each and _belongs(each, caller)]
    bare = [each["id"] for each in identities if not _methods(each) and _belongs(each, caller)]
    clusters = state["clusters"]
    found: dict[str, list[Any]] = {
        "identities": [*_ids(identities), OF_NOBODY],
        "kubernetes-identities": _attached("kubernetesAuth", identities, caller),
        "universal-identities": _attached("universalAuth", identities, caller),
        "token-identities": _attached("tokenAuth", identities, caller),
        "bare-identities": bare,
        "organizations": _organizations("id", state, caller),
        "sub-organizations": _sub_organizations(state, caller),
        "organization-slugs": _organizations("slug", state, caller),
        "roles": ["member", "admin", "no-access", *_roles(state, caller)],
        "client-ids": [each["clientId"] for each in universal],
        "client-secrets": [each["secret"] for each in secrets if isinstance(each.get("secret"), str)],
        "client-secret-ids": [*_ids(secrets), OF_NOBODY] if secrets else [],
        "tokens": [f"a-fresh-token-of-{each}" for each in tokens] * _MOSTLY + ([OF_NOBODY] if tokens else []),
        "gateways": _ids(_of(state["gateways"], caller)),
        "pools": _ids(_of(state["gatewayPools"], caller)),
        "templates": _templates(state, caller),
        "hosts": _hosts(clusters),
        "reviewers": _texts("reviewers", "jwt", clusters),
        "service-accounts": _texts("serviceAccounts", "token", clusters),
    }
    return {name: [each for each in values if _is_writable(each)] for name, values in found.items()}


def _belongs(record: Json, caller: Caller) -> bool:
    return bool(record["organization"] == caller.organization)


def _of(records: Iterable[Json], caller: Caller) -> list[Json]:
    return [each for each in records if _belongs(each, caller)]


def _ids(records: Iterable[Json]) -> list[Any]:
    return [each["id"] for each in records]


def _methods(identity: Json) -> list[str]:
    return [name for name in ("kubernetesAuth", "universalAuth", "tokenAuth") if name in identity]


def _attached(method: str, identities: list[Json], caller: Caller) -> list[Any]:
    """Return mostly the caller's identities that have the method, then some that lead to a rejection."""
    own = [each["id"] for each in identities if method in each and _belongs(each, caller)]
    foreign = [each["id"] for each in identities if method in each and not _belongs(each, caller)]
    without = [each["id"] for each in identities if method not in each and _belongs(each, caller)]
    return [*own * _MOSTLY, *foreign[:1], *without[:1], OF_NOBODY]


def _organizations(key: str, state: Json, caller: Caller) -> list[Any]:
    below = [each[key] for each in state["organizations"] if each["parent"] == caller.organization]
    own = [each[key] for each in state["organizations"] if each["id"] == caller.organization]
    return [*own * 2 * _MOSTLY, *below]


def _sub_organizations(state: Json, caller: Caller) -> list[Any]:
    below = [each["id"] for each in state["organizations"] if each["parent"] == caller.organization]
    return [*["a-fresh-sub-organization"] * _MOSTLY, *below, caller.organization, OF_NOBODY]


def _roles(state: Json, caller: Caller) -> list[Any]:
    return [
        role["slug"] for each in state["organizations"] if each["id"] == caller.organization for role in each["roles"]
    ]


def _templates(state: Json, caller: Caller) -> list[Any]:
    """Return the ids of the auth templates in the caller's organization."""
    own = [each.get("templates", ()) for each in state["organizations"] if each["id"] == caller.organization]
    return [template["id"] for templates in own for template in templates]


def _hosts(clusters: Iterable[Json]) -> list[Any]:
    reachable = [host for each in clusters if each["reachability"] == "ok" for host in each["hosts"]]
    others = [host for each in clusters if each["reachability"] != "ok" for host in each["hosts"]]
    return [*reachable * 2 * _MOSTLY, *others, "https://unknown.k8s.example"]


def _texts(records: str, key: str, clusters: Iterable[Json]) -> list[Any]:
    return [record[key] for each in clusters for record in each[records] if isinstance(record.get(key), str)]


def _is_writable(value: Any) -> bool:
    """Whether a value can stand in a file: a lone surrogate cannot."""
    try:
        str(value).encode()
    except UnicodeEncodeError:
        return False
    return True
