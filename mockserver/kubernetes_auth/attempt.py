"""One attempt to configure Kubernetes Auth, as its rules see it: stored, sent, resulting, and facts of the world."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, cast

from mockserver.issues import Issue
from mockserver.kubernetes_auth.change import Change
from mockserver.kubernetes_auth.record import GATEWAY_MODE, KubernetesAuth
from mockserver.kubernetes_auth.resulting import Route, resulting, validation_route


class Problem(Protocol):
    """Why a cluster check failed."""

    @property
    def error(self) -> str:
        """The `error` name of the 400."""

    @property
    def message(self) -> str:
        """The reason, in words."""


class ClusterCheck(NamedTuple):
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


@dataclass(slots=True)
class UpdateAttempt:
    """One update, whole. `issues` and `unrecognized` are what the contract check found in the body.

    `record` is for the rules behind the one that refuses an identity without Kubernetes Auth.
    """

    identity_id: str
    stored: KubernetesAuth | None
    sent: Change
    facts: Facts
    issues: tuple[Issue, ...]
    unrecognized: tuple[Issue, ...]
    wrong_types: bool
    record: "Judged"

    @classmethod
    def of(
        cls,
        identity_id: str,
        stored: KubernetesAuth | None,
        sent: Change,
        facts: Facts,
        now: int,
        *,
        issues: tuple[Issue, ...] = (),
        unrecognized: tuple[Issue, ...] = (),
        wrong_types: bool = False,
    ) -> "UpdateAttempt":
        """The attempt at `now` (milliseconds); what would result is worked out unless the body is refused anyway."""
        record = _NO_RECORD if stored is None or issues else Judged.of(stored, sent, resulting(stored, sent, now))
        return cls(identity_id, stored, sent, facts, issues, unrecognized, wrong_types, record)


@dataclass(slots=True)
class Judged:
    """The stored record, the one that would result, and what the service asks clusters about it (behaviour 3.8)."""

    stored: KubernetesAuth
    after: KubernetesAuth
    in_api_mode: bool
    route: Route
    connectivity_check: ClusterCheck | None
    review_check: ClusterCheck | None

    @classmethod
    def of(cls, stored: KubernetesAuth, sent: Change, after: KubernetesAuth) -> "Judged":
        """Works out route and checks from the three."""
        route = validation_route(stored, sent)
        if after.token_review_mode == GATEWAY_MODE:
            through = None if route.is_direct else ClusterCheck(route, None, after.verify_tls_certificate)
            return cls(stored, after, False, route, through, through)
        return cls(
            stored, after, True, route, _connectivity_check(route, sent, after), _review_check(route, sent, after)
        )


def _connectivity_check(route: Route, sent: Change, after: KubernetesAuth) -> ClusterCheck | None:
    """Directly only when a host is sent, through a gateway always."""
    if after.kubernetes_host is None or (route.is_direct and not isinstance(sent.kubernetes_host, str)):
        return None
    return ClusterCheck(route, after.kubernetes_host, after.verify_tls_certificate)


def _review_check(route: Route, sent: Change, after: KubernetesAuth) -> ClusterCheck | None:
    """Only when a reviewer JWT is sent."""
    jwt = sent.token_reviewer_jwt
    if after.kubernetes_host is None or not isinstance(jwt, str) or not jwt:
        return None
    return ClusterCheck(route, after.kubernetes_host, after.verify_tls_certificate, jwt)


class _NoRecord:
    """Stands where there is no record to judge; a rule that asks for it stands too early in the list."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"asked for the record's {name} before the rules that make sure there is one")


_NO_RECORD = cast("Judged", _NoRecord())
