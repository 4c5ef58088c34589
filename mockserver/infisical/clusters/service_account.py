"""Service-account JWTs of the simulated clusters: made by the command `token`, accepted by a token review.

Shaped as the tokens that a Kubernetes API server projects into a pod, but signed with HS256: there is no key pair.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

DEFAULT_TOKEN_KEY = "infisical-mock-cluster-key-not-for-production"  # noqa: S105 - public by design
ISSUER = "https://kubernetes.default.svc.cluster.local"
"""Issuer, and the audience of the API server itself: that of a token that names no other."""


# The clock is the world's, so times are judged here and not by the library.
_UNCHECKED: Any = dict.fromkeys(
    ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti"), False
)


class Pod(NamedTuple):
    """Whom a token stands for, and for which audiences."""

    username: str
    audiences: tuple[str, ...]


def service_account_token(
    namespace: str, name: str, audiences: Sequence[str], key: str, issued: int, expires: int, token_id: str
) -> str:
    """A signed token; `issued` and `expires` in seconds since 1970."""
    import jwt  # on first use: nothing else of a start needs it

    claims = {
        "aud": list(audiences) or [ISSUER],
        "exp": expires,
        "iat": issued,
        "iss": ISSUER,
        "jti": token_id,
        "kubernetes.io": {
            "namespace": namespace,
            "serviceaccount": {"name": name, "uid": str(uuid5(NAMESPACE_URL, f"{ISSUER}/{namespace}/{name}"))},
        },
        "nbf": issued,
        "sub": f"system:serviceaccount:{namespace}:{name}",
    }
    return jwt.encode(claims, key, algorithm="HS256")


def verified(token: str, key: str, now: int) -> Pod | str:
    """Whom a token signed with `key` stands for at `now` (milliseconds); or the reason why it stands for nobody."""
    import jwt

    try:
        claims: dict[str, Any] = jwt.decode(token, key, algorithms=["HS256"], options=_UNCHECKED)
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        return "invalid bearer token"
    seconds = now // 1000
    expires, starts = claims.get("exp"), claims.get("nbf")
    if claims.get("iss") != ISSUER or not isinstance(expires, int | float):
        return "invalid bearer token"
    if seconds >= expires:
        return "invalid bearer token, service account token has expired"
    if isinstance(starts, int | float) and seconds < starts:
        return "invalid bearer token, service account token is not valid yet"
    audiences = claims.get("aud")
    named = audiences if isinstance(audiences, list) else [audiences]
    return Pod(str(claims.get("sub", "")), tuple(each for each in named if isinstance(each, str)))
