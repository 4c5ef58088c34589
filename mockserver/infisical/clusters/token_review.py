"""What a token review at login comes to: the cluster's answer, or why there is none (kubernetes.md, login review)."""

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.infisical.clusters.cluster import Cluster, Reachability, ServiceAccount, Verdict
from mockserver.infisical.clusters.outcomes import REASONS, Access, Target
from mockserver.infisical.clusters.service_account import ISSUER, verified


class Failure(NamedTuple):
    """Why there is no status: HTTP status and `error` name of the login's answer, and the reason."""

    status: int
    error: str
    message: str


class Review(NamedTuple):
    """The status of a TokenReview, or the failure that stands in its place. A key that is not there is None."""

    authenticated: bool = False
    username: str = ""
    audiences: tuple[str, ...] | None = None
    error: str | None = None
    failure: Failure | None = None


def failed(error: str, message: str, status: int = 400) -> Review:
    """The review that came to nothing."""
    return Review(failure=Failure(status, error, message))


_FAILURES: Mapping[Reachability, str] = {
    Reachability.REFUSED: "ConnectionRefused",
    Reachability.NOT_FOUND: "HostNotFound",
    Reachability.TIMEOUT: "ConnectionTimeout",
    Reachability.CERTIFICATE: "CertificateError",
    Reachability.SERVER_ERROR: "TokenReviewRequestError",
}
NO_STATUS = failed("KubernetesAuthLoginError", "The cluster's answer to the token review has no status")


def token_review(target: Target, token: str, audience: str, reviewer_jwt: str | None, now: int) -> Review:
    """The review of `token` by the target's cluster; `reviewer_jwt` None: the gateway reviews with its own account.

    `audience` is asked for unless it is empty; `now` is in milliseconds.
    """
    prefix = "Gateway" if target.access is Access.GATEWAY else "Kubernetes"
    state = target.reachability
    if state is Reachability.NOT_FOUND and target.access is Access.DIRECT:
        # The name is resolved before the call, so this is no failure of HTTP.
        return failed("KubernetesTokenReviewError", f"The {target} {REASONS[state]}")
    if state is not Reachability.OK:
        return failed(f"{prefix}{_FAILURES[state]}", f"The {target} {REASONS[state]}")
    verdict = Verdict.ALLOWED if reviewer_jwt is None else target.cluster.verdict(reviewer_jwt)
    if verdict is Verdict.UNAUTHORIZED:
        message = f"The {target} does not accept the token reviewer (401)"
        return failed(f"{prefix}TokenReviewerUnauthorized", message, 401)
    if verdict is Verdict.FORBIDDEN:
        message = f"The {target} forbids token reviews to the token reviewer (403)"
        return failed(f"{prefix}TokenReviewerForbidden", message, 401)
    for account in target.cluster.service_accounts:
        if account.token == token:
            return _listed(account)
    return _signed(target.cluster, token, audience, now)


def _listed(account: ServiceAccount) -> Review:
    """What the fixtures say of the token."""
    if account.without_status:
        return NO_STATUS
    username = account.username
    if username is None:
        username = f"system:serviceaccount:{account.namespace}:{account.name}"
    return Review(account.authenticated, username, account.audiences, account.error)


def _signed(cluster: Cluster, token: str, audience: str, now: int) -> Review:
    """What an API server says: the token has to be meant for the audience asked for, or else for the server itself."""
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
