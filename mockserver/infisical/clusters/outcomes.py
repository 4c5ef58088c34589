"""Outcomes of the connectivity check and the reviewer check, by reachability of the cluster and route to it.

No network request is made: the fixtures define how a cluster responds. Source: the service's behaviour.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from mockserver.infisical.clusters.cluster import NOWHERE, Cluster, Clusters, Reachability, Verdict
from mockserver.infisical.clusters.host import Authority, direct, takes_scheme_for_host


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


def direct_target(clusters: Clusters, host: str, verify_tls: bool) -> Target | None:
    """Return what a direct call to the host reaches; None if the text is not the URL of a host."""
    find = _known_target if len(host) <= _KEPT_LENGTH else _target
    return find(clusters, host, verify_tls)


def _target(clusters: Clusters, host: str, verify_tls: bool) -> Target | None:
    where = direct(host)
    if where is None:
        return None
    # A host name that is spelled like a scheme does not resolve, whatever `unknownHosts` is.
    cluster = NOWHERE if takes_scheme_for_host(host) else clusters.at(where)
    return Target(cluster, Access.DIRECT, where, verify_tls)


_KEPT_LENGTH = 300
"""Characters. A longer host is looked up each time, so that clients cannot fill the memory."""
_known_target = lru_cache(maxsize=512)(_target)


REASONS: Mapping[Reachability, str] = {
    Reachability.REFUSED: "refused the connection",
    Reachability.NOT_FOUND: "has a name that does not resolve",
    Reachability.TIMEOUT: "did not answer in time",
    Reachability.CERTIFICATE: "presents a certificate that cannot be verified",
    Reachability.SERVER_ERROR: "answered with status 500",
}

BAD_REQUEST = "BadRequest"
"""Whatever the service throws while a call goes through a gateway's tunnel becomes a 400 of this name."""

# A timeout has no name of its own: the service aborts the call first, and an abort is any network error.
_CONNECTIVITY: Mapping[Access, Mapping[Reachability, str]] = {
    Access.DIRECT: {
        Reachability.REFUSED: "KubernetesHostConnectionRefused",
        Reachability.NOT_FOUND: "KubernetesHostConnectionError",  # the name is resolved before the call
        Reachability.TIMEOUT: "KubernetesHostConnectionError",
        Reachability.CERTIFICATE: "KubernetesHostCertificateError",
        Reachability.SERVER_ERROR: "KubernetesHostConnectionError",
    },
    Access.TUNNEL: {
        Reachability.REFUSED: BAD_REQUEST,
        Reachability.NOT_FOUND: BAD_REQUEST,
        Reachability.TIMEOUT: BAD_REQUEST,
        Reachability.CERTIFICATE: BAD_REQUEST,
        Reachability.SERVER_ERROR: "GatewayConnectionError",
    },
    # The gateway answers 500 for a cluster that it cannot reach; only the service's own timeout is thrown.
    Access.GATEWAY: {
        Reachability.REFUSED: "GatewayConnectionError",
        Reachability.NOT_FOUND: "GatewayConnectionError",
        Reachability.TIMEOUT: BAD_REQUEST,
        Reachability.CERTIFICATE: "GatewayConnectionError",
        Reachability.SERVER_ERROR: "GatewayConnectionError",
    },
}

_REVIEW: Mapping[Access, Mapping[Reachability, str]] = {
    Access.DIRECT: {
        Reachability.REFUSED: "KubernetesConnectionRefused",
        Reachability.NOT_FOUND: "TokenReviewerPermissionError",
        Reachability.TIMEOUT: "KubernetesConnectionError",
        Reachability.CERTIFICATE: "KubernetesCertificateError",
        Reachability.SERVER_ERROR: "TokenReviewerPermissionError",
    },
    Access.TUNNEL: {
        Reachability.REFUSED: BAD_REQUEST,
        Reachability.NOT_FOUND: BAD_REQUEST,
        Reachability.TIMEOUT: BAD_REQUEST,
        Reachability.CERTIFICATE: BAD_REQUEST,
        Reachability.SERVER_ERROR: "TokenReviewerPermissionError",
    },
    Access.GATEWAY: {
        Reachability.REFUSED: "GatewayTokenReviewPermissionError",
        Reachability.NOT_FOUND: "GatewayTokenReviewPermissionError",
        Reachability.TIMEOUT: BAD_REQUEST,
        Reachability.CERTIFICATE: "GatewayTokenReviewPermissionError",
        Reachability.SERVER_ERROR: "GatewayTokenReviewPermissionError",
    },
}


def connectivity(target: Target) -> Problem | None:
    """Return the problem with `GET /version` to the cluster; None if it answers with a status below 500."""
    state = target.reachability
    if state is Reachability.OK:
        return None
    return Problem(_CONNECTIVITY[target.access][state], f"The {target} {REASONS[state]}")


def review(target: Target, reviewer_jwt: str | None) -> Problem | None:
    """Return the problem with a test token review; None if it succeeds.

    `reviewer_jwt` is None if the gateway reviews with its own service account.
    """
    state = target.reachability
    if state is not Reachability.OK:
        return Problem(_REVIEW[target.access][state], f"The {target} {REASONS[state]}")
    verdict = Verdict.ALLOWED if reviewer_jwt is None else target.cluster.verdict(reviewer_jwt)
    if verdict is Verdict.UNAUTHORIZED:
        return Problem("TokenReviewerPermissionError", f"The {target} does not accept the token reviewer JWT (401)")
    if verdict is Verdict.FORBIDDEN:
        return Problem(
            "TokenReviewerPermissionError",
            f"The {target} does not allow the token reviewer JWT to create token reviews (403):"
            " bind its service account to the ClusterRole system:auth-delegator",
        )
    return None
