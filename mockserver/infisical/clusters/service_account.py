"""Service-account JWTs of the simulated clusters: the command `token` issues them, token reviews accept them.

They have the claims of tokens that a Kubernetes API server projects into a pod, but are signed with HS256, because a
simulated cluster has no key pair.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import NAMESPACE_URL, uuid5

DEFAULT_TOKEN_KEY = "infisical-mock-cluster-key-not-for-production"  # noqa: S105 - public by design
ISSUER = "https://kubernetes.default.svc.cluster.local"
"""The issuer, which is also the default audience: the API server itself."""


# The library would check times against the system clock; `verified` uses the world's clock.
_UNCHECKED: Any = dict.fromkeys(
    ("verify_exp", "verify_nbf", "verify_iat", "verify_aud", "verify_iss", "verify_sub", "verify_jti"), False
)


class Pod(NamedTuple):
    """The user name and audiences of a verified token."""

    username: str
    audiences: tuple[str, ...]


def service_account_token(
    namespace: str, name: str, audiences: Sequence[str], key: str, issued: int, expires: int, token_id: str
) -> str:
    """Return a signed token. `issued` and `expires` are in seconds since 1970."""
    import jwt  # imported on first use to keep the start fast

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
    """Verify a token signed with `key` at `now` (milliseconds since 1970).

    Return its pod, or the reason why it is invalid, in the words of a Kubernetes API server.
    """
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
