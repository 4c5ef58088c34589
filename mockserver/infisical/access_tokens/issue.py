"""Issues and renews access tokens: computes their claims and lifetime, and signs them (auth.md)."""

import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from json import JSONEncoder
from typing import Any, NamedTuple

from mockserver.infisical.access_tokens.access_token import AccessToken

CEILING = 7_776_000
"""The longest lifetime of any token, in seconds (90 days)."""


class Grant(NamedTuple):
    """The input of a token: its identity, organization and settings. Times are in seconds.

    The token is valid in `organization_id`; `root_id` is the root organization above it, or the same. `parent_id` is
    the organization directly above it; None if that is the root.
    """

    token_id: str
    identity_id: str
    identity_name: str
    auth_method: str
    organization_id: str
    root_id: str
    ttl: int
    max_ttl: int
    num_uses_limit: int = 0
    period: int = 0
    client_secret_id: str = ""
    parent_id: str | None = None
    identity_auth: Mapping[str, Any] = {}


class Issued(NamedTuple):
    """A signed token and its lifetime in seconds."""

    text: str
    expires_in: int


def lifetime(ttl: int, max_ttl: int, period: int, age: int) -> int:
    """Return the lifetime in seconds of a token issued `age` seconds after its first issue.

    It is the smallest of the TTL, the rest of the max TTL and the ceiling; a TTL or max TTL of 0 sets no limit. A
    period replaces the TTL and lifts the max TTL. A result of 0 or less means that the max TTL is used up.
    """
    if period > 0:
        return min(period, CEILING)
    limits = [CEILING]
    if ttl > 0:
        limits.append(ttl)
    if max_ttl > 0:
        limits.append(max_ttl - age)
    return min(limits)


def issue(grant: Grant, secret: str, now: int) -> Issued:
    """Issue the token of a login at `now` (milliseconds), signed with `secret` (HS256)."""
    return _signed(grant, now // 1000, lifetime(grant.ttl, grant.max_ttl, grant.period, 0), now // 1000, secret)


def _signed(grant: Grant, created_at: int, expires_in: int, seconds: int, secret: str) -> Issued:
    """Return the token of the grant, first issued at `created_at`, with its lifetime from `seconds` on."""
    claims: dict[str, Any] = {
        "identityId": grant.identity_id,
        "identityName": grant.identity_name,
        "authMethod": grant.auth_method,
        "orgId": grant.organization_id,
        "rootOrgId": grant.root_id,
        "parentOrgId": grant.root_id if grant.parent_id is None else grant.parent_id,
        "clientSecretId": grant.client_secret_id,
        "identityAccessTokenId": grant.token_id,
        "jti": grant.token_id,
        "ipRestrictionEnabled": True,  # the service says so whatever the trusted IPs are
        "accessTokenTTL": grant.period or grant.ttl,
        "accessTokenMaxTTL": 0 if grant.period else grant.max_ttl,
        "accessTokenPeriod": grant.period,
        "creationEpoch": created_at,
        "authTokenType": "identityAccessToken",
        "identityAuth": grant.identity_auth,
        "iat": seconds,
        "exp": seconds + expires_in,
    }
    if grant.num_uses_limit > 0:
        claims["numUsesLimit"] = grant.num_uses_limit
    return Issued(_sign(claims, secret), expires_in)


def remaining(token: AccessToken, now: int) -> int:
    """Return the lifetime in seconds after a renewal at `now` (milliseconds); 0 or less if the max TTL is used up."""
    return lifetime(token.ttl, token.max_ttl, token.period, now // 1000 - token.created_at)


def renewed(token: AccessToken, secret: str, now: int) -> Issued:
    """Renew the token at `now` (milliseconds): same id and settings, new `iat` and `exp`.

    The claims are built anew: those that the service does not know are left out.
    """
    claims = token.claims
    grant = Grant(
        token_id=token.id,
        identity_id=claims["identityId"],
        identity_name=claims.get("identityName", ""),
        auth_method=token.auth_method,
        organization_id=claims["orgId"],
        root_id=claims["rootOrgId"],
        parent_id=claims["parentOrgId"],
        ttl=token.ttl,
        max_ttl=token.max_ttl,
        num_uses_limit=token.num_uses_limit,
        period=token.period,
        client_secret_id=token.client_secret_id,
        identity_auth=claims.get("identityAuth", {}),
    )
    return _signed(grant, token.created_at, remaining(token, now), now // 1000, secret)


def _sign(claims: Mapping[str, Any], secret: str) -> str:
    """Return the JWT, as PyJWT encodes it: a third of the time, for a login does little else."""
    signed = _HEADER + _base64(_json(claims).encode())
    return (signed + b"." + _base64(hmac.digest(secret.encode(), signed, "sha256"))).decode()


def _base64(content: bytes) -> bytes:
    return urlsafe_b64encode(content).rstrip(b"=")


_json = JSONEncoder(separators=(",", ":")).encode
_HEADER = _base64(_json({"alg": "HS256", "typ": "JWT"}).encode()) + b"."
