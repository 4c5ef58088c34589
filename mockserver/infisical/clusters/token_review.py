"""The token review of a login: the cluster's response, or the failure to get one. No network request is made."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.infisical.clusters.cluster import Cluster, Reachability, ServiceAccount, Verdict
from mockserver.infisical.clusters.outcomes import REASONS, Access, Target
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
    Reachability.REFUSED: "ConnectionRefused",
    Reachability.NOT_FOUND: "HostNotFound",
    Reachability.TIMEOUT: "ConnectionTimeout",
    Reachability.CERTIFICATE: "CertificateError",
    Reachability.SERVER_ERROR: "TokenReviewRequestError",
}
NO_STATUS = failed("KubernetesAuthLoginError", "The cluster's response to the token review has no status")


def token_review(target: Target, token: str, audience: str, reviewer_jwt: str | None, now: int) -> Review:
    """Return the review of `token` by the target's cluster at `now` (milliseconds since 1970).

    The review requests `audience` unless it is empty. `reviewer_jwt` is None if the gateway reviews with its own
    service account.
    """
    prefix = "Gateway" if target.access is Access.GATEWAY else "Kubernetes"
    state = target.reachability
    if state is Reachability.NOT_FOUND and target.access is Access.DIRECT:
        # The service resolves the name before the call, so the error is not that of an HTTP request.
        return failed("KubernetesTokenReviewError", f"The {target} {REASONS[state]}")
    if state is not Reachability.OK:
        return failed(f"{prefix}{_FAILURES[state]}", f"The {target} {REASONS[state]}")
    verdict = Verdict.ALLOWED if reviewer_jwt is None else target.cluster.verdict(reviewer_jwt)
    if verdict is Verdict.UNAUTHORIZED:
        message = f"The {target} does not accept the token reviewer JWT (401)"
        return failed(f"{prefix}TokenReviewerUnauthorized", message, 401)
    if verdict is Verdict.FORBIDDEN:
        message = f"The {target} does not allow the token reviewer JWT to create token reviews (403)"
        return failed(f"{prefix}TokenReviewerForbidden", message, 401)
    for account in target.cluster.service_accounts:
        if account.token == token:
            return _listed(account)
    return _signed(target.cluster, token, audience, now)


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
