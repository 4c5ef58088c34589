"""What the rules may ask, answered from the state of a world."""

from mockserver.api.caller import Caller
from mockserver.identity.organization import Role
from mockserver.kubernetes import outcomes
from mockserver.kubernetes.cluster import Cluster, Gateway
from mockserver.kubernetes.host import authority, has_scheme
from mockserver.kubernetes.outcomes import Access, Problem, Target
from mockserver.kubernetes_auth.attempt import ClusterCheck
from mockserver.kubernetes_auth.resulting import Route
from mockserver.state import State


class WorldFacts:
    """Facts about one identity, for one caller."""

    def __init__(self, state: State, caller: Caller, identity_id: str) -> None:
        self._state = state
        self._caller = caller
        self._identity = state.identities.get(identity_id)
        self._organization = state.organizations.get(caller.organization_id)

    @property
    def identity_known(self) -> bool:
        """Whether the identity belongs to the caller's organization."""
        return self._identity is not None and self._identity.is_member_of(self._caller.organization_id)

    @property
    def identity_at_home(self) -> bool:
        """Whether the caller's organization is the identity's home."""
        return self._identity is not None and self._identity.organization_id == self._caller.organization_id

    @property
    def identity_is_instance_admin(self) -> bool:
        """Whether the identity administers the whole instance."""
        return self._identity is not None and self._identity.instance_admin

    @property
    def caller_is_member(self) -> bool:
        """Whether the caller belongs to the organization of its token."""
        identity = self._caller.identity
        return identity is not None and identity.is_member_of(self._caller.organization_id)

    @property
    def caller_is_super_admin(self) -> bool:
        """Whether the caller may touch instance-admin identities."""
        return self._caller.identity is not None and self._caller.identity.instance_admin

    def caller_may(self, action: str, subject: str) -> bool:
        """Whether the caller's role holds `action` on `subject`."""
        role = self._role
        return role is not None and role.may(action, subject)

    def plan_has(self, flag: str) -> bool:
        """Whether the organization's plan has the flag on."""
        return self._organization is not None and flag in self._organization.plan

    def gateway_known(self, gateway_id: str) -> bool:
        """Whether the gateway exists in the organization."""
        gateway = self._state.gateways.get(gateway_id)
        return gateway is not None and gateway.organization_id == self._caller.organization_id

    def pool_known(self, pool_id: str) -> bool:
        """Whether the pool exists in the organization."""
        pool = self._state.gateway_pools.get(pool_id)
        return pool is not None and pool.organization_id == self._caller.organization_id

    def pool_is_healthy(self, pool_id: str) -> bool:
        """Whether the pool has a healthy member."""
        return self._pool_gateway(pool_id) is not None

    def host_is_local(self, host: str) -> bool:
        """Whether the guard against local and private hosts stops a direct call."""
        where = authority(host)
        return where is not None and where.is_local

    def host_is_url(self, host: str) -> bool:
        """Whether the text is a URL as it stands, scheme and all."""
        return has_scheme(host) and authority(host) is not None

    def connectivity(self, check: ClusterCheck) -> Problem | None:
        """What is wrong with reaching the cluster."""
        target = self._target(check)
        if isinstance(target, Target):
            return outcomes.connectivity(target)
        error = "KubernetesHostConnectionError" if check.route.is_direct else "GatewayConnectionError"
        return Problem(error, target)

    def review(self, check: ClusterCheck) -> Problem | None:
        """What is wrong with the reviewer."""
        target = self._target(check)
        if isinstance(target, Target):
            return outcomes.review(target, check.reviewer_jwt)
        prefix = "GatewayTokenReview" if check.reviewer_jwt is None else "TokenReviewer"
        return Problem(f"{prefix}PermissionError", target)

    def _target(self, check: ClusterCheck) -> Target | str:
        """The cluster that the check reaches, or why it reaches none."""
        clusters = self._state.clusters
        gateway = self._gateway(check.route)
        if not check.route.is_direct and (gateway is None or not gateway.healthy):
            return "The gateway has no connection"
        if check.host is None:
            cluster: Cluster | None = clusters.named(gateway.cluster) if gateway is not None else None
            return (
                Target(cluster, Access.GATEWAY, None, check.verify_tls) if cluster else "The gateway is in no cluster"
            )
        where = authority(check.host)
        if where is None:
            return f"'{check.host}' is not the URL of a host"
        access = Access.DIRECT if check.route.is_direct else Access.TUNNEL
        return Target(clusters.at(where), access, where, check.verify_tls)

    def _gateway(self, route: Route) -> Gateway | None:
        if route.gateway_pool_id is not None:
            return self._pool_gateway(route.gateway_pool_id)
        return None if route.gateway_id is None else self._state.gateways.get(route.gateway_id)

    def _pool_gateway(self, pool_id: str) -> Gateway | None:
        """The pool's first healthy member."""
        pool = self._state.gateway_pools.get(pool_id)
        members = () if pool is None else (self._state.gateways.get(each) for each in pool.gateways)
        return next((member for member in members if member is not None and member.healthy), None)

    @property
    def _role(self) -> Role | None:
        identity, organization = self._caller.identity, self._organization
        return None if identity is None or organization is None else organization.role(identity.role)
