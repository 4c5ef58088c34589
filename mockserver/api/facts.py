"""What the rules may ask, answered from the state of a world."""

from mockserver.api.caller import Caller
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
        self._organization_id = caller.organization_id
        self._organization = state.organizations.get(caller.organization_id)
        identity, who = state.identities.get(identity_id), caller.identity
        at_home = identity is not None and identity.organization_id == caller.organization_id
        self.identity_at_home = at_home
        """Whether the caller's organization is the identity's home."""
        self.identity_known = at_home or (identity is not None and identity.is_member_of(caller.organization_id))
        """Whether the identity belongs to the caller's organization."""
        self.identity_is_instance_admin = identity is not None and identity.instance_admin
        """Whether the identity administers the whole instance."""
        self.caller_is_member = who is not None and who.is_member_of(caller.organization_id)
        """Whether the caller belongs to the organization of its token."""
        self.caller_is_super_admin = who is not None and who.instance_admin
        """Whether the caller may touch instance-admin identities."""
        self._role = None if who is None or self._organization is None else self._organization.role(who.role)

    def caller_may(self, action: str, subject: str) -> bool:
        """Whether the caller's role holds `action` on `subject`."""
        return self._role is not None and self._role.may(action, subject)

    def plan_has(self, flag: str) -> bool:
        """Whether the organization's plan has the flag on."""
        return self._organization is not None and flag in self._organization.plan

    def gateway_known(self, gateway_id: str) -> bool:
        """Whether the gateway exists in the organization."""
        gateway = self._state.gateways.get(gateway_id)
        return gateway is not None and gateway.organization_id == self._organization_id

    def pool_known(self, pool_id: str) -> bool:
        """Whether the pool exists in the organization."""
        pool = self._state.gateway_pools.get(pool_id)
        return pool is not None and pool.organization_id == self._organization_id

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
