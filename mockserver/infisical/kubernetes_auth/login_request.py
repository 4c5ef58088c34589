"""One login, as its rules see it: what is sent, the stored record, and what clusters answer."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, Protocol

from mockserver.infisical.auth_methods.login import SLUG_FIELD, Scope
from mockserver.infisical.body_fields import Field, fields_of
from mockserver.infisical.javascript import trim
from mockserver.infisical.kubernetes_auth.record import GATEWAY_MODE, KubernetesAuth
from mockserver.infisical.kubernetes_auth.request import ClusterCheck
from mockserver.infisical.kubernetes_auth.resulting import Route
from mockserver.rules.issues import Issue

_FIELDS = {
    "identityId": Field("identity_id", (str,), trim),
    "jwt": Field("jwt", (str,), trim),
    "organizationSlug": SLUG_FIELD,
}


class Sent(NamedTuple):
    """The body of a login after trimming."""

    identity_id: str = ""
    jwt: str = ""
    organization_slug: str | None = None

    @classmethod
    def from_json(cls, body: object) -> "Sent":
        """The login that a body asks for."""
        return cls(**fields_of(body, _FIELDS))


class Failure(Protocol):
    """Why a review came to nothing."""

    @property
    def status(self) -> int:
        """The HTTP status of the refusal."""

    @property
    def error(self) -> str:
        """Its `error` name."""

    @property
    def message(self) -> str:
        """The reason, in words."""


class Review(Protocol):
    """What a TokenReview says. A key that is not there is None."""

    @property
    def failure(self) -> Failure | None:
        """Why there is no status; None if there is one."""

    @property
    def authenticated(self) -> bool:
        """Whether the token is good."""

    @property
    def username(self) -> str:
        """Whose it is."""

    @property
    def audiences(self) -> tuple[str, ...] | None:
        """Whom it is meant for."""

    @property
    def error(self) -> str | None:
        """What is wrong with it."""


class Clusters(Protocol):
    """What the rules may ask of the world."""

    def gateway_connected(self, gateway_id: str) -> bool:
        """Whether the gateway can be reached."""

    def pool_is_healthy(self, pool_id: str) -> bool:
        """Whether the pool has a healthy member."""

    def host_is_local(self, host: str) -> bool:
        """Whether the guard against local and private hosts stops a direct call."""

    def token_review(self, check: ClusterCheck, token: str, audience: str, now: int) -> Review:
        """The review of the token at `now` (milliseconds)."""


@dataclass
class LoginRequest:
    """One login, whole. `scope_of` finds where its token is to count; it is asked once the identity is known."""

    sent: Sent
    stored: KubernetesAuth | None
    clusters: Clusters
    scope_of: Callable[[], Scope]
    now: int
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False

    @property
    def record(self) -> KubernetesAuth:
        """The record; for whoever stands behind the rule that refuses an identity without one."""
        assert self.stored is not None, "asked for the record before the rule that makes sure there is one"
        return self.stored

    @property
    def route(self) -> Route:
        """How the cluster is reached. A pool goes before a gateway."""
        record = self.record
        return Route(None if record.gateway_pool_id else record.gateway_id, record.gateway_pool_id)

    @property
    def gateway_reviews(self) -> bool:
        """Whether the gateway reviews, with its own service account."""
        return self.record.token_review_mode == GATEWAY_MODE

    @cached_property
    def review(self) -> Review:
        """What the cluster says. Without a stored reviewer JWT the caller's own is the bearer of the review."""
        record = self.record
        if self.gateway_reviews:
            check = ClusterCheck(self.route, None, record.verify_tls_certificate)
        else:
            reviewer = record.token_reviewer_jwt or self.sent.jwt
            check = ClusterCheck(self.route, record.kubernetes_host, record.verify_tls_certificate, reviewer)
        return self.clusters.token_review(check, self.sent.jwt, record.allowed_audience, self.now)

    @property
    def service_account(self) -> tuple[str, str]:
        """Namespace and name of the account that the cluster named."""
        _, _, namespace, name = self.review.username.split(":")
        return namespace, name

    @cached_property
    def scope(self) -> Scope:
        """Where the token is to count."""
        return self.scope_of()
