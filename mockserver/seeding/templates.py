"""The key `templates` of an organization: its auth templates."""

from collections.abc import Mapping
from typing import Any

from mockserver.clock import iso
from mockserver.infisical.clusters.cluster import Gateway
from mockserver.infisical.identity_templates.template import KUBERNETES, IdentityTemplate
from mockserver.infisical.kubernetes_auth.connection import MANAGED, Connection
from mockserver.seeding.merge import Entry
from mockserver.seeding.reading import Reading

NO_SETTINGS = Connection()
"""The settings of a record that nothing is said of."""


def all_templates(reading: Reading) -> list[IdentityTemplate]:
    """Return every template of every organization. Errors are kept in `reading`.

    The settings are not judged: fixtures may hold templates that cannot be linked.
    """
    return [
        _template(reading, entry, index)
        for entry in reading.entries.section("organizations")
        for index, _ in enumerate(entry.get("templates") or ())
    ]


def _template(reading: Reading, entry: Entry, index: int) -> IdentityTemplate:
    given, organization_id = entry["templates"][index], entry["id"].lower()
    created, updated = reading.times(entry, "templates", index)
    template = IdentityTemplate(
        id=given["id"].lower(),
        organization_id=organization_id,
        name=given["name"],
        method=given["authMethod"],
        created_at=created,
        updated_at=updated,
    )
    if template.method != KUBERNETES:
        for key in given.keys() & frozenset(MANAGED):
            reading.entries.complain(entry, "a template for LDAP has no settings here", "templates", index, key)
    else:
        gateway = named(reading, entry, "gatewayId", organization_id, "templates", index)
        pool = named(reading, entry, "gatewayPoolId", organization_id, "templates", index)
        template = template._replace(connection=connection(given, gateway, pool, NO_SETTINGS))
    # Ids are unique among all organizations; a record finds its template within one, by id or name.
    reading.templates.add(entry, template, unique={"id": template.id})
    reading.templates.add(entry, template, unique={"id": template.id}, shared=template.name, scope=organization_id)
    return template


def connection(given: Mapping[str, Any], gateway: Any, pool: Any, otherwise: Connection) -> Connection:
    """Return the connection settings of a template or record; `otherwise` has those that are not given."""
    ca_cert = given.get("caCert", otherwise.ca_cert)
    verified = ca_cert != "" if "caCert" in given else otherwise.verify_tls_certificate
    gateway_id, retired_id = (
        _ids(gateway) if "gatewayId" in given else (otherwise.gateway_id, otherwise.retired_gateway_id)
    )
    pool_id = otherwise.gateway_pool_id if "gatewayPoolId" not in given else None if pool is None else pool.id
    return Connection(
        kubernetes_host=given.get("kubernetesHost", otherwise.kubernetes_host),
        ca_cert=ca_cert,
        verify_tls_certificate=given.get("verifyTlsCertificate", verified),
        token_reviewer_jwt=given.get("tokenReviewerJwt", otherwise.token_reviewer_jwt),
        token_review_mode=given.get("tokenReviewMode", otherwise.token_review_mode),
        allowed_audience=given.get("allowedAudience", otherwise.allowed_audience),
        gateway_id=gateway_id,
        gateway_pool_id=pool_id,
        retired_gateway_id=retired_id,
    )


def _ids(gateway: Gateway | None) -> tuple[str | None, str | None]:
    """Return the ids of a gateway and of a retired one."""
    if gateway is None:
        return None, None
    return (None, gateway.id) if gateway.retired else (gateway.id, None)


def named(reading: Reading, entry: Entry, key: str, organization_id: str, *steps: str | int) -> Any:
    """Return the gateway or pool that `key` below `steps` of the entry names; None if it names none."""
    names = reading.gateways if key == "gatewayId" else reading.pools
    owner: Any = entry.value
    for step in steps:
        owner = owner[step]
    name = owner.get(key)
    return names.find(entry, name, *steps, key, scope=organization_id) if name else None


def template_entry(template: IdentityTemplate) -> dict[str, Any]:
    """Return the template in the fixture format."""
    entry = {
        "id": template.id,
        "name": template.name,
        "authMethod": template.method,
        "createdAt": iso(template.created_at),
        "updatedAt": iso(template.updated_at),
    }
    if template.method != KUBERNETES:
        return entry
    settings = template.connection
    return {
        **entry,
        "kubernetesHost": settings.kubernetes_host,
        "caCert": settings.ca_cert,
        "verifyTlsCertificate": settings.verify_tls_certificate,
        "tokenReviewerJwt": settings.token_reviewer_jwt,
        "tokenReviewMode": settings.token_review_mode,
        "allowedAudience": settings.allowed_audience,
        "gatewayId": settings.retired_gateway_id or settings.gateway_id,
        "gatewayPoolId": settings.gateway_pool_id,
    }
