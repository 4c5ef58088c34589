"""Access tokens: the fixture tokens of a world and verified JWTs (auth.md). PyJWT is imported at the first JWT."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from mockserver.infisical.javascript import is_number
from mockserver.infisical.trusted_ips import TrustedIp

Kind = Literal["identity", "user", "foreign", "unknown"]

_KINDS: dict[object, Kind] = {"identityAccessToken": "identity", "accessToken": "user"}
_FOREIGN = frozenset(
    ("scimToken", "apiKey", "serviceToken", "serviceAccessToken", "oauthAccessToken", "mcpAccessToken")
)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """An access token: a fixture token (`issued_at` is None) or a verified JWT.

    If `trusted_ips` is None, the trusted IPs of the auth method apply. `expires_at` and `issued_at` are milliseconds
    since 1970. `created_at`, the first issue, survives renewals and is in seconds, as in the claims. `ttl`, `max_ttl`
    and `period` are the settings at the time of issue, in seconds. `endless`: the token is a JWT without `exp`.
    """

    id: str
    kind: Kind
    identity_id: str = ""
    organization_id: str = ""
    auth_method: str = ""
    num_uses_limit: int = 0
    expires_at: int | None = None
    revoked: bool = False
    complete: bool = True
    trusted_ips: tuple[TrustedIp, ...] | None = None
    issued_at: int | None = None
    created_at: int = 0
    client_secret_id: str = ""
    ttl: int = 0
    max_ttl: int = 0
    period: int = 0
    endless: bool = False
    claims: Mapping[str, Any] = field(default_factory=dict, compare=False)


class Defect(NamedTuple):
    """The reason why a text is not a valid token."""

    name: Literal["empty", "malformed", "invalid", "algorithm", "signature", "not-active", "expired"]


def verified(text: str, secret: str, now: int) -> AccessToken | Defect:
    """Return the token of a JWT signed with `secret` (HS256), valid at `now` (milliseconds), or else its defect."""
    token = _cached_decode(text, secret) if len(text) <= _MAX_CACHED_LENGTH else _decode(text, secret)
    if isinstance(token, Defect):
        return token
    return _time_defect(token.claims, now) or token


def _decode(text: str, secret: str) -> AccessToken | Defect:
    """Return the token of a JWT, or its defect. `exp` and `nbf` are not checked."""
    if text.count(".") != 2:
        return Defect("malformed" if text else "empty")
    import jwt

    try:
        # The library reads the system clock. Tokens follow the clock of their world, so `_time_defect` checks times.
        claims = jwt.decode(
            text,
            secret,
            algorithms=["HS256"],
            options={
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
                "verify_aud": False,
                "verify_iss": False,
                "verify_sub": False,
                "verify_jti": False,
            },
        )
    except jwt.InvalidAlgorithmError:
        return Defect("algorithm")
    except jwt.InvalidSignatureError:
        return Defect("signature")
    except (jwt.InvalidTokenError, ValueError, RecursionError):  # deeply nested JSON raises RecursionError
        return Defect("invalid")
    return _from_claims(claims)


_MAX_CACHED_LENGTH = 2048
"""Characters. Longer tokens are not cached, so that clients cannot fill the memory."""
_cached_decode = lru_cache(maxsize=1024)(_decode)


def _time_defect(claims: Mapping[str, Any], now: int) -> Defect | None:
    """Return the defect of `nbf` or `exp` at `now` (milliseconds). Null is not a number either."""
    seconds = now // 1000
    if "nbf" in claims:
        if not is_number(claims["nbf"]):
            return Defect("invalid")
        if claims["nbf"] > seconds:
            return Defect("not-active")
    if "exp" in claims:
        if not is_number(claims["exp"]):
            return Defect("invalid")
        if seconds >= claims["exp"]:
            return Defect("expired")
    return None


_TEXTS = ("identityId", "identityAccessTokenId", "jti", "orgId", "rootOrgId", "parentOrgId", "authMethod")
_NUMBERS = ("iat", "accessTokenTTL", "accessTokenMaxTTL", "accessTokenPeriod", "creationEpoch")
"""The claims of a complete token of a machine identity. The service counts a token without them as an old one, whose
settings it has in its database; there it finds none."""


def _from_claims(claims: dict[str, Any]) -> AccessToken:
    token_type = _text(claims.get("authTokenType"))
    kind: Kind = "foreign" if token_type in _FOREIGN else _KINDS.get(token_type, "unknown")
    organization = _text(claims.get("orgId"))
    if kind == "user":
        organization = organization or _text(claims.get("organizationId"))
    identity = _text(claims.get("identityId")) if kind == "identity" else ""
    issued = _count(claims.get("iat"))
    return AccessToken(
        id=_text(claims.get("identityAccessTokenId")),
        kind=kind,
        identity_id=identity.lower(),
        organization_id=organization.lower(),
        auth_method=_text(claims.get("authMethod")),
        num_uses_limit=_count(claims.get("numUsesLimit")),
        complete=all(map(_text, map(claims.get, _TEXTS))) and all(map(is_number, map(claims.get, _NUMBERS))),
        issued_at=issued * 1000,
        created_at=_count(claims.get("creationEpoch")),
        client_secret_id=_text(claims.get("clientSecretId")),
        ttl=_count(claims.get("accessTokenTTL")),
        max_ttl=_count(claims.get("accessTokenMaxTTL")),
        period=_count(claims.get("accessTokenPeriod")),
        endless="exp" not in claims,
        claims=claims,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    """Return a positive number, truncated to an integer; 0 for any other value."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**63:
        return 0
    return int(value)
