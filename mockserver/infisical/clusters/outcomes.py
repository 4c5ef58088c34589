"""Outcomes of the connectivity check and the reviewer check, by reachability of the cluster and route to it.

No network request is made: the fixtures define how a cluster responds. Source: the service's behaviour.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from mockserver.infisical.clusters.cluster import Cluster, Reachability, Verdict
from mockserver.infisical.clusters.host import Authority


class Access(StrEnum):
    """The route by which the service reaches a cluster."""

    DIRECT = "direct"
    TUNNEL = "tunnel"  # mode api through a gateway: TLS to the host inside
    GATEWAY = "gateway"  # mode gateway: the gateway calls its own cluster


class Problem(NamedTuple):
    """A failed check: the `error` name of the 400, and the reason in plain words."""

    error: str
    message: str


class Target(NamedTuple):
    """A cluster, the route to it, and whether its certificate is verified."""

    cluster: Cluster
    access: Access
    authority: Authority | None
    verify_tls: bool

    @property
    def reachability(self) -> Reachability:
        """The reachability by this route. A certificate error counts only if the certificate is verified."""
        state = self.cluster.reachability
        verified = self.verify_tls and self.access is not Access.GATEWAY
        return Reachability.OK if state is Reachability.CERTIFICATE and not verified else state

    def __str__(self) -> str:
        where = self.cluster.name if self.authority is None else str(self.authority)
        return f"cluster {where}" if self.access is Access.DIRECT else f"cluster {where} through the gateway"


REASONS: Mapping[Reachability, str] = {
    Reachability.REFUSED: "refused the connection",
    Reachability.NOT_FOUND: "has a name that does not resolve",
    Reachability.TIMEOUT: "did not answer in time",
    Reachability.CERTIFICATE: "presents a certificate that cannot be verified",
    Reachability.SERVER_ERROR: "answered with status 500",
}

# Each pair holds the `error` names for a direct call and for one through a gateway. The service resolves the host name
# before a direct call, so an unknown name is a connection error there.
_CONNECTIVITY: Mapping[Reachability, tuple[str, str]] = {
    Reachability.REFUSED: ("KubernetesHostConnectionRefused", "GatewayConnectionRefused"),
    Reachability.NOT_FOUND: ("KubernetesHostConnectionError", "GatewayHostNotFound"),
    Reachability.TIMEOUT: ("KubernetesHostConnectionTimeout", "GatewayConnectionTimeout"),
    Reachability.CERTIFICATE: ("KubernetesHostCertificateError", "GatewayCertificateError"),
    Reachability.SERVER_ERROR: ("KubernetesHostConnectionError", "GatewayConnectionError"),
}

_REVIEW: Mapping[Reachability, tuple[str, str]] = {
    Reachability.REFUSED: ("KubernetesConnectionRefused", "GatewayConnectionRefused"),
    Reachability.NOT_FOUND: ("TokenReviewerPermissionError", "GatewayHostNotFound"),
    Reachability.TIMEOUT: ("KubernetesConnectionTimeout", "GatewayConnectionTimeout"),
    Reachability.CERTIFICATE: ("KubernetesCertificateError", "GatewayCertificateError"),
}


def connectivity(target: Target) -> Problem | None:
    """Return the problem with `GET /version` to the cluster; None if it answers with a status below 500."""
    state = target.reachability
    if state is Reachability.OK:
        return None
    error = _CONNECTIVITY[state][target.access is not Access.DIRECT]
    return Problem(error, f"The {target} {REASONS[state]}")


def review(target: Target, reviewer_jwt: str | None) -> Problem | None:
    """Return the problem with a test token review; None if it succeeds.

    `reviewer_jwt` is None if the gateway reviews with its own service account.
    """
    prefix = "GatewayTokenReview" if reviewer_jwt is None else "TokenReviewer"
    state = target.reachability
    if state in _REVIEW:
        return Problem(_REVIEW[state][target.access is not Access.DIRECT], f"The {target} {REASONS[state]}")
    if state is Reachability.SERVER_ERROR:
        return Problem(f"{prefix}PermissionError", f"The {target} {REASONS[state]} to a token review")
    verdict = Verdict.ALLOWED if reviewer_jwt is None else target.cluster.verdict(reviewer_jwt)
    if verdict is Verdict.UNAUTHORIZED:
        return Problem(f"{prefix}PermissionError", f"The {target} does not accept the token reviewer JWT (401)")
    if verdict is Verdict.FORBIDDEN:
        return Problem(
            f"{prefix}PermissionError",
            f"The {target} does not allow the token reviewer JWT to create token reviews (403):"
            " bind its service account to the ClusterRole system:auth-delegator",
        )
    return None
