"""The attach and update requests that the rules check: stored record, parsed body, resulting record, facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Protocol, cast

from mockserver.infisical.auth_methods.token_settings import FITS_COLUMNS
from mockserver.infisical.kubernetes_auth.behaviour import NEWEST, Behaviour
from mockserver.infisical.kubernetes_auth.change import RANKS, Change
from mockserver.infisical.kubernetes_auth.connection import Template, with_template
from mockserver.infisical.kubernetes_auth.record import GATEWAY_MODE, KubernetesAuth
from mockserver.infisical.kubernetes_auth.resulting import DIRECT, Route, attached, linked, resulting, validation_route
from mockserver.infisical.kubernetes_auth.update_kinds import CALLS_NO_CLUSTER, OF_NO_KIND, kinds_of
from mockserver.infisical.preconditions import CallerFacts
from mockserver.rules.absent import ABSENT
from mockserver.rules.issues import Issue

METHOD = "Kubernetes Auth"
_NO_TEXTS: Mapping[str, Any] = MappingProxyType({})


class Problem(Protocol):
    """The reason why a cluster check failed."""

    @property
    def error(self) -> str:
        """The `error` name of the 400."""

    @property
    def message(self) -> str:
        """The reason in plain words."""


class ClusterCheck(NamedTuple):
    """A request that the service sends to a cluster before it writes.

    `host` is None if the gateway calls its own cluster. `reviewer_jwt` is None if the gateway reviews with its own
    service account.
    """

    route: Route
    host: str | None
    verify_tls: bool
    reviewer_jwt: str | None = None


class Facts(CallerFacts, Protocol):
    """Facts about gateways, pools and clusters that the rules read, besides those about identity and caller."""

    def gateway_known(self, gateway_id: str) -> bool:
        """Whether the gateway exists in the organization."""

    def pool_known(self, pool_id: str) -> bool:
        """Whether the pool exists in the organization."""

    def pool_is_healthy(self, pool_id: str) -> bool:
        """Whether the pool has a healthy gateway."""

    def host_is_local(self, host: str) -> bool:
        """Whether the service refuses to call the host directly because it is local or private."""

    def host_is_url(self, host: str) -> bool:
        """Whether the text is a URL with a scheme."""

    def connectivity(self, check: ClusterCheck) -> Problem | None:
        """Return why `GET /version` to the cluster fails; None if it succeeds."""

    def review(self, check: ClusterCheck) -> Problem | None:
        """Return why a test token review fails; None if it succeeds."""

    def template(self, template_id: str) -> Template | None:
        """Return the organization's auth template for Kubernetes Auth with that id (lower case); None without one."""


class ResultingRecord(NamedTuple):
    """The record that the request would store, and the cluster checks that the service runs for it.

    A check is None if the service does not run it.
    """

    after: KubernetesAuth
    in_api_mode: bool
    route: Route
    connectivity_check: ClusterCheck | None
    review_check: ClusterCheck | None

    @classmethod
    def of_update(
        cls, stored: KubernetesAuth, sent: Change, after: KubernetesAuth, behaviour: Behaviour
    ) -> "ResultingRecord":
        """Return the result of an update. A host without a gateway is called only if it is sent, changed or not."""
        calls_host = isinstance(sent.kubernetes_host, str)
        return cls._of(after, sent, validation_route(stored, sent), behaviour, calls_host=calls_host)

    @classmethod
    def of_attach(cls, sent: Change, after: KubernetesAuth, behaviour: Behaviour) -> "ResultingRecord":
        """Return the result of an attach. The host is always called, by the route of the record."""
        return cls._of(after, sent, Route(after.gateway_id, after.gateway_pool_id), behaviour, calls_host=True)

    @classmethod
    def _of(
        cls, after: KubernetesAuth, sent: Change, route: Route, behaviour: Behaviour, *, calls_host: bool
    ) -> "ResultingRecord":
        if after.token_review_mode == GATEWAY_MODE:
            through = None if route.is_direct else ClusterCheck(route, None, after.verify_tls_certificate)
            return cls(after, False, route, through, through)
        host, verify, jwt = after.kubernetes_host, behaviour.verifies(after), sent.token_reviewer_jwt
        if host is None:
            return cls(after, True, route, None, None)
        connectivity = ClusterCheck(route, host, verify) if calls_host or not route.is_direct else None
        review = ClusterCheck(route, host, verify, jwt) if isinstance(jwt, str) and jwt else None
        return cls(after, True, route, connectivity, review)


class Configuration(Protocol):
    """The part of attach and update requests that shared rules read.

    `template` is the auth template that the request links, if it exists. `written` is what is sent, with the values of
    that template in place of those of the body.
    """

    sent: Change
    written: Change
    template: Template | None
    facts: Facts
    issues: tuple[Issue, ...]
    wrong_types: bool
    record: ResultingRecord

    @property
    def is_configured_by_template(self) -> bool:
        """Whether an auth template takes the place of all connection settings, so that none may be sent."""

    @property
    def links(self) -> bool:
        """Whether the request links the record to another auth template than before."""


@dataclass(slots=True)
class UpdateRequest:
    """An update request. `issues` and `unrecognized` come from the contract check of the body.

    `texts` are the properties of the body before trimming and lower-casing. Only rules that follow the check for a
    stored record may read `record`. `kinds` settle rules: they say what follows from what is stored and sent.
    """

    identity_id: str
    stored: KubernetesAuth | None
    sent: Change
    facts: Facts
    issues: tuple[Issue, ...]
    unrecognized: tuple[Issue, ...]
    wrong_types: bool
    written: Change
    record: ResultingRecord
    behaviour: Behaviour
    links: bool
    template: Template | None
    texts: Mapping[str, Any]
    kinds: frozenset[str]
    method = METHOD
    ranks: ClassVar[Mapping[str, int]] = RANKS
    is_configured_by_template = False

    @classmethod
    def of(
        cls,
        identity_id: str,
        stored: KubernetesAuth | None,
        sent: Change,
        facts: Facts,
        now: int,
        texts: Mapping[str, Any] = _NO_TEXTS,
        issues: tuple[Issue, ...] = (),
        unrecognized: tuple[Issue, ...] = (),
        wrong_types: bool = False,
        behaviour: Behaviour = NEWEST,
    ) -> "UpdateRequest":
        """Return the request at `now` (milliseconds). It has no resulting record if there are contract issues."""
        written, record, template, links = sent, _NO_RECORD, None, False
        kinds = OF_NO_KIND if stored is None else kinds_of(stored, sent)
        if stored is not None and not issues:
            template_id = sent.template_id
            if isinstance(template_id, str) and template_id != stored.template_id:
                links, template = True, facts.template(template_id.lower())
            if template is None:
                after = resulting(stored, sent, now, fits_columns=FITS_COLUMNS in kinds)
            else:
                written = with_template(sent, template)
                after = linked(stored, written, template.connection, now)
            if CALLS_NO_CLUSTER in kinds:
                in_api_mode = after.token_review_mode != GATEWAY_MODE  # next: what a call does, less the call
                record = tuple.__new__(ResultingRecord, (after, in_api_mode, DIRECT, None, None))
            else:
                record = ResultingRecord.of_update(stored, written, after, behaviour)
        about = (identity_id, stored, sent, facts, issues, unrecognized, wrong_types)
        return cls(*about, written, record, behaviour, links, template, texts, kinds)

    @property
    def stored_max_ttl(self) -> int:
        """The stored `accessTokenMaxTTL` in seconds."""
        assert self.stored is not None, "a rule reads the record before the rule that checks that it exists"
        return self.stored.access_token_max_ttl

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The texts of the trusted IPs that are sent."""
        texts = self.sent.access_token_trusted_ips
        return () if texts is ABSENT else texts


@dataclass(slots=True)
class AttachRequest:
    """An attach request. `stored` is the record that the identity already has, or None."""

    identity_id: str
    stored: KubernetesAuth | None
    sent: Change
    facts: Facts
    issues: tuple[Issue, ...]
    unrecognized: tuple[Issue, ...]
    wrong_types: bool
    written: Change
    record: ResultingRecord
    behaviour: Behaviour
    template: Template | None
    method = METHOD
    ranks: ClassVar[Mapping[str, int]] = RANKS

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
        behaviour: Behaviour = NEWEST,
    ) -> "AttachRequest":
        """Return the request at `now` (milliseconds) to store a record with that id."""
        wrong_types = wrong_types or (behaviour.audience_required and sent.allowed_audience is ABSENT)
        written, record, template = sent, _NO_RECORD, None
        if not issues:
            template = facts.template(sent.template_id.lower()) if isinstance(sent.template_id, str) else None
            written = sent if template is None else with_template(sent, template)
            record = ResultingRecord.of_attach(written, attached(written, id, identity_id.lower(), now), behaviour)
        about = (identity_id, stored, sent, facts, issues, unrecognized, wrong_types)
        return cls(*about, written, record, behaviour, template)

    @property
    def is_configured_by_template(self) -> bool:
        """Whether the body names an auth template."""
        return isinstance(self.sent.template_id, str)

    links = is_configured_by_template

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The texts of the trusted IPs that are sent."""
        return _texts(self.sent)


def _texts(sent: Change) -> tuple[str, ...]:
    texts = sent.access_token_trusted_ips
    return () if texts is ABSENT else texts


class _NoRecord:
    """Placeholder for a resulting record that does not exist. Reading it means that a rule is listed too early."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"a rule reads `{name}` of the record before the rules that check that it exists")


_NO_RECORD = cast("ResultingRecord", _NoRecord())
