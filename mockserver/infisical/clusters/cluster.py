"""Simulated clusters, and the gateways and pools that lead to them."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from mockserver.infisical.clusters.host import Authority, authority
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY


class Reachability(StrEnum):
    """How a cluster answers: well, not at all, or wrongly."""

    OK = "ok"
    REFUSED = "refused"
    NOT_FOUND = "not-found"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    SERVER_ERROR = "server-error"


class Verdict(StrEnum):
    """What a cluster says to a reviewer JWT."""

    ALLOWED = "allowed"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"


class ServiceAccount(NamedTuple):
    """A token that a pod presents at login, and what a review of it says. `username` stands for namespace and name."""

    token: str
    namespace: str = ""
    name: str = ""
    audiences: tuple[str, ...] = ()
    username: str | None = None
    authenticated: bool = True
    error: str | None = None
    without_status: bool = False


class Cluster(NamedTuple):
    """One Kubernetes API server. `hosts` are the texts of the fixtures; a reviewer that is not listed is allowed.

    Service-account tokens are the listed ones, and JWTs that are signed with `token_key`.
    """

    name: str
    hosts: tuple[str, ...]
    reachability: Reachability = Reachability.OK
    reviewers: Mapping[str, Verdict] = MappingProxyType({})
    service_accounts: tuple[ServiceAccount, ...] = ()
    token_key: str = DEFAULT_TOKEN_KEY

    def verdict(self, reviewer_jwt: str) -> Verdict:
        """What the cluster says to that reviewer JWT."""
        return self.reviewers.get(reviewer_jwt, Verdict.ALLOWED)


class Gateway(NamedTuple):
    """A gateway deployed in a cluster, named by the cluster's name. Times are milliseconds since 1970."""

    id: str
    organization_id: str
    name: str
    cluster: str
    healthy: bool = True
    created_at: int = 0


class GatewayPool(NamedTuple):
    """Gateways that stand in for one another, by id, in order."""

    id: str
    organization_id: str
    name: str
    gateways: tuple[str, ...] = ()


class Clusters:
    """Every cluster of a world, found by name or by the authority of a URL. `unknown_hosts` stands for any other."""

    def __init__(self, clusters: tuple[Cluster, ...] = (), unknown_hosts: Reachability = Reachability.OK) -> None:
        self.all = clusters
        self.unknown_hosts = unknown_hosts
        self._unknown = Cluster(name="(unknown host)", hosts=(), reachability=unknown_hosts)
        self._by_name = {cluster.name: cluster for cluster in clusters}
        self._by_authority = {found: cluster for cluster in clusters for found in authorities(cluster)}

    def named(self, name: str) -> Cluster | None:
        """The cluster of that name."""
        return self._by_name.get(name)

    def at(self, target: Authority) -> Cluster:
        """The cluster that answers there."""
        return self._by_authority.get(target, self._unknown)


def authorities(cluster: Cluster) -> list[Authority]:
    """Where the cluster's hosts point."""
    return [found for found in map(authority, cluster.hosts) if found is not None]
