"""Access tokens: the fixed ones of a world, and the claims of signed ones (auth.md). The first JWT loads PyJWT."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from mockserver.infisical.trusted_ips import TrustedIp

Kind = Literal["identity", "user", "foreign", "unknown"]

_KINDS: dict[object, Kind] = {"identityAccessToken": "identity", "accessToken": "user"}
_FOREIGN = frozenset(
    ("scimToken", "apiKey", "serviceToken", "serviceAccessToken", "oauthAccessToken", "mcpAccessToken")
)


@dataclass(frozen=True, slots=True)
class AccessToken:
    """One token that may call. `trusted_ips` None means those of its auth method; `issued_at` None a fixed token.

    `expires_at` and `issued_at` are in milliseconds since 1970, `created_at` (first issue, kept across renewals) in
    seconds, as the claims have it; `ttl`, `max_ttl` and `period` are the settings at that time, in seconds.
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
    claims: Mapping[str, Any] = field(default_factory=dict, compare=False)


class Defect(NamedTuple):
    """Why a text is no token: the library's name of the failure."""

    name: Literal["empty", "malformed", "invalid", "algorithm", "signature", "not-active", "expired"]


def verified(text: str, secret: str, now: int) -> AccessToken | Defect:
    """The token that a JWT signed with `secret` (HS256) stands for at `now` (milliseconds), or its defect."""
    signed = _kept_signed(text, secret) if len(text) <= _KEPT_LENGTH else _signed(text, secret)
    if isinstance(signed, Defect):
        return signed
    return _defect_at(now, signed.claims) or signed


def _signed(text: str, secret: str) -> AccessToken | Defect:
    """The token of a JWT with a good signature, whatever the time."""
    if text.count(".") != 2:
        return Defect("malformed" if text else "empty")
    import jwt

    try:
        # The clock is the world's, so times are judged below and not by the library.
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
    except (jwt.InvalidTokenError, ValueError, RecursionError):  # the last: JSON nested too deep for the library
        return Defect("invalid")
    return _of_claims(claims)


_KEPT_LENGTH = 2048
"""Texts are the caller's: longer ones are read anew each time."""
_kept_signed = lru_cache(maxsize=1024)(_signed)


def _defect_at(now: int, claims: Mapping[str, Any]) -> Defect | None:
    starts = claims.get("nbf")
    if isinstance(starts, int | float) and starts * 1000 > now:
        return Defect("not-active")
    expires = claims.get("exp")
    if isinstance(expires, bool) or not isinstance(expires, int | float | None):
        return Defect("invalid")
    if expires is not None and now >= expires * 1000:
        return Defect("expired")
    return None


def _of_claims(claims: dict[str, Any]) -> AccessToken:
    sort = _text(claims.get("authTokenType"))
    kind: Kind = "foreign" if sort in _FOREIGN else _KINDS.get(sort, "unknown")
    token_id = _text(claims.get("identityAccessTokenId")) or _text(claims.get("jti"))
    organization = _text(claims.get("orgId")) or _text(claims.get("organizationId"))
    identity = _text(claims.get("identityId")) if kind == "identity" else ""  # a user calls as no one else
    method = _text(claims.get("authMethod"))
    issued = _whole(claims.get("iat"))
    return AccessToken(
        id=token_id,
        kind=kind,
        identity_id=identity.lower(),
        organization_id=organization.lower(),
        auth_method=method,
        num_uses_limit=_whole(claims.get("numUsesLimit")),
        complete=bool(token_id and identity and organization and method),
        issued_at=issued * 1000,
        created_at=_whole(claims.get("creationEpoch")) or issued,
        client_secret_id=_text(claims.get("clientSecretId")),
        ttl=_whole(claims.get("accessTokenTTL")),
        max_ttl=_whole(claims.get("accessTokenMaxTTL")),
        period=_whole(claims.get("accessTokenPeriod")),
        claims=claims,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int:
    """The number as a whole one; 0 for what is none, or is below 0."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 2**63:
        return 0
    return int(value)
