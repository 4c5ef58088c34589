"""An auth template, and its form in responses."""

from typing import Literal, NamedTuple

from mockserver.clock import iso
from mockserver.infisical.kubernetes_auth.connection import Connection

Method = Literal["kubernetes", "ldap"]
KUBERNETES: Method = "kubernetes"
LDAP: Method = "ldap"
_NO_CONNECTION = Connection()


class IdentityTemplate(NamedTuple):
    """An auth template of one organization. Times are milliseconds since 1970.

    Only templates of method `kubernetes` have settings here; those of `ldap` have a name and nothing else.
    """

    id: str
    organization_id: str
    name: str
    method: Method = KUBERNETES
    created_at: int = 0
    updated_at: int = 0
    connection: Connection = _NO_CONNECTION


def view(template: IdentityTemplate) -> dict[str, object]:
    """Return the template as in responses. It says whether there is a reviewer JWT, never which one."""
    return {
        "id": template.id,
        "name": template.name,
        "authMethod": template.method,
        "orgId": template.organization_id,
        "createdAt": iso(template.created_at),
        "updatedAt": iso(template.updated_at),
        "templateFields": _fields(template.connection) if template.method == KUBERNETES else {},
    }


def _fields(connection: Connection) -> dict[str, object]:
    return {
        "kubernetesHost": connection.kubernetes_host,
        "caCert": connection.ca_cert,
        "verifyTlsCertificate": connection.verify_tls_certificate,
        "hasTokenReviewerJwt": connection.token_reviewer_jwt != "",
        "tokenReviewMode": connection.token_review_mode,
        "allowedAudience": connection.allowed_audience,
        "gatewayId": connection.gateway_id,
        "gatewayPoolId": connection.gateway_pool_id,
    }
