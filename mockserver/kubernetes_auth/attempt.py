"""One attempt to configure Kubernetes Auth, as its rules see it: stored, sent, resulting, and facts of the world."""

from dataclasses import dataclass
from typing import Protocol

from mockserver.issues import Issue
from mockserver.kubernetes_auth.change import Change
from mockserver.kubernetes_auth.record import API_MODE, GATEWAY_MODE, KubernetesAuth
from mockserver.kubernetes_auth.resulting import Route, resulting, validation_route


class Problem(Protocol):
    """Why a cluster check failed."""

    @property
    def error(self) -> str:
        """The `error` name of the 400."""

    @property
    def message(self) -> str:
        """The reason, in words."""


@dataclass(frozen=True, slots=True)
class ClusterCheck:
    """What the service asks a cluster before it writes: through `route`, that of `host`, or the gateway's own if None.

    `reviewer_jwt` is None where the gateway reviews with its own service account.
    """

    route: Route
    host: str | None
    verify_tls: bool
    reviewer_jwt: str | None = None


class Facts(Protocol):
    """What the rules may ask of the world and of the caller. Every question is about the caller's organization."""

    @property
    def identity_known(self) -> bool:
        """Whether the identity belongs to the organization."""

    @property
    def identity_at_home(self) -> bool:
        """Whether the organization is the identity's home."""

    @property
    def identity_is_instance_admin(self) -> bool:
        """Whether the identity administers the whole instance."""

    @property
    def caller_is_member(self) -> bool:
        """Whether the caller belongs to the organization."""

    @property
    def caller_is_super_admin(self) -> bool:
        """Whether the caller may touch instance-admin identities."""

    def caller_may(self, action: str, subject: str) -> bool:
        """Whether the caller's role holds `action` on `subject`."""

    def plan_has(self, flag: str) -> bool:
        """Whether the plan has the flag on."""

    def gateway_known(self, gateway_id: str) -> bool:
        """Whether the gateway exists in the organization."""

    def pool_known(self, pool_id: str) -> bool:
        """Whether the pool exists in the organization."""

    def pool_is_healthy(self, pool_id: str) -> bool:
        """Whether the pool has a healthy member."""

    def host_is_local(self, host: str) -> bool:
        """Whether the guard against local and private hosts stops a direct call."""

    def host_is_url(self, host: str) -> bool:
        """Whether the text is a URL as it stands, scheme and all."""

    def connectivity(self, check: ClusterCheck) -> Problem | None:
        """What is wrong with reaching the cluster."""

    def review(self, check: ClusterCheck) -> Problem | None:
        """What is wrong with the reviewer."""


@dataclass(frozen=True, slots=True)
class UpdateAttempt:
    """One update, whole. `issues` and `unrecognized` are what the contract check found in the body."""

    identity_id: str
    stored: KubernetesAuth | None
    sent: Change
    facts: Facts
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    judged: "Judged | None" = None

    @classmethod
    def of(
        cls,
        identity_id: str,
        stored: KubernetesAuth | None,
        sent: Change,
        facts: Facts,
        *,
        issues: tuple[Issue, ...] = (),
        unrecognized: tuple[Issue, ...] = (),
        wrong_types: bool = False,
    ) -> "UpdateAttempt":
        """The attempt; what would result is worked out unless the body is refused anyway."""
        judged = None if stored is None or issues else Judged(stored, sent, resulting(stored, sent))
        return cls(identity_id, stored, sent, facts, issues, unrecognized, wrong_types, judged)

    @property
    def record(self) -> "Judged":
        """Stored and resulting record. Only for rules behind the one that refuses where there is none."""
        if self.judged is None:
            raise AssertionError("asked for a record before the rules that make sure there is one")
        return self.judged


@dataclass(frozen=True, slots=True)
class Judged:
    """The stored record, the change, and the record that would result."""

    stored: KubernetesAuth
    sent: Change
    after: KubernetesAuth

    @property
    def route(self) -> Route:
        """The way of the outbound checks."""
        return validation_route(self.stored, self.sent)

    @property
    def connectivity_check(self) -> ClusterCheck | None:
        """The reachability check that this change calls for, if any (behaviour 3.8)."""
        route, after = self.route, self.after
        if after.token_review_mode == GATEWAY_MODE:
            return None if route.is_direct else ClusterCheck(route, None, after.verify_tls_certificate)
        sends_host = isinstance(self.sent.kubernetes_host, str)
        if after.kubernetes_host is None or (route.is_direct and not sends_host):
            return None
        return ClusterCheck(route, after.kubernetes_host, after.verify_tls_certificate)

    @property
    def review_check(self) -> ClusterCheck | None:
        """The reviewer probe that this change calls for, if any (behaviour 3.8)."""
        route, after, jwt = self.route, self.after, self.sent.token_reviewer_jwt
        if after.token_review_mode == GATEWAY_MODE:
            return None if route.is_direct else ClusterCheck(route, None, after.verify_tls_certificate)
        if after.kubernetes_host is None or not isinstance(jwt, str) or not jwt:
            return None
        return ClusterCheck(route, after.kubernetes_host, after.verify_tls_certificate, jwt)

    @property
    def in_api_mode(self) -> bool:
        """Whether tokens are reviewed through the API of the host once the change is applied."""
        return self.after.token_review_mode == API_MODE
