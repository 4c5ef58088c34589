"""One request to configure Kubernetes Auth, as its rules see it: stored, sent, resulting, and facts of the world."""

from dataclasses import dataclass
from typing import NamedTuple, Protocol, cast

from mockserver.infisical.kubernetes_auth.change import Change
from mockserver.infisical.kubernetes_auth.record import GATEWAY_MODE, KubernetesAuth
from mockserver.infisical.kubernetes_auth.resulting import Route, attached, resulting, validation_route
from mockserver.infisical.preconditions import CallerFacts
from mockserver.rules.absent import ABSENT
from mockserver.rules.issues import Issue

METHOD = "Kubernetes Auth"


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


class Facts(CallerFacts, Protocol):
    """What the rules may ask of the world beside the identity and the caller."""

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
class Judged:
    """The record that would result, and what the service asks clusters about it (behaviour 2, 3.8)."""

    after: KubernetesAuth
    in_api_mode: bool
    route: Route
    connectivity_check: ClusterCheck | None
    review_check: ClusterCheck | None

    @classmethod
    def of_update(cls, stored: KubernetesAuth, sent: Change, after: KubernetesAuth) -> "Judged":
        """Of an update: a direct host is called only when it is sent, even unchanged."""
        return cls._of(after, sent, validation_route(stored, sent), asks_host=isinstance(sent.kubernetes_host, str))

    @classmethod
    def of_attach(cls, sent: Change, after: KubernetesAuth) -> "Judged":
        """Of an attach: the host is always called. The route is the record's own."""
        return cls._of(after, sent, Route(after.gateway_id, after.gateway_pool_id), asks_host=True)

    @classmethod
    def _of(cls, after: KubernetesAuth, sent: Change, route: Route, *, asks_host: bool) -> "Judged":
        if after.token_review_mode == GATEWAY_MODE:
            through = None if route.is_direct else ClusterCheck(route, None, after.verify_tls_certificate)
            return cls(after, False, route, through, through)
        host, verify, jwt = after.kubernetes_host, after.verify_tls_certificate, sent.token_reviewer_jwt
        if host is None:
            return cls(after, True, route, None, None)
        # Directly only when a host is sent, through a gateway always; the reviewer only when one is sent.
        connectivity = ClusterCheck(route, host, verify) if asks_host or not route.is_direct else None
        review = ClusterCheck(route, host, verify, jwt) if isinstance(jwt, str) and jwt else None
        return cls(after, True, route, connectivity, review)


class Configuration(Protocol):
    """A request to attach or to update: what the rules that both share look at."""

    sent: Change
    facts: Facts
    issues: tuple[Issue, ...]
    wrong_types: bool
    record: Judged


@dataclass(slots=True)
class UpdateRequest:
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
    record: Judged
    method = METHOD

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
    ) -> "UpdateRequest":
        """The request at `now` (milliseconds); what would result is worked out unless the body is refused anyway."""
        judged = stored is not None and not issues
        record = Judged.of_update(stored, sent, resulting(stored, sent, now)) if stored and judged else _NO_RECORD
        return cls(identity_id, stored, sent, facts, issues, unrecognized, wrong_types, record)

    @property
    def stored_max_ttl(self) -> int:
        """The max TTL that is stored."""
        assert self.stored is not None, "asked for it before the rule that makes sure there is a record"
        return self.stored.access_token_max_ttl

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The texts of the trusted IPs that are sent."""
        return _texts(self.sent)


@dataclass(slots=True)
class AttachRequest:
    """One attach, whole. `stored` is the record that is in the way, if there is one."""

    identity_id: str
    stored: KubernetesAuth | None
    sent: Change
    facts: Facts
    issues: tuple[Issue, ...]
    unrecognized: tuple[Issue, ...]
    wrong_types: bool
    record: Judged
    method = METHOD

    @classmethod
    def of(
        cls,
        identity_id: str,
        stored: KubernetesAuth | None,
        sent: Change,
        facts: Facts,
        *,
        id: str,
        now: int,
        issues: tuple[Issue, ...] = (),
        unrecognized: tuple[Issue, ...] = (),
        wrong_types: bool = False,
    ) -> "AttachRequest":
        """The request at `now` (milliseconds) to store a record of that id."""
        record = _NO_RECORD if issues else Judged.of_attach(sent, attached(sent, id, identity_id.lower(), now))
        return cls(identity_id, stored, sent, facts, issues, unrecognized, wrong_types, record)

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The texts of the trusted IPs that are sent."""
        return _texts(self.sent)


def _texts(sent: Change) -> tuple[str, ...]:
    texts = sent.access_token_trusted_ips
    return () if texts is ABSENT else texts


class _NoRecord:
    """Stands where there is no record to judge; a rule that asks for it stands too early in the list."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"asked for the record's {name} before the rules that make sure there is one")


_NO_RECORD = cast("Judged", _NoRecord())
