"""What a token can read of its organization, as a fixture document. Secrets are left out as it is made."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from mockserver.infisical.identities.organization import PLAN_FLAGS
from mockserver.parity.pull.reader import Reader, Refused
from mockserver.seeding.form import schema

CLUSTER = "pulled"
"""The simulated cluster that all gateways are in."""
METHODS = {
    "kubernetes-auth": ("kubernetesAuth", "identityKubernetesAuth"),
    "universal-auth": ("universalAuth", "identityUniversalAuth"),
    "token-auth": ("tokenAuth", "identityTokenAuth"),
}
_ADDRESSES = ("accessTokenTrustedIps", "clientSecretTrustedIps")
_SECRETS = frozenset(("tokenReviewerJwt", "clientSecrets"))
_TEMPLATE = (
    *("kubernetesHost", "caCert", "verifyTlsCertificate", "tokenReviewMode", "allowedAudience"),
    *("gatewayId", "gatewayPoolId"),
)
BUILT_IN = ("admin", "member", "no-access")
_SUB_ORGANIZATIONS = 1000
Progress = Callable[[Iterable[Any], int, str], Iterator[Any]]
"""Shows how many items are done; see `cli.progress`."""


class Pulled:
    """The fixture document of an organization, and `notes` on what could not be read."""

    def __init__(self, document: dict[str, Any], notes: list[str], name: str) -> None:
        self.document = document
        self.notes = notes
        self.name = name


def pulled(reader: Reader, progress: Progress) -> Pulled:
    """Return what the reader's token can read of its organization. Raises Refused if it cannot list identities."""
    return _Pull(reader, progress).run()


class _Pull:
    """One reading of an organization."""

    def __init__(self, reader: Reader, progress: Progress) -> None:
        self._reader = reader
        self._progress = progress
        self._notes: list[str] = []
        self._roles: dict[str, dict[str, Any]] = {}

    def run(self) -> Pulled:
        """Read everything, one request after the other."""
        details = self._reader.one("/api/v1/identities/details", "identityDetails")
        organization = details.get("organization")
        if not isinstance(organization, Mapping) or not isinstance(organization.get("id"), str):
            raise Refused("/api/v1/identities/details", "the response has no organization", 200)
        path, home_id = "/api/v1/identities", organization["id"]
        listed, total = self._reader.many_with_total(path, "identities", orgId=home_id)
        if total > len(listed):
            self._notes.append(f"identities that a project manages, which the list only counts: {total - len(listed)}")
        identities = [
            found
            for each in self._progress(listed, len(listed), "identities read")
            if (found := self._identity(each, home_id)) is not None
        ]
        gateways = [_gateway(each, home_id) for each in self._optional("gateways", self._list, "/api/v2/gateways")]
        templates = [
            _template(each)
            for method in ("kubernetes", "ldap")
            for each in self._optional(f"auth templates for {method}", self._templates, method)
        ]
        children = self._optional("sub-organizations", self._sub_organizations)
        home = _organization(organization, None, list(self._roles.values()))
        document = {
            "version": 1,
            "organizations": [home, *(_organization(each, home_id, []) for each in children)],
            "unknownHosts": "ok",
            "gateways": gateways,
            "identities": identities,
            "accessTokens": [],
        }
        complete(document, home, templates)
        return Pulled(document, self._notes, str(organization.get("name", "")))

    def _optional(self, what: str, read: Callable[..., Any], *arguments: str) -> list[dict[str, Any]]:
        """Return what can be read; nothing, and a note, if the tenant refuses."""
        try:
            return list(read(*arguments))
        except Refused as error:
            if not error.status:
                raise
            self._notes.append(f"{what}: {error}")
            return []

    def _list(self, path: str) -> list[dict[str, Any]]:
        return self._reader.many(path)

    def _templates(self, method: str) -> list[dict[str, Any]]:
        try:
            return self._reader.many("/api/v1/identity-templates", authMethod=method)
        except Refused as error:
            if error.status == 404:
                return []  # the service has had them since 2026-09
            raise

    def _sub_organizations(self) -> list[dict[str, Any]]:
        return list(self._reader.pages("/api/v1/sub-organizations", "organizations", _SUB_ORGANIZATIONS))

    def _identity(self, listed: Mapping[str, Any], organization: str) -> dict[str, Any] | None:
        identity_id = str(listed.get("identityId"))
        path = f"/api/v1/identities/{identity_id}"
        membership = next(iter(self._optional(f"identity {identity_id}", self._one, path, "identity")), None)
        if membership is None or not isinstance(membership.get("identity"), Mapping):
            return None
        identity = membership["identity"]
        if str(identity.get("orgId", organization)) != organization:
            self._notes.append(f"identity {identity_id}: belongs to another organization, and is shared with this one")
            return None
        entry: dict[str, Any] = {
            "id": identity_id,
            "organization": organization,
            "name": str(identity.get("name")),
            "role": self._role(membership),
            "hasDeleteProtection": identity.get("hasDeleteProtection") is True,
            "metadata": list(metadata_entries(membership.get("metadata"))),
        }
        entry |= {key: membership[key] for key in ("createdAt", "updatedAt") if key in membership}
        methods = identity.get("authMethods")
        for method in methods if isinstance(methods, list) else ():
            if method not in METHODS:
                self._notes.append(f"identity {identity_id}: the mock does not have the auth method {method}")
                continue
            key, answered = METHODS[method]
            path = f"/api/v1/auth/{method}/identities/{identity_id}"
            for record in self._optional(f"{method} of identity {identity_id}", self._one, path, answered):
                entry[key] = record_entry(key, record)
        return entry

    def _one(self, path: str, key: str) -> list[dict[str, Any]]:
        return [self._reader.one(path, key)]

    def _role(self, membership: Mapping[str, Any]) -> str:
        """Return the slug of the role; a role of the organization's own is kept."""
        custom = membership.get("customRole")
        if not isinstance(custom, Mapping):
            role = str(membership.get("role"))
            return role if role in BUILT_IN else "no-access"
        slug = str(custom.get("slug"))
        described = custom.get("description")
        self._roles[slug] = {
            "slug": slug,
            **({"id": custom["id"]} if "id" in custom else {}),
            "name": str(custom.get("name") or slug),
            "description": described if isinstance(described, str) else None,
            "permissions": list(_permissions(custom.get("permissions"))),
        }
        return slug


def metadata_entries(answered: Any) -> Iterator[dict[str, str]]:
    """Yield the metadata of an identity as entries of fixtures."""
    for each in answered if isinstance(answered, list) else ():
        if isinstance(each, Mapping) and each.get("key") and each.get("value"):
            yield {"key": str(each["key"]), "value": str(each["value"])}


def _permissions(answered: Any) -> Iterator[dict[str, Any]]:
    """Yield the permissions that the mock knows, of either form in which the service answers with them."""
    for each in answered if isinstance(answered, list) else ():
        if isinstance(each, Mapping):
            actions, subject, inverted = each.get("action"), each.get("subject"), each.get("inverted") is True
        elif isinstance(each, list) and len(each) >= 2:
            actions, subject, inverted = each[0], each[1], len(each) > 3 and each[3] in (True, 1)
        else:
            continue
        names = actions.split(",") if isinstance(actions, str) else actions
        if isinstance(subject, str) and isinstance(names, list) and all(isinstance(name, str) for name in names):
            yield {"subject": subject, "actions": names, "inverted": inverted}


def _organization(answered: Mapping[str, Any], parent: str | None, roles: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": answered.get("id"),
        "name": str(answered.get("name")),
        "slug": str(answered.get("slug")),
        "parent": parent,
        **{key: answered[key] for key in ("createdAt",) if key in answered},
        "plan": dict.fromkeys(PLAN_FLAGS, True),
        "roles": roles,
    }


def _gateway(answered: Mapping[str, Any], organization: str) -> dict[str, Any]:
    return {
        "id": answered.get("id"),
        "organization": organization,
        "name": str(answered.get("name")),
        "cluster": CLUSTER,
        "healthy": answered.get("lastHealthCheckStatus") != "failed",
        **{key: answered[key] for key in ("createdAt",) if key in answered},
    }


def _template(answered: Mapping[str, Any]) -> dict[str, Any]:
    settings = answered.get("templateFields")
    kept = settings if isinstance(settings, Mapping) and answered.get("authMethod") == "kubernetes" else {}
    known = {key: answered[key] for key in ("id", "name", "authMethod", "createdAt", "updatedAt") if key in answered}
    return {**known, **{key: kept[key] for key in _TEMPLATE if key in kept}}


def record_entry(key: str, answered: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an auth method as a fixture entry, without its secrets."""
    known = schema()["$defs"][key]["properties"].keys() - _SECRETS
    entry = {name: each for name, each in answered.items() if name in known}
    for name in _ADDRESSES:
        if isinstance(entry.get(name), list):
            entry[name] = [{"ipAddress": _address(each)} for each in entry[name] if isinstance(each, Mapping)]
    if entry.get("templateId") is None:
        entry.pop("templateId", None)
        if not entry.get("isTokenReviewerJwtTemplateSourced"):
            entry.pop("isTokenReviewerJwtTemplateSourced", None)
    return entry


def _address(answered: Mapping[str, Any]) -> str:
    prefix = answered.get("prefix")
    return f"{answered.get('ipAddress')}" if prefix is None else f"{answered.get('ipAddress')}/{prefix}"


def complete(document: dict[str, Any], home: dict[str, Any], templates: list[dict[str, Any]]) -> None:
    """Add what records name and the token could not read, so that the document loads."""
    organization = home["id"]
    records = [each["kubernetesAuth"] for each in document["identities"] if "kubernetesAuth" in each]
    for record in records:
        template = record.get("templateId")
        if template is not None and template not in {each.get("id") for each in templates}:
            settings = {key: record[key] for key in _TEMPLATE if key in record}
            name = f"template-{len(templates) + 1}"
            templates.append({"id": template, "name": name, "authMethod": "kubernetes", **settings})
    users = [*records, *templates]
    gateways = {each["id"] for each in document["gateways"]}
    named = (each.get("gatewayId") for each in users)
    for number, each in enumerate(sorted({each for each in named if each} - gateways), len(gateways) + 1):
        entry = {"id": each, "organization": organization, "name": f"gateway-{number}", "cluster": CLUSTER}
        document["gateways"].append(entry)
    pools = sorted({each["gatewayPoolId"] for each in users if each.get("gatewayPoolId")})
    document["gatewayPools"] = [
        {"id": each, "organization": organization, "name": f"pool-{number}", "gateways": []}
        for number, each in enumerate(pools, 1)
    ]
    if document["gateways"]:
        document["clusters"] = [{"name": CLUSTER, "reachability": "ok"}]
    if templates:
        home["templates"] = templates
