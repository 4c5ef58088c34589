"""The auth methods of an identity's entry: `kubernetesAuth`, `universalAuth`, `tokenAuth`."""

from typing import Any

import orjson

from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL
from mockserver.infisical.derived_ids import derived_id
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identity_templates.template import KUBERNETES, IdentityTemplate
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.infisical.token_auth.record import TokenAuth
from mockserver.infisical.token_auth.store import TokenAuths
from mockserver.infisical.trusted_ips import EVERYWHERE
from mockserver.infisical.universal_auth.record import ClientSecret, UniversalAuth
from mockserver.infisical.universal_auth.store import UniversalAuths
from mockserver.seeding.merge import Entry
from mockserver.seeding.reading import Reading
from mockserver.seeding.templates import NO_SETTINGS, connection, named

_OWN = frozenset(("id", "createdAt", "updatedAt"))
"""What two records that are alike need not share."""
_KEPT_SETTINGS = 10_000


def kubernetes_auth(reading: Reading, entry: Entry, identity: Identity) -> KubernetesAuth:
    """Return the Kubernetes Auth that the entry describes."""
    given, errors = entry.value["kubernetesAuth"], len(reading.entries.errors)
    created, updated = reading.times(entry, "kubernetesAuth")
    record_id = _id(reading, entry, "kubernetesAuth", "kubernetes-auth", identity)
    own = (record_id, identity.id, created, updated)
    rest = given if _OWN.isdisjoint(given) else {key: given[key] for key in given if key not in _OWN}
    alike = orjson.dumps(rest), identity.organization_id
    settings = reading.settings.get(alike)
    if settings is None:
        settings = _record(reading, entry, identity, own)[len(own) :]
        if len(reading.entries.errors) == errors and len(reading.settings) < _KEPT_SETTINGS:
            reading.settings[alike] = settings
    return tuple.__new__(KubernetesAuth, (*own, *settings))


def _record(reading: Reading, entry: Entry, identity: Identity, own: tuple[str, str, int, int]) -> KubernetesAuth:
    """Return the record whose first four columns are given. Errors are added to `reading`."""
    given, organization_id = entry["kubernetesAuth"], identity.organization_id
    template = _template(reading, entry, organization_id)
    settings = connection(
        given,
        named(reading, entry, "gatewayId", organization_id, "kubernetesAuth"),
        named(reading, entry, "gatewayPoolId", organization_id, "kubernetesAuth"),
        NO_SETTINGS if template is None else template.connection,
    )
    record = KubernetesAuth(
        id=own[0],
        identity_id=own[1],
        created_at=own[2],
        updated_at=own[3],
        allowed_namespaces=given.get("allowedNamespaces", ""),
        allowed_names=given.get("allowedNames", ""),
        template_id=None if template is None else template.id,
        jwt_from_template=given.get(
            "isTokenReviewerJwtTemplateSourced", template is not None and template.connection.token_reviewer_jwt != ""
        ),
        **settings._asdict(),
        **_settings(reading, entry, "kubernetesAuth"),
    )
    if (record.gateway_id or record.retired_gateway_id) and record.gateway_pool_id:
        reading.entries.complain(
            entry, "a record cannot have both a gateway and a gateway pool", "kubernetesAuth", "gatewayPoolId"
        )
    return record


def add_universal_auth(reading: Reading, entry: Entry, identity: Identity, store: UniversalAuths) -> UniversalAuths:
    """Return the store with the Universal Auth of the entry, if it has one."""
    given = entry.value.get("universalAuth")
    if given is None:
        return store
    created, updated = reading.times(entry, "universalAuth")
    record = UniversalAuth(
        id=_id(reading, entry, "universalAuth", "universal-auth", identity),
        identity_id=identity.id,
        client_id=given["clientId"].lower(),
        created_at=created,
        updated_at=updated,
        client_secret_trusted_ips=reading.trusted_ips(entry, "universalAuth", "clientSecretTrustedIps") or EVERYWHERE,
        access_token_period=given.get("accessTokenPeriod", 0),
        lockout_enabled=given.get("lockoutEnabled", True),
        lockout_threshold=given.get("lockoutThreshold", 3),
        lockout_duration_seconds=given.get("lockoutDurationSeconds", 300),
        lockout_counter_reset_seconds=given.get("lockoutCounterResetSeconds", 30),
        **_settings(reading, entry, "universalAuth"),
    )
    reading.client_ids.add(entry, record, unique={"universalAuth": record.client_id})
    store = store.with_record(record)
    for index, _ in enumerate(given.get("clientSecrets") or ()):
        store = store.with_secret(identity.id, _client_secret(reading, entry, identity, index))
    return store


def _client_secret(reading: Reading, entry: Entry, identity: Identity, index: int) -> ClientSecret:
    """Return the client secret at `index`; a plain text has the defaults of the service."""
    given = entry["universalAuth"]["clientSecrets"][index]
    steps = ("universalAuth", "clientSecrets", index)
    if isinstance(given, str):
        given, (created, updated) = {"secret": given}, (reading.now, reading.now)
    else:
        created, updated = reading.times(entry, *steps)
    secret = ClientSecret(
        id=(given.get("id") or derived_id("client-secret", identity.id, str(index))).lower(),
        secret=given["secret"],
        created_at=created,
        updated_at=updated,
        description=given.get("description", ""),
        ttl=given.get("ttl", 0),
        num_uses_limit=given.get("numUsesLimit", 0),
        num_uses=given.get("numUses", 0),
        revoked=given.get("revoked", False),
    )
    reading.client_secrets.add(entry, secret, unique={"universalAuth": secret.id})
    return secret


def add_token_auth(reading: Reading, entry: Entry, identity: Identity, store: TokenAuths) -> TokenAuths:
    """Return the store with the Token Auth of the entry, if it has one."""
    if entry.value.get("tokenAuth") is None:
        return store
    created, updated = reading.times(entry, "tokenAuth")
    return store.with_record(
        TokenAuth(
            id=_id(reading, entry, "tokenAuth", "token-auth", identity),
            identity_id=identity.id,
            created_at=created,
            updated_at=updated,
            **_settings(reading, entry, "tokenAuth"),
        )
    )


def _settings(reading: Reading, entry: Entry, method: str) -> dict[str, Any]:
    """What every auth method says of the tokens that it issues."""
    given = entry[method]
    return {
        "access_token_trusted_ips": reading.trusted_ips(entry, method, "accessTokenTrustedIps") or EVERYWHERE,
        "access_token_ttl": given.get("accessTokenTTL", DEFAULT_TTL),
        "access_token_max_ttl": given.get("accessTokenMaxTTL", DEFAULT_TTL),
        "access_token_num_uses_limit": given.get("accessTokenNumUsesLimit", 0),
    }


def _id(reading: Reading, entry: Entry, method: str, slug: str, identity: Identity) -> str:
    given = entry.value[method].get("id")
    found: str = given.lower() if given else derived_id(slug, identity.id)
    reading.records.claim(entry, identity, method, found, method)
    return found


def _template(reading: Reading, entry: Entry, organization_id: str) -> IdentityTemplate | None:
    """Return the template that the record is linked to; None, and an error kept, if it is not for Kubernetes Auth."""
    name = entry["kubernetesAuth"].get("templateId")
    found: IdentityTemplate | None = name and reading.templates.find(
        entry, name, "kubernetesAuth", "templateId", scope=organization_id
    )
    if not found:
        return None
    if found.method != KUBERNETES:
        reading.entries.complain(
            entry, f"the auth template is for '{found.method}', not for Kubernetes Auth", "kubernetesAuth", "templateId"
        )
        return None
    return found
