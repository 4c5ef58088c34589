"""Simulated clusters, gateways and gateway pools."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from mockserver.infisical.clusters.host import Authority, authority
from mockserver.infisical.clusters.service_account import DEFAULT_TOKEN_KEY


class Reachability(StrEnum):
    """The result of connecting to a cluster."""

    OK = "ok"
    REFUSED = "refused"
    NOT_FOUND = "not-found"
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    SERVER_ERROR = "server-error"


UNREACHABLE = frozenset((Reachability.REFUSED, Reachability.NOT_FOUND, Reachability.TIMEOUT))
"""The results of a gateway that cannot connect, so that a login tries the next one of its pool."""


class Verdict(StrEnum):
    """The cluster's response to a reviewer JWT: allowed, 401 or 403."""

    ALLOWED = "allowed"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"


class ServiceAccount(NamedTuple):
    """A service-account token and the result of its review. `username` replaces namespace and name if it is set."""

    token: str
    namespace: str = ""
    name: str = ""
    audiences: tuple[str, ...] = ()
    username: str | None = None
    authenticated: bool = True
    error: str | None = None
    without_status: bool = False


class Cluster(NamedTuple):
    """A Kubernetes API server. `hosts` are texts of the fixtures; a reviewer that is not listed is allowed.

    It accepts the listed service-account tokens and JWTs that are signed with `token_key`.
    """

    name: str
    hosts: tuple[str, ...]
    reachability: Reachability = Reachability.OK
    reviewers: Mapping[str, Verdict] = MappingProxyType({})
    service_accounts: tuple[ServiceAccount, ...] = ()
    token_key: str = DEFAULT_TOKEN_KEY

    def verdict(self, reviewer_jwt: str) -> Verdict:
        """Return the response to that reviewer JWT; `allowed` if it is not listed."""
        return self.reviewers.get(reviewer_jwt, Verdict.ALLOWED)


class Gateway(NamedTuple):
    """A gateway deployed in the cluster named `cluster`. `created_at` is in milliseconds since 1970.

    A `retired` gateway is of version 1: stored records may name it, but requests cannot.
    """

    id: str
    organization_id: str
    name: str
    cluster: str
    healthy: bool = True
    created_at: int = 0
    retired: bool = False


class GatewayPool(NamedTuple):
    """A pool of interchangeable gateways. `gateways` lists their ids in order."""

    id: str
    organization_id: str
    name: str
    gateways: tuple[str, ...] = ()


class Clusters:
    """The clusters of a world, by name and by authority. Any other host has the reachability `unknown_hosts`."""

    def __init__(self, clusters: tuple[Cluster, ...] = (), unknown_hosts: Reachability = Reachability.OK) -> None:
        self.all = clusters
        self.unknown_hosts = unknown_hosts
        self._unknown = Cluster(name="(unknown host)", hosts=(), reachability=unknown_hosts)
        self._by_name = {cluster.name: cluster for cluster in clusters}
        self._by_authority = {found: cluster for cluster in clusters for found in authorities(cluster)}

    def named(self, name: str) -> Cluster | None:
        """Return the cluster of that name; None if there is none."""
        return self._by_name.get(name)

    def at(self, target: Authority) -> Cluster:
        """Return the cluster at that authority; the unknown host if there is none."""
        return self._by_authority.get(target, self._unknown)


NOWHERE = Cluster(name="(unknown host)", hosts=(), reachability=Reachability.NOT_FOUND)
"""What a name that never resolves leads to, whatever `unknownHosts` says."""


def authorities(cluster: Cluster) -> list[Authority]:
    """Return the authorities of the cluster's hosts, without texts that are not a URL."""
    return [found for found in map(authority, cluster.hosts) if found is not None]
