"""The token review of a login: the cluster's response, or the failure to get one. No network request is made."""

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from mockserver.infisical.clusters.cluster import Cluster, Reachability, ServiceAccount, Verdict
from mockserver.infisical.clusters.outcomes import BAD_REQUEST, REASONS, Access, Target
from mockserver.infisical.clusters.service_account import ISSUER, verified


class Failure(NamedTuple):
    """A failed token review: HTTP status and `error` name of the login's response, and the reason in plain words."""

    status: int
    error: str
    message: str


class Review(NamedTuple):
    """The `status` of a Kubernetes TokenReview, or a failure. An optional key that is absent is None."""

    authenticated: bool = False
    username: str = ""
    audiences: tuple[str, ...] | None = None
    error: str | None = None
    failure: Failure | None = None


def failed(error: str, message: str, status: int = 400) -> Review:
    """Return a failed review."""
    return Review(failure=Failure(status, error, message))


_FAILURES: Mapping[Reachability, str] = {
    Reachability.REFUSED: "KubernetesConnectionRefused",
    Reachability.NOT_FOUND: "KubernetesTokenReviewError",  # the name is resolved before the call
    Reachability.TIMEOUT: "KubernetesConnectionError",
    Reachability.CERTIFICATE: "KubernetesCertificateError",
    Reachability.SERVER_ERROR: "KubernetesTokenReviewRequestError",
}
_REVIEWER_FAILURES: Mapping[Verdict, tuple[str, str]] = {
    Verdict.UNAUTHORIZED: ("KubernetesTokenReviewerUnauthorized", "does not accept the token reviewer JWT (401)"),
    Verdict.FORBIDDEN: (
        "KubernetesTokenReviewerForbidden",
        "does not allow the token reviewer JWT to create token reviews (403)",
    ),
}
NO_STATUS = failed("KubernetesAuthLoginError", "The cluster's response to the token review has no status")


def token_review(target: Target, token: str, audience: str, reviewer_jwt: str | None, now: int) -> Review:
    """Return the review of `token` by the target's cluster at `now` (milliseconds since 1970).

    The review requests `audience` unless it is empty. `reviewer_jwt` is None if the gateway reviews with its own
    service account. Every failure of a call through a gateway is a `BadRequest`.
    """
    is_direct = target.access is Access.DIRECT
    state = target.reachability
    if state is not Reachability.OK:
        return failed(_FAILURES[state] if is_direct else BAD_REQUEST, f"The {target} {REASONS[state]}")
    verdict = Verdict.ALLOWED if reviewer_jwt is None else target.cluster.verdict(reviewer_jwt)
    if verdict in _REVIEWER_FAILURES:
        error, reason = _REVIEWER_FAILURES[verdict]
        message = f"The {target} {reason}"
        return failed(error, message, 401) if is_direct else failed(BAD_REQUEST, message)
    for account in target.cluster.service_accounts:
        if account.token == token:
            return _listed(account)
    return _signed(target.cluster, token, audience, now)


@lru_cache(maxsize=512)
def _listed(account: ServiceAccount) -> Review:
    """Return the review that the fixtures define for the token."""
    if account.without_status:
        return NO_STATUS
    username = account.username
    if username is None:
        username = f"system:serviceaccount:{account.namespace}:{account.name}"
    return Review(account.authenticated, username, account.audiences, account.error)


def _signed(cluster: Cluster, token: str, audience: str, now: int) -> Review:
    """Return an API server's review of a JWT: it must be valid for the requested audience, by default the server."""
    if token.count(".") != 2:
        return Review()
    pod = verified(token, cluster.token_key, now)
    if isinstance(pod, str):
        return Review(error=pod)
    wanted = audience or ISSUER
    if wanted not in pod.audiences:
        shown = " ".join(pod.audiences)
        return Review(error=f"token audiences [{shown}] are not meant for the audience [{wanted}] of the review")
    return Review(True, pod.username, (wanted,))
