"""The stored Kubernetes Auth of one identity, and the object that the service answers with."""

from functools import lru_cache
from typing import NamedTuple

from mockserver.clock import iso
from mockserver.trusted_ips import EVERYWHERE, TrustedIp

API_MODE = "api"
GATEWAY_MODE = "gateway"
ATTACH_DEFAULT_TTL = 2_592_000


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
    access_token_ttl: int = ATTACH_DEFAULT_TTL
    access_token_max_ttl: int = ATTACH_DEFAULT_TTL
    access_token_num_uses_limit: int = 0


def _views(trusted: tuple[TrustedIp, ...]) -> list[dict[str, object]]:
    # A list may be as long as a body: only short ones are kept.
    return _kept_views(trusted) if len(trusted) <= 8 else [item.view() for item in trusted]


@lru_cache(maxsize=1024)
def _kept_views(trusted: tuple[TrustedIp, ...]) -> list[dict[str, object]]:
    return [item.view() for item in trusted]


def view(record: KubernetesAuth) -> dict[str, object]:
    """`identityKubernetesAuth` as PATCH and GET answer it: all 18 keys, CA and reviewer JWT in clear (behaviour 1)."""
    return {
        "id": record.id,
        "accessTokenTTL": record.access_token_ttl,
        "accessTokenMaxTTL": record.access_token_max_ttl,
        "accessTokenNumUsesLimit": record.access_token_num_uses_limit,
        "accessTokenTrustedIps": _views(record.access_token_trusted_ips),
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
        "tokenReviewMode": record.token_review_mode,
        "identityId": record.identity_id,
        "kubernetesHost": record.kubernetes_host,
        "allowedNamespaces": record.allowed_namespaces,
        "allowedNames": record.allowed_names,
        "allowedAudience": record.allowed_audience,
        "gatewayId": record.gateway_id,
        "gatewayPoolId": record.gateway_pool_id,
        "verifyTlsCertificate": record.verify_tls_certificate,
        "caCert": record.ca_cert,
        "tokenReviewerJwt": record.token_reviewer_jwt,
    }
