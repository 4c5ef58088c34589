"""Facts that rules read, computed from the state of a world."""

from collections.abc import Callable, Iterator

from mockserver.api.caller import Caller
from mockserver.infisical.clusters import outcomes
from mockserver.infisical.clusters.cluster import UNREACHABLE, Cluster, Gateway, GatewayPool
from mockserver.infisical.clusters.host import Authority, dialled, direct, tunnelled
from mockserver.infisical.clusters.outcomes import BAD_REQUEST, Access, Problem, Target, direct_target
from mockserver.infisical.clusters.token_review import Review, failed, token_review
from mockserver.infisical.identities.organization import Role
from mockserver.infisical.identity_templates.template import KUBERNETES, IdentityTemplate
from mockserver.infisical.kubernetes_auth.request import ClusterCheck
from mockserver.infisical.kubernetes_auth.resulting import Route
from mockserver.infisical.preconditions import Pair
from mockserver.infisical.state import State


class WorldFacts:
    """Facts about one identity and one caller.

    With `by_project`, the project that manages the identity decides what the caller may do to it. `named_as_stored`
    says whether the request names the identity without capitals.
    """

    def __init__(
        self,
        state: State,
        caller: Caller,
        identity_id: str = "",
        *,
        named_as_stored: bool = True,
        by_project: bool = True,
    ) -> None:
        self.state = state
        self._organization_id = caller.organization_id
        self._organization = organization = state.organizations.get(caller.organization_id)
        self._identity = identity = state.identities.get(identity_id)
        self._caller = caller.identity
        # The caller may have been deleted since its token was checked: a body takes its time.
        who = None if caller.identity is None else state.identities.get(caller.identity.id)
        self.held: set[tuple[object, object]] = set()
        """The rulebooks, each with an edition, whose rules about caller and identity have accepted them."""
        self.identity_at_home = identity is not None and identity.organization_id == caller.organization_id
        """Whether the caller's organization is the identity's home."""
        self.identity_known = self.identity_at_home or (
            identity is not None and identity.membership(caller.organization_id) is not None
        )
        """Whether the identity belongs to the caller's organization."""
        self.identity_is_instance_admin = named_as_stored and identity is not None and identity.instance_admin
        """Whether the identity administers the whole instance, and the request names it without capitals."""
        membership = None if who is None or organization is None else who.membership(caller.organization_id)
        self.caller_is_member = membership is not None
        """Whether the caller belongs to the organization of its token."""
        self.caller_is_super_admin = who is not None and who.instance_admin
        """Whether the caller may modify instance-admin identities."""
        self._role = None if membership is None or organization is None else organization.role(membership.role)
        self.managing_project = identity.project_id if by_project and identity is not None else None
        """The project that manages the identity, if its permissions decide about the request."""
        project_role = None
        if self.managing_project is not None and organization is not None and who is not None:
            project = organization.projects.get(self.managing_project)
            project_role = None if project is None else project.role_of(who.id)
        self.caller_is_project_member = project_role is not None
        """Whether the caller belongs to that project."""
        self._project_role = project_role

    @property
    def caller_role(self) -> Role | None:
        """The caller's role in the organization; None if the organization does not have it."""
        return self._role

    def caller_may_in_project(self, action: str) -> bool:
        """Whether the caller's role in the managing project holds `action` on `identity`."""
        return self._project_role is not None and self._project_role.may(action, "identity")

    def caller_project_rules(self, action: str) -> list[dict[str, object]]:
        """Return the permissions of the caller's role in the managing project, as `details` lists them."""
        return [] if self._project_role is None else self._project_role.about(action, "identity")

    def caller_may(self, action: str, subject: str) -> bool:
        """Whether the caller's role holds `action` on `subject`."""
        return self._role is not None and self._role.may(action, subject)

    def caller_rules(self, action: str, subject: str) -> list[dict[str, object]]:
        """Return the permissions of the caller's role about the pair, as `details` lists them."""
        return [] if self._role is None else self._role.about(action, subject)

    def missing(self, action: str, role: str | None = None) -> list[Pair]:
        """Return the permissions that the caller lacks for `action` on the identity, or on one with that role."""
        if self._organization is None or not self._organization.legacy_privileges:
            return [] if self.caller_may(action, "identity") else [(action, "identity")]
        if role is None:
            membership = None if self._identity is None else self._identity.membership(self._organization_id)
            role = None if membership is None else membership.role
        target = None if role is None else self._organization.role(role)
        return [] if target is None else sorted(pair for pair in target.held if not self.caller_may(*pair))

    def plan_has(self, flag: str) -> bool:
        """Whether the organization's plan includes the flag."""
        return self._organization is not None and flag in self._organization.plan

    @property
    def identity_limit(self) -> int:
        """How many identities the plan allows; 0 means no limit."""
        return 0 if self._organization is None else self._organization.identity_limit or 0

    def identities_used(self) -> int:
        """Return how many identities have the organization as their home."""
        state, home = self.state, self._organization_id
        return sum(state.identities[each].organization_id == home for each in state.members.ids_in(home))

    def role(self, slug: str) -> Role | None:
        """Return the built-in or custom role with that slug; None if the organization has none."""
        return None if self._organization is None else self._organization.role(slug)

    def gateway_known(self, gateway_id: str) -> bool:
        """Whether the gateway exists in the organization."""
        gateway = self.state.gateways.get(gateway_id)
        return gateway is not None and gateway.organization_id == self._organization_id and not gateway.retired

    def template(self, template_id: str) -> IdentityTemplate | None:
        """Return the organization's auth template for Kubernetes Auth with that id; None without one."""
        found = self.state.templates.get(template_id)
        if found is None or found.organization_id != self._organization_id or found.method != KUBERNETES:
            return None
        return found

    def pool_known(self, pool_id: str) -> bool:
        """Whether the pool exists in the organization."""
        pool = self.state.gateway_pools.get(pool_id)
        return pool is not None and pool.organization_id == self._organization_id

    def pool_is_healthy(self, pool_id: str) -> bool:
        """Whether the pool has a healthy member."""
        return self._pool_gateway(pool_id) is not None

    def host_is_local(self, host: str) -> bool:
        """Whether the service rejects a direct call to the host because it is local or private."""
        where = direct(host)
        return where is not None and where.is_local

    def host_is_url(self, host: str) -> bool:
        """Whether the text is a URL with a scheme."""
        return tunnelled(host) is not None

    def connectivity(self, check: ClusterCheck) -> Problem | None:
        """Return why the cluster cannot be reached; None if it can."""
        target = self._target(check, tunnelled)
        if isinstance(target, Target):
            return outcomes.connectivity(target)
        if check.route.is_direct:
            return Problem("KubernetesHostConnectionError", target)
        return Problem("GatewayConnectionError" if self._gateway(check.route) is None else BAD_REQUEST, target)

    def review(self, check: ClusterCheck) -> Problem | None:
        """Return why the test token review fails; None if it succeeds."""
        target = self._target(check, tunnelled)
        if isinstance(target, Target):
            return outcomes.review(target, check.reviewer_jwt)
        return Problem("TokenReviewerPermissionError" if check.route.is_direct else BAD_REQUEST, target)

    def gateway_exists(self, gateway_id: str) -> bool:
        """Whether the gateway exists, healthy or not."""
        return gateway_id in self.state.gateways

    def token_review(
        self, check: ClusterCheck, token: str, audience: str, now: int, fails_over: bool = False
    ) -> Review:
        """Return the token review of a login at `now` (milliseconds).

        With `fails_over`, the next healthy gateway of a pool is tried where one cannot connect.
        """
        if not fails_over or check.route.gateway_pool_id is None:
            return self._token_review(check, token, audience, now)
        routes = self._members(check.route)
        for route in routes:
            review = self._token_review(check._replace(route=route), token, audience, now)
            if route is routes[-1] or not self._is_unreachable(check._replace(route=route)):
                break
        return review

    def _members(self, route: Route) -> list[Route]:
        """Return the route through each healthy gateway of the pool; the route itself if there is none."""
        pool = None if route.gateway_pool_id is None else self.state.gateway_pools.get(route.gateway_pool_id)
        return [Route(each.id, None) for each in self._healthy(pool)] or [route]

    def _is_unreachable(self, check: ClusterCheck) -> bool:
        target = self._target(check, dialled)
        return isinstance(target, str) or target.reachability in UNREACHABLE

    def _token_review(self, check: ClusterCheck, token: str, audience: str, now: int) -> Review:
        target = self._target(check, dialled)
        if isinstance(target, Target):
            return token_review(target, token, audience, check.reviewer_jwt, now)
        return failed("KubernetesTokenReviewError" if check.route.is_direct else BAD_REQUEST, target)

    def _target(self, check: ClusterCheck, through_gateway: Callable[[str], Authority | None]) -> Target | str:
        """Return the cluster that the check reaches, or why it reaches none.

        `through_gateway` parses the address that a gateway dials; logins parse it differently than attach and update.
        """
        if check.route.is_direct:
            return self._direct_target(check)
        gateway = self._gateway(check.route)
        if gateway is None or not gateway.healthy:
            return "The gateway has no connection"
        clusters = self.state.clusters
        if check.host is None:
            cluster: Cluster | None = clusters.named(gateway.cluster)
            return (
                Target(cluster, Access.GATEWAY, None, check.verify_tls) if cluster else "The gateway is in no cluster"
            )
        where = through_gateway(check.host)
        if where is None or not where.host:
            return f"The gateway finds no host to connect to in '{check.host}'"
        return Target(clusters.at(where), Access.TUNNEL, where, check.verify_tls)

    def _direct_target(self, check: ClusterCheck) -> Target | str:
        target = None if check.host is None else direct_target(self.state.clusters, check.host, check.verify_tls)
        return f"'{check.host}' is not the URL of a host" if target is None else target

    def _gateway(self, route: Route) -> Gateway | None:
        if route.gateway_pool_id is not None:
            return self._pool_gateway(route.gateway_pool_id)
        return None if route.gateway_id is None else self.state.gateways.get(route.gateway_id)

    def _pool_gateway(self, pool_id: str) -> Gateway | None:
        """Return the first healthy gateway of the pool; None if there is none."""
        return next(self._healthy(self.state.gateway_pools.get(pool_id)), None)

    def _healthy(self, pool: GatewayPool | None) -> Iterator[Gateway]:
        for each in () if pool is None else pool.gateways:
            member = self.state.gateways.get(each)
            if member is not None and member.healthy and not member.retired:
                yield member
