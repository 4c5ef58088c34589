"""The stored Kubernetes Auth of an identity, and its JSON representation in responses."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from mockserver.clock import iso
from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL
from mockserver.infisical.trusted_ips import EVERYWHERE, TrustedIp, views

API_MODE = "api"
GATEWAY_MODE = "gateway"


class KubernetesAuth(NamedTuple):
    """A stored record. Times are milliseconds since 1970, TTLs seconds; `""` means none for CA and reviewer JWT.

    The defaults are those of the attach operation. The type is a tuple because every update creates one, and a frozen
    dataclass takes three times as long to create.

    `jwt_from_template` says whether the reviewer JWT is the copy of a template's. `retired_gateway_id` is a gateway of
    version 1: only fixtures can name one, and no response shows it.
    """

    id: str
    identity_id: str
    created_at: int
    updated_at: int
    kubernetes_host: str | None = None
    ca_cert: str = ""
    verify_tls_certificate: bool = False
    token_reviewer_jwt: str = ""
    token_review_mode: str = API_MODE
    allowed_namespaces: str = ""
    allowed_names: str = ""
    allowed_audience: str = ""
    gateway_id: str | None = None
    gateway_pool_id: str | None = None
    access_token_trusted_ips: tuple[TrustedIp, ...] = EVERYWHERE
    access_token_ttl: int = DEFAULT_TTL
    access_token_max_ttl: int = DEFAULT_TTL
    access_token_num_uses_limit: int = 0
    template_id: str | None = None
    jwt_from_template: bool = False
    retired_gateway_id: str | None = None


def columns(*names: str) -> Callable[[KubernetesAuth], tuple[Any, ...]]:
    """Return a function that returns these fields of a record as a tuple, faster than attribute access for each."""
    return itemgetter(*map(KubernetesAuth._fields.index, names))


def view(record: KubernetesAuth) -> dict[str, object]:
    """Return the 18 keys of a record without a template, in the service's order, secrets in clear text."""
    values: tuple[Any, ...] = record
    record_id, identity_id, created_at, updated_at, host, ca_cert, verifies, reviewer_jwt, review_mode = values[:9]
    namespaces, names, audience, gateway_id, gateway_pool_id, trusted_ips, ttl, max_ttl, uses_limit = values[9:18]
    body: dict[str, object] = {  # of up to 15 keys Python makes a dict of the right size at once
        "id": record_id,
        "accessTokenTTL": ttl,
        "accessTokenMaxTTL": max_ttl,
        "accessTokenNumUsesLimit": uses_limit,
        "accessTokenTrustedIps": views(trusted_ips),
        "createdAt": iso(created_at),
        "updatedAt": iso(updated_at),
        "tokenReviewMode": review_mode,
        "identityId": identity_id,
        "kubernetesHost": host,
        "allowedNamespaces": namespaces,
        "allowedNames": names,
        "allowedAudience": audience,
        "gatewayId": gateway_id,
        "gatewayPoolId": gateway_pool_id,
    }
    body["verifyTlsCertificate"] = verifies
    body["caCert"] = ca_cert
    body["tokenReviewerJwt"] = reviewer_jwt
    return body


def view_without_secrets(record: KubernetesAuth) -> dict[str, object]:
    """Return `identityKubernetesAuth` as in responses to DELETE: without `caCert` and `tokenReviewerJwt`."""
    return _without_secrets(view(record))


def view_with_template(record: KubernetesAuth) -> dict[str, object]:
    """Return the 20 keys since auth templates exist. The response never shows the reviewer JWT of a template."""
    body = view(record)
    body["templateId"] = record.template_id
    body["isTokenReviewerJwtTemplateSourced"] = record.jwt_from_template
    if record.template_id is not None or record.jwt_from_template:
        body["tokenReviewerJwt"] = ""
    return body


def view_with_template_without_secrets(record: KubernetesAuth) -> dict[str, object]:
    """Return the keys of a response to DELETE since auth templates exist."""
    return _without_secrets(view_with_template(record))


def _without_secrets(body: dict[str, object]) -> dict[str, object]:
    del body["caCert"], body["tokenReviewerJwt"]
    return body
