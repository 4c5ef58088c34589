"""The login operation: its rules in the order in which the service asks them (behaviour 7)."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

from mockserver.contract_rules import CONTRACT_RULES
from mockserver.issues import Issue
from mockserver.javascript import is_uuid, trim
from mockserver.kubernetes_auth.attempt import ClusterCheck
from mockserver.kubernetes_auth.globs import is_allowed
from mockserver.kubernetes_auth.record import GATEWAY_MODE, KubernetesAuth
from mockserver.kubernetes_auth.resulting import Route
from mockserver.kubernetes_auth.sources import login
from mockserver.logins import SCOPE_RULES, SLUG_FIELD, Scope, organization_slug
from mockserver.rules import Answer, Finding, Rule, Rulebook, both, parted, rule
from mockserver.sent import Field, fields_of
from mockserver.standing import BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, assumed

_FIELDS = {
    "identityId": Field("identity_id", (str,), trim),
    "jwt": Field("jwt", (str,), trim),
    "organizationSlug": SLUG_FIELD,
}
_USERNAME_PARTS = 4


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

    def host_is_url(self, host: str) -> bool:
        """Whether the text is a URL as it stands, scheme and all."""

    def token_review(self, check: ClusterCheck, token: str, audience: str, now: int) -> Review:
        """The review of the token at `now` (milliseconds)."""


@dataclass
class LoginAttempt:
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


@rule(
    "login.identity.uuid",
    "`identityId` is a UUID; the running service hands anything to its database and fails.",
    login("1"),
    parted(contract=Answer(404, "NotFound"), live=Answer(500, "Find one")),
    about=("identityId",),
)
def identity_uuid(attempt: LoginAttempt) -> Finding | None:
    if attempt.stored is not None or is_uuid(attempt.sent.identity_id):
        return None
    return Finding(f"Identity with ID '{attempt.sent.identity_id}' not found: an identity's ID is a UUID")


@rule("login.not-attached", "Kubernetes Auth is attached to the identity.", login("2"), NOT_FOUND)
def not_attached(attempt: LoginAttempt) -> Finding | None:
    return None if attempt.stored is not None else Finding("Kubernetes Auth is not configured for the identity")


@rule(
    "login.unconfigured",
    "Mode `gateway` has a gateway or pool, mode `api` a host.",
    login("3"),
    BAD_REQUEST,
)
def unconfigured(attempt: LoginAttempt) -> Finding | None:
    if attempt.gateway_reviews:
        lacking = "a gateway or pool" if attempt.route.is_direct else ""
    else:
        lacking = "" if attempt.record.kubernetes_host else "a Kubernetes host"
    mode = attempt.record.token_review_mode
    return Finding(f"The identity's Kubernetes Auth is in mode '{mode}' and has not {lacking}") if lacking else None


@rule("login.gateway.connected", "The configured gateway has a connection.", login("4"), NOT_FOUND)
def gateway_connected(attempt: LoginAttempt) -> Finding | None:
    gateway = attempt.route.gateway_id
    if gateway is None or attempt.clusters.gateway_connected(gateway):
        return None
    return Finding(f"Gateway with ID '{gateway}' has no connection details")


@rule("login.pool.healthy", "The configured pool has a healthy gateway.", login("4"), BAD_REQUEST)
def pool_healthy(attempt: LoginAttempt) -> Finding | None:
    pool = attempt.route.gateway_pool_id
    if pool is None or attempt.clusters.pool_is_healthy(pool):
        return None
    return Finding("The gateway pool has no healthy gateways")


def _direct_host(attempt: LoginAttempt) -> str | None:
    return attempt.record.kubernetes_host if attempt.route.is_direct else None


@rule("login.host.local", "A host that is called directly is not local or private.", login("4b"), BAD_REQUEST)
def host_local(attempt: LoginAttempt) -> Finding | None:
    host = _direct_host(attempt)
    if host is None or not attempt.clusters.host_is_local(host):
        return None
    return Finding("Local and private IP addresses are not allowed as Kubernetes host")


@rule(
    "login.host.scheme",
    "Through a gateway in mode `api` the host names its scheme; the service fails on a URL without one.",
    assumed("login, row 12: which name the failure gets"),
    both(400, "KubernetesAuthLoginError"),
)
def host_scheme(attempt: LoginAttempt) -> Finding | None:
    host = attempt.record.kubernetes_host
    if attempt.route.is_direct or attempt.gateway_reviews or host is None or attempt.clusters.host_is_url(host):
        return None
    return Finding("Through a gateway in mode 'api' the Kubernetes host must be a URL with its scheme")


def _failure(id: str, says: str, row: str, status: int, *names: str) -> Rule[LoginAttempt]:
    @rule(id, says, login(row), both(status, names[0]), errors=names[1:])
    def check(attempt: LoginAttempt) -> Finding | None:
        failure = attempt.review.failure
        if failure is None or failure.status != status or failure.error not in names:
            return None
        return Finding(failure.message, failure.error)

    return check


REVIEW_FAILURES = (
    _failure(
        "login.review.answered",
        "The cluster answers the token review.",
        "4b",
        400,
        "KubernetesTokenReviewError",
        "KubernetesConnectionRefused",
        "KubernetesHostNotFound",
        "KubernetesConnectionTimeout",
        "KubernetesCertificateError",
        "KubernetesTokenReviewRequestError",
        "GatewayTokenReviewError",
        "GatewayConnectionRefused",
        "GatewayHostNotFound",
        "GatewayConnectionTimeout",
        "GatewayTokenReviewRequestError",
    ),
    _failure(
        "login.review.reviewer",
        "The cluster lets the reviewer create token reviews.",
        "4b",
        401,
        "KubernetesTokenReviewerUnauthorized",
        "KubernetesTokenReviewerForbidden",
    ),
    _failure(
        "login.review.status",
        "The cluster's answer has what the login reads.",
        "12",
        400,
        "KubernetesAuthLoginError",
    ),
)
_REVIEWED = both(401, "KubernetesTokenReviewError")


@rule("login.review.error", "The review has no `status.error`, not even an empty one.", login("5"), _REVIEWED)
def review_error(attempt: LoginAttempt) -> Finding | None:
    error = attempt.review.error
    return None if error is None else Finding(error)


@rule("login.review.authenticated", "The review says that the token is authenticated.", login("6"), _REVIEWED)
def review_authenticated(attempt: LoginAttempt) -> Finding | None:
    return None if attempt.review.authenticated else Finding("The cluster does not authenticate the token")


@rule(
    "login.username",
    "The user name of the review is `system:serviceaccount:<namespace>:<name>`.",
    login("7"),
    both(400, "KubernetesUsernameParseError"),
)
def username(attempt: LoginAttempt) -> Finding | None:
    parts = attempt.review.username.split(":")
    if len(parts) == _USERNAME_PARTS and parts[:2] == ["system", "serviceaccount"]:
        return None
    return Finding("The user name of the review is not that of a service account")


@rule("login.namespace", "`allowedNamespaces`, if not empty, has the account's namespace.", login("8"), UNAUTHORIZED)
def namespace_allowed(attempt: LoginAttempt) -> Finding | None:
    namespace = attempt.service_account[0]
    if is_allowed(namespace, attempt.record.allowed_namespaces):
        return None
    return Finding(f"The namespace '{namespace}' is not allowed")


@rule("login.name", "`allowedNames`, if not empty, has the account's name.", login("9"), UNAUTHORIZED)
def name_allowed(attempt: LoginAttempt) -> Finding | None:
    name = attempt.service_account[1]
    return None if is_allowed(name, attempt.record.allowed_names) else Finding(f"The name '{name}' is not allowed")


@rule("login.audience", "`allowedAudience`, if not empty, is among the review's audiences.", login("10"), UNAUTHORIZED)
def audience_allowed(attempt: LoginAttempt) -> Finding | None:
    wanted = attempt.record.allowed_audience
    if not wanted or wanted in (attempt.review.audiences or ()):
        return None
    return Finding(f"The token is not meant for the audience '{wanted}'")


LOGIN: Rulebook[Any] = Rulebook(
    *CONTRACT_RULES,
    organization_slug,
    identity_uuid,
    not_attached,
    unconfigured,
    gateway_connected,
    pool_healthy,
    host_local,
    host_scheme,
    *REVIEW_FAILURES,
    review_error,
    review_authenticated,
    username,
    namespace_allowed,
    name_allowed,
    audience_allowed,
    *SCOPE_RULES,
)
