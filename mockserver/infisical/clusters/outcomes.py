"""What a call to a cluster comes to: the tables of connectivity and reviewer probe, by how the cluster is reached.

Source: kubernetes.md. Nothing here calls anything; the cluster is a value of the world.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from mockserver.infisical.clusters.cluster import Cluster, Reachability, Verdict
from mockserver.infisical.clusters.host import Authority


class Access(StrEnum):
    """How the service reaches the cluster."""

    DIRECT = "direct"
    TUNNEL = "tunnel"  # through a gateway, mode api: TLS to the host inside
    GATEWAY = "gateway"  # the gateway calls its own cluster, mode gateway


class Problem(NamedTuple):
    """Why a call failed: the `error` name of the 400, and the reason."""

    error: str
    message: str


class Target(NamedTuple):
    """One cluster, how it is reached, and whether its certificate is verified on the way."""

    cluster: Cluster
    access: Access
    authority: Authority | None
    verify_tls: bool

    @property
    def reachability(self) -> Reachability:
        """How the cluster appears from there: a certificate that nobody verifies does no harm."""
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

# Direct names are resolved before the call, so an unknown one is a connection error, not a host-not-found.
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
    """`GET {base}/version`: any answer below 500 is good."""
    state = target.reachability
    if state is Reachability.OK:
        return None
    error = _CONNECTIVITY[state][target.access is not Access.DIRECT]
    return Problem(error, f"The {target} {REASONS[state]}")


def review(target: Target, reviewer_jwt: str | None) -> Problem | None:
    """The reviewer probe; `reviewer_jwt` is None when the gateway reviews with its own service account."""
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
            f"The {target} forbids token reviews to the token reviewer JWT (403):"
            " its service account needs a binding to the ClusterRole system:auth-delegator",
        )
    return None
