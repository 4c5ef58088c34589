"""The stored Universal Auth of an identity, its client secrets and lockout, and their response objects."""

from typing import NamedTuple

from mockserver.clock import iso
from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL
from mockserver.infisical.trusted_ips import EVERYWHERE, TrustedIp, views

METHOD = "Universal Auth"


class UniversalAuth(NamedTuple):
    """A stored record. Times are milliseconds since 1970, lifetimes seconds. The defaults are those of attach."""

    id: str
    identity_id: str
    client_id: str
    created_at: int
    updated_at: int
    client_secret_trusted_ips: tuple[TrustedIp, ...] = EVERYWHERE
    access_token_trusted_ips: tuple[TrustedIp, ...] = EVERYWHERE
    access_token_ttl: int = DEFAULT_TTL
    access_token_max_ttl: int = DEFAULT_TTL
    access_token_num_uses_limit: int = 0
    access_token_period: int = 0
    lockout_enabled: bool = True
    lockout_threshold: int = 3
    lockout_duration_seconds: int = 300
    lockout_counter_reset_seconds: int = 30


class ClientSecret(NamedTuple):
    """A client secret. `ttl` (seconds) and `num_uses_limit` 0 mean no limit. Stored in clear, so that fixtures can.

    `counted_at` is when a login last raised `num_uses`, in milliseconds since 1970; None if none has.
    """

    id: str
    secret: str
    created_at: int
    updated_at: int
    description: str = ""
    ttl: int = 0
    num_uses_limit: int = 0
    num_uses: int = 0
    revoked: bool = False
    counted_at: int | None = None


class Lockout(NamedTuple):
    """Failed logins of a client id: their number, when the count resets, and when the lock ends (0: not locked).

    Times are milliseconds since 1970.
    """

    failures: int
    forgotten_at: int
    locked_until: int = 0


def view(record: UniversalAuth) -> dict[str, object]:
    """Return `identityUniversalAuth`: 15 keys, the same in every response (behaviour 9)."""
    return {
        "id": record.id,
        "clientId": record.client_id,
        "accessTokenTTL": record.access_token_ttl,
        "accessTokenMaxTTL": record.access_token_max_ttl,
        "accessTokenNumUsesLimit": record.access_token_num_uses_limit,
        "clientSecretTrustedIps": views(record.client_secret_trusted_ips),
        "accessTokenTrustedIps": views(record.access_token_trusted_ips),
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
        "identityId": record.identity_id,
        "accessTokenPeriod": record.access_token_period,
        "lockoutEnabled": record.lockout_enabled,
        "lockoutThreshold": record.lockout_threshold,
        "lockoutDurationSeconds": record.lockout_duration_seconds,
        "lockoutCounterResetSeconds": record.lockout_counter_reset_seconds,
    }


def secret_view(secret: ClientSecret, universal_auth_id: str) -> dict[str, object]:
    """Return `clientSecretData`, with the first four characters of the secret only (behaviour 9)."""
    return {
        "id": secret.id,
        "createdAt": iso(secret.created_at),
        "updatedAt": iso(secret.updated_at),
        "description": secret.description,
        "clientSecretPrefix": secret.secret[:4],
        "clientSecretNumUses": secret.num_uses,
        "clientSecretNumUsesLimit": secret.num_uses_limit,
        "clientSecretTTL": secret.ttl,
        "identityUAId": universal_auth_id,
        "isClientSecretRevoked": secret.revoked,
    }
