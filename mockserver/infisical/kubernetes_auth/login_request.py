"""The login request that the rules check: parsed body, stored record, and the cluster's token review."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from mockserver.infisical.auth_methods.login import SLUG_FIELD, Scope
from mockserver.infisical.body_fields import BodyShape, Field, fields_of
from mockserver.infisical.javascript import trim
from mockserver.infisical.kubernetes_auth.behaviour import NEWEST, Behaviour
from mockserver.infisical.kubernetes_auth.record import GATEWAY_MODE, KubernetesAuth
from mockserver.infisical.kubernetes_auth.request import ClusterCheck
from mockserver.infisical.kubernetes_auth.resulting import DIRECT, Route
from mockserver.rules.issues import Issue

_FIELDS = {
    "identityId": Field("identity_id", (str,), trim),
    "jwt": Field("jwt", (str,), trim),
    "organizationSlug": SLUG_FIELD,
}


class Sent(NamedTuple):
    """The parsed body of a login, with texts trimmed."""

    identity_id: str = ""
    jwt: str = ""
    organization_slug: str | None = None

    @classmethod
    def from_json(cls, body: object, shape: BodyShape | None = None) -> "Sent":
        """Parse a JSON body. Unknown properties are dropped, as the service drops them."""
        return cls(**fields_of(body, _FIELDS, shape))


class Failure(Protocol):
    """A token review that failed."""

    @property
    def status(self) -> int:
        """The HTTP status of the response."""

    @property
    def error(self) -> str:
        """The `error` name of the response."""

    @property
    def message(self) -> str:
        """The reason in plain words."""


class Review(Protocol):
    """The `status` of a Kubernetes TokenReview, or a failure. An optional key that is absent is None."""

    @property
    def failure(self) -> Failure | None:
        """The reason why there is no `status`; None if there is one."""

    @property
    def authenticated(self) -> bool:
        """`status.authenticated`."""

    @property
    def username(self) -> str:
        """`status.user.username`."""

    @property
    def audiences(self) -> tuple[str, ...] | None:
        """`status.audiences`."""

    @property
    def error(self) -> str | None:
        """`status.error`."""


class Clusters(Protocol):
    """Facts about clusters and gateways that the rules read."""

    def gateway_exists(self, gateway_id: str) -> bool:
        """Whether there is such a gateway, up or down."""

    def pool_is_healthy(self, pool_id: str) -> bool:
        """Whether the pool has a healthy gateway."""

    def host_is_local(self, host: str) -> bool:
        """Whether the service refuses to call the host directly because it is local or private."""

    def token_review(self, check: ClusterCheck, token: str, audience: str, now: int, fails_over: bool) -> Review:
        """Return the review of `token` at `now` (milliseconds since 1970).

        With `fails_over`, the next healthy gateway of a pool is tried where one cannot connect.
        """


@dataclass
class LoginRequest:
    """A login request. `now` is in milliseconds since 1970.

    `scope_of` returns the organization of the token; it may be called once the identity is known.
    """

    sent: Sent
    stored: KubernetesAuth | None
    clusters: Clusters
    scope_of: Callable[[], Scope]
    now: int
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False
    behaviour: Behaviour = NEWEST

    @property
    def record(self) -> KubernetesAuth:
        """The stored record. Only rules that follow the check for a record may read it."""
        assert self.stored is not None, "a rule reads the record before the rule that checks that it exists"
        return self.stored

    @property
    def route(self) -> Route:
        """The route to the cluster. A pool overrides a gateway."""
        record = self.record
        pool = record.gateway_pool_id
        gateway = None if pool else record.gateway_id
        return DIRECT if gateway is None and pool is None else Route(gateway, pool)

    @property
    def gateway_reviews(self) -> bool:
        """Whether the gateway reviews the token with its own service account (mode `gateway`)."""
        return self.record.token_review_mode == GATEWAY_MODE

    @property
    def review(self) -> Review:
        """The token review, requested once. Without a stored reviewer JWT, the submitted one authorizes the request."""
        # Not `cached_property`, whose lock takes as long as the rest.
        found: Review | None = self.__dict__.get("_review")
        if found is None:
            found = self.__dict__["_review"] = self._reviewed()
        return found

    def _reviewed(self) -> Review:
        record = self.record
        verifies = self.behaviour.verifies(record)
        if record.token_review_mode == GATEWAY_MODE:
            check = ClusterCheck(self.route, None, verifies)
        else:
            reviewer = record.token_reviewer_jwt or self.sent.jwt
            check = ClusterCheck(self.route, record.kubernetes_host, verifies, reviewer)
        return self.clusters.token_review(
            check, self.sent.jwt, record.allowed_audience, self.now, self.behaviour.pool_fails_over
        )

    @property
    def service_account(self) -> tuple[str, str]:
        """Namespace and name of the service account in the review."""
        found = account_in(self.review)
        assert found is not None, "a rule reads the service account before the rule that checks the user name"
        return found

    @property
    def scope(self) -> Scope:
        """The organization in which the token will be valid."""
        found: Scope | None = self.__dict__.get("_scope")
        if found is None:
            found = self.__dict__["_scope"] = self.scope_of()
        return found


def account_in(review: Review) -> tuple[str, str] | None:
    """Return namespace and name of the service account in a review; None if the user is no service account."""
    parts = review.username.split(":")
    if len(parts) != _USERNAME_PARTS or parts[0] != "system" or parts[1] != "serviceaccount":
        return None
    return parts[2], parts[3]


_USERNAME_PARTS = 4
