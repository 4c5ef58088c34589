"""The stored Token Auth of an identity, the tokens that it issued, and their response objects."""

from typing import NamedTuple

from mockserver.clock import iso
from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL
from mockserver.infisical.trusted_ips import EVERYWHERE, TrustedIp, views

METHOD = "Token Auth"


class TokenAuth(NamedTuple):
    """A stored record. Times are milliseconds since 1970, lifetimes seconds. The defaults are those of attach."""

    id: str
    identity_id: str
    created_at: int
    updated_at: int
    access_token_trusted_ips: tuple[TrustedIp, ...] = EVERYWHERE
    access_token_ttl: int = DEFAULT_TTL
    access_token_max_ttl: int = DEFAULT_TTL
    access_token_num_uses_limit: int = 0


class IssuedToken(NamedTuple):
    """The stored row of an access token that Token Auth issued. Units are those of `TokenAuth`.

    `ttl` is the lifetime at the time of issue, after all limits; `max_ttl` is the setting.
    """

    id: str
    identity_id: str
    created_at: int
    updated_at: int
    name: str | None = None
    ttl: int = 0
    max_ttl: int = 0
    num_uses_limit: int = 0
    revoked: bool = False
    organization_id: str | None = None


def view(record: TokenAuth) -> dict[str, object]:
    """Return `identityTokenAuth`: 9 keys, the same in every response."""
    return {
        "id": record.id,
        "accessTokenTTL": record.access_token_ttl,
        "accessTokenMaxTTL": record.access_token_max_ttl,
        "accessTokenNumUsesLimit": record.access_token_num_uses_limit,
        "accessTokenTrustedIps": views(record.access_token_trusted_ips),
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
        "identityId": record.identity_id,
        "accessTokenPeriod": 0,
    }


def token_view(token: IssuedToken) -> dict[str, object]:
    """Return the 16 keys of a token. The service counts uses elsewhere, so the row never shows any."""
    return {
        "id": token.id,
        "accessTokenTTL": token.ttl,
        "accessTokenMaxTTL": token.max_ttl,
        "accessTokenNumUses": 0,
        "accessTokenNumUsesLimit": token.num_uses_limit,
        "accessTokenLastUsedAt": None,
        "accessTokenLastRenewedAt": None,
        "isAccessTokenRevoked": token.revoked,
        "identityUAClientSecretId": None,
        "identityId": token.identity_id,
        "createdAt": iso(token.created_at),
        "updatedAt": iso(token.updated_at),
        "name": token.name,
        "authMethod": "token-auth",
        "accessTokenPeriod": 0,
        "subOrganizationId": token.organization_id,
    }
