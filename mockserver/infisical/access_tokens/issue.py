"""Issues and renews access tokens: computes their claims and lifetime, and signs them (auth.md)."""

from binascii import b2a_base64
from functools import lru_cache
from hashlib import sha256
from json import JSONEncoder
from json.encoder import encode_basestring_ascii
from typing import Any, NamedTuple

from mockserver.infisical.access_tokens.access_token import AccessToken

CEILING = 7_776_000
"""The longest lifetime of any token, in seconds (90 days)."""


json_text = encode_basestring_ascii
"""A text as JSON."""


class Grant(NamedTuple):
    """The input of a token: its identity, organization and settings. Times are in seconds.

    The token is valid in `organization_id`; `root_id` is the root organization above it, or the same. `parent_id` is
    the organization directly above it; None if that is the root. The name of the identity and what its auth method says
    of it are JSON texts.
    """

    token_id: str
    identity_id: str
    identity_name_json: str
    auth_method: str
    organization_id: str
    root_id: str
    ttl: int
    max_ttl: int
    num_uses_limit: int = 0
    period: int = 0
    client_secret_id: str = ""
    parent_id: str | None = None
    identity_auth_json: str = "{}"


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
    token_id, root = json_text(grant.token_id), json_text(grant.root_id)
    period, ttl, max_ttl = grant.period, grant.period or grant.ttl, 0 if grant.period else grant.max_ttl
    limited = f',"numUsesLimit":{grant.num_uses_limit}' if grant.num_uses_limit > 0 else ""
    # The text itself: an encoder takes four times as long. `ipRestrictionEnabled` is true whatever the trusted IPs are.
    claims = (
        f'{{"identityId":{json_text(grant.identity_id)},"identityName":{grant.identity_name_json}'
        f',"authMethod":{json_text(grant.auth_method)},"orgId":{json_text(grant.organization_id)},"rootOrgId":{root}'
        f',"parentOrgId":{root if grant.parent_id is None else json_text(grant.parent_id)}'
        f',"clientSecretId":{json_text(grant.client_secret_id)},"identityAccessTokenId":{token_id},"jti":{token_id}'
        f',"ipRestrictionEnabled":true,"accessTokenTTL":{ttl},"accessTokenMaxTTL":{max_ttl}'
        f',"accessTokenPeriod":{period},"creationEpoch":{created_at},"authTokenType":"identityAccessToken"'
        f',"identityAuth":{grant.identity_auth_json},"iat":{seconds},"exp":{seconds + expires_in}{limited}}}'
    )
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
        identity_name_json=_json(claims.get("identityName", "")),
        auth_method=token.auth_method,
        organization_id=claims["orgId"],
        root_id=claims["rootOrgId"],
        parent_id=claims["parentOrgId"],
        ttl=token.ttl,
        max_ttl=token.max_ttl,
        num_uses_limit=token.num_uses_limit,
        period=token.period,
        client_secret_id=token.client_secret_id,
        identity_auth_json=_json(claims.get("identityAuth", {})),
    )
    return _signed(grant, token.created_at, remaining(token, now), now // 1000, secret)


def _sign(claims: str, secret: str) -> str:
    """Return the JWT, as PyJWT encodes it: a sixth of the time, for a login does little else."""
    signed = _HEADER + _base64(claims.encode())
    inside, outside = _keyed(secret)
    inner, outer = inside.copy(), outside.copy()
    inner.update(signed)
    outer.update(inner.digest())
    return (signed + b"." + _base64(outer.digest())).decode()


@lru_cache(maxsize=64)
def _keyed(secret: str) -> tuple[Any, Any]:
    """Return the two hashes of HMAC-SHA256 (RFC 2104) with the key in them: `hmac` would begin anew for each token."""
    key = secret.encode()
    key = (sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return sha256(bytes(each ^ 0x36 for each in key)), sha256(bytes(each ^ 0x5C for each in key))


def _base64(content: bytes) -> bytes:
    encoded = b2a_base64(content, newline=False).rstrip(b"=")
    if encoded.find(b"+") < 0 and encoded.find(b"/") < 0:  # few texts have them: a search takes less than a translation
        return encoded
    return encoded.translate(_URL_SAFE)


_BLOCK = 64
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_json = JSONEncoder(separators=(",", ":")).encode
_HEADER = _base64(_json({"alg": "HS256", "typ": "JWT"}).encode()) + b"."
