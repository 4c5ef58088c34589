"""The stored Kubernetes Auth of one identity, and the object that the service answers with."""

from collections.abc import Callable
from operator import itemgetter
from typing import Any, NamedTuple

from mockserver.clock import iso
from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL
from mockserver.infisical.trusted_ips import EVERYWHERE, TrustedIp, views

API_MODE = "api"
GATEWAY_MODE = "gateway"


class KubernetesAuth(NamedTuple):
    """One record. Times are milliseconds since 1970, lifetimes seconds; `""` is "none" for CA and reviewer JWT.

    The defaults are those of the attach operation. A tuple: frozen, and made anew three times as fast as a frozen
    dataclass, which is what an update does.
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


def columns(*names: str) -> Callable[[KubernetesAuth], tuple[Any, ...]]:
    """What reads those fields of a record at once: much faster than one after the other by their names."""
    return itemgetter(*map(KubernetesAuth._fields.index, names))


def view(record: KubernetesAuth) -> dict[str, object]:
    """`identityKubernetesAuth` as PATCH and GET answer it: all 18 keys, CA and reviewer JWT in clear (behaviour 1)."""
    answered: dict[str, object] = dict(zip(_VIEW, _shown(record), strict=True))
    answered["accessTokenTrustedIps"] = views(record.access_token_trusted_ips)
    answered["createdAt"] = iso(record.created_at)
    answered["updatedAt"] = iso(record.updated_at)
    return answered


_VIEW = {
    "id": "id",
    "accessTokenTTL": "access_token_ttl",
    "accessTokenMaxTTL": "access_token_max_ttl",
    "accessTokenNumUsesLimit": "access_token_num_uses_limit",
    "accessTokenTrustedIps": "access_token_trusted_ips",
    "createdAt": "created_at",
    "updatedAt": "updated_at",
    "tokenReviewMode": "token_review_mode",
    "identityId": "identity_id",
    "kubernetesHost": "kubernetes_host",
    "allowedNamespaces": "allowed_namespaces",
    "allowedNames": "allowed_names",
    "allowedAudience": "allowed_audience",
    "gatewayId": "gateway_id",
    "gatewayPoolId": "gateway_pool_id",
    "verifyTlsCertificate": "verify_tls_certificate",
    "caCert": "ca_cert",
    "tokenReviewerJwt": "token_reviewer_jwt",
}
"""Each key of the answer, in the service's order, and the field that it shows."""
_shown = columns(*_VIEW.values())


def view_without_secrets(record: KubernetesAuth) -> dict[str, object]:
    """`identityKubernetesAuth` as DELETE answers it: without CA and reviewer JWT (behaviour 1)."""
    answered = view(record)
    del answered["caCert"], answered["tokenReviewerJwt"]
    return answered
