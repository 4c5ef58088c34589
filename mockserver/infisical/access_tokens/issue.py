"""Issues access tokens: the claims of the newest generation, and how long they last (auth.md)."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver.infisical.access_tokens.access_token import AccessToken

CEILING = 7_776_000
"""Seconds: the longest life of any token of the instance (90 days)."""


class Grant(NamedTuple):
    """What a login through one auth method gives: settings in seconds, and who it is for.

    `organization_id` is where the token counts, `root_id` the organization above it (or itself).
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
    ip_restricted: bool = False
    identity_auth: Mapping[str, Any] = {}


class Issued(NamedTuple):
    """A signed token, and how many seconds it lives."""

    text: str
    expires_in: int


def lifetime(ttl: int, max_ttl: int, period: int, age: int) -> int:
    """Seconds that a token lives from now, `age` seconds after its first issue; 0 or less: its budget is used up.

    The smallest of TTL, what is left of the max TTL, and the ceiling; 0 is no limit. A period stands in for the TTL and
    lifts the max.
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
    """The token of a login at `now` (milliseconds), signed with `secret` (HS256)."""
    seconds = now // 1000
    lives = lifetime(grant.ttl, grant.max_ttl, grant.period, 0)
    claims: dict[str, Any] = {
        "identityId": grant.identity_id,
        "identityName": grant.identity_name,
        "authMethod": grant.auth_method,
        "orgId": grant.organization_id,
        "rootOrgId": grant.root_id,
        "parentOrgId": grant.root_id,
        "clientSecretId": grant.client_secret_id,
        "identityAccessTokenId": grant.token_id,
        "jti": grant.token_id,
        "ipRestrictionEnabled": grant.ip_restricted,
        "accessTokenTTL": grant.ttl,
        "accessTokenMaxTTL": grant.max_ttl,
        "accessTokenPeriod": grant.period,
        "creationEpoch": seconds,
        "authTokenType": "identityAccessToken",
        "identityAuth": grant.identity_auth,
        "iat": seconds,
        "exp": seconds + lives,
    }
    if grant.num_uses_limit > 0:
        claims["numUsesLimit"] = grant.num_uses_limit
    return Issued(_signed(claims, secret), lives)


def remaining(token: AccessToken, now: int) -> int:
    """Seconds that a renewal at `now` (milliseconds) would live; 0 or less: the max-TTL budget is used up."""
    return lifetime(token.ttl, token.max_ttl, token.period, now // 1000 - token.created_at)


def renewed(token: AccessToken, secret: str, now: int) -> Issued:
    """The token again, with the same id and settings, and a new life."""
    lives = remaining(token, now)
    claims = {**token.claims, "creationEpoch": token.created_at, "iat": now // 1000, "exp": now // 1000 + lives}
    return Issued(_signed(claims, secret), lives)


def _signed(claims: Mapping[str, Any], secret: str) -> str:
    import jwt  # on first use: nothing else of a start needs it

    return jwt.encode(dict(claims), secret, algorithm="HS256")
