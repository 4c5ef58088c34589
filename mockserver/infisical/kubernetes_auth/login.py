"""The login operation: its rules in the order in which the service asks them (behaviour 7)."""

from typing import Any

from mockserver.infisical.auth_methods.login import SCOPE_RULES, organization_slug
from mockserver.infisical.javascript import is_uuid
from mockserver.infisical.kubernetes_auth.globs import Verdict, judge
from mockserver.infisical.kubernetes_auth.login_request import LoginRequest
from mockserver.infisical.kubernetes_auth.sources import login
from mockserver.infisical.preconditions import BAD_REQUEST, NOT_FOUND, UNAUTHORIZED
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Answer, Finding, Rule, Rulebook, answers, rule


@rule(
    "login.identity.uuid",
    "`identityId` is a UUID; the running service hands anything to its database and fails.",
    login("1"),
    answers(contract=Answer(404, "NotFound"), live=Answer(500, "Find one")),
    about=("identityId",),
)
def identity_uuid(request: LoginRequest) -> Finding | None:
    if request.stored is not None or is_uuid(request.sent.identity_id):
        return None
    return Finding(f"Identity with ID '{request.sent.identity_id}' not found: an identity's ID is a UUID")


@rule("login.not-attached", "Kubernetes Auth is attached to the identity.", login("2"), NOT_FOUND)
def not_attached(request: LoginRequest) -> Finding | None:
    return None if request.stored is not None else Finding("Kubernetes Auth is not configured for the identity")


@rule(
    "login.unconfigured",
    "Mode `gateway` has a gateway or pool, mode `api` a host.",
    login("3"),
    BAD_REQUEST,
)
def unconfigured(request: LoginRequest) -> Finding | None:
    if request.gateway_reviews:
        lacking = "a gateway or pool" if request.route.is_direct else ""
    else:
        lacking = "" if request.record.kubernetes_host else "a Kubernetes host"
    mode = request.record.token_review_mode
    return Finding(f"The identity's Kubernetes Auth is in mode '{mode}' and has not {lacking}") if lacking else None


@rule("login.gateway.connected", "The configured gateway has a connection.", login("4"), NOT_FOUND)
def gateway_connected(request: LoginRequest) -> Finding | None:
    gateway = request.route.gateway_id
    if gateway is None or request.clusters.gateway_connected(gateway):
        return None
    return Finding(f"Gateway with ID '{gateway}' has no connection details")


@rule("login.pool.healthy", "The configured pool has a healthy gateway.", login("4"), BAD_REQUEST)
def pool_healthy(request: LoginRequest) -> Finding | None:
    pool = request.route.gateway_pool_id
    if pool is None or request.clusters.pool_is_healthy(pool):
        return None
    return Finding("The gateway pool has no healthy gateways")


def _direct_host(request: LoginRequest) -> str | None:
    return request.record.kubernetes_host if request.route.is_direct else None


@rule("login.host.local", "A host that is called directly is not local or private.", login("4b"), BAD_REQUEST)
def host_local(request: LoginRequest) -> Finding | None:
    host = _direct_host(request)
    if host is None or not request.clusters.host_is_local(host):
        return None
    return Finding("Local and private IP addresses are not allowed as Kubernetes host")


def _failure(id: str, summary: str, row: str, status: int, *names: str) -> Rule[LoginRequest]:
    @rule(id, summary, login(row), answers(status, names[0]), errors=names[1:])
    def check(request: LoginRequest) -> Finding | None:
        failure = request.review.failure
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
_REVIEWED = answers(401, "KubernetesTokenReviewError")
_FAILED = answers(400, "KubernetesAuthLoginError")
_USERNAME_PARTS = 4


@rule("login.review.error", "The review has no `status.error`, not even an empty one.", login("5"), _REVIEWED)
def review_error(request: LoginRequest) -> Finding | None:
    error = request.review.error
    return None if error is None else Finding(error)


@rule("login.review.authenticated", "The review says that the token is authenticated.", login("6"), _REVIEWED)
def review_authenticated(request: LoginRequest) -> Finding | None:
    return None if request.review.authenticated else Finding("The cluster does not authenticate the token")


@rule(
    "login.username",
    "The user name of the review is `system:serviceaccount:<namespace>:<name>`.",
    login("7"),
    answers(400, "KubernetesUsernameParseError"),
)
def username(request: LoginRequest) -> Finding | None:
    parts = request.review.username.split(":")
    if len(parts) == _USERNAME_PARTS and parts[:2] == ["system", "serviceaccount"]:
        return None
    return Finding("The user name of the review is not that of a service account")


def _namespaces(request: LoginRequest) -> Verdict:
    return judge(request.service_account[0], request.record.allowed_namespaces)


def _names(request: LoginRequest) -> Verdict:
    return judge(request.service_account[1], request.record.allowed_names)


@rule(
    "login.namespace.entry",
    "No empty entry of `allowedNamespaces` is asked: the service fails on one before which nothing matches.",
    login("12"),
    _FAILED,
)
def namespace_entry(request: LoginRequest) -> Finding | None:
    return Finding("allowedNamespaces has an empty entry") if _namespaces(request) is Verdict.BROKEN else None


@rule("login.namespace", "`allowedNamespaces`, if not empty, has the account's namespace.", login("8"), UNAUTHORIZED)
def namespace_allowed(request: LoginRequest) -> Finding | None:
    if _namespaces(request) is Verdict.ALLOWED:
        return None
    return Finding(f"The namespace '{request.service_account[0]}' is not allowed")


@rule(
    "login.name.entry",
    "No empty entry of `allowedNames` is asked: the service fails on one before which nothing matches.",
    login("12"),
    _FAILED,
)
def name_entry(request: LoginRequest) -> Finding | None:
    return Finding("allowedNames has an empty entry") if _names(request) is Verdict.BROKEN else None


@rule("login.name", "`allowedNames`, if not empty, has the account's name.", login("9"), UNAUTHORIZED)
def name_allowed(request: LoginRequest) -> Finding | None:
    if _names(request) is Verdict.ALLOWED:
        return None
    return Finding(f"The name '{request.service_account[1]}' is not allowed")


@rule("login.audience", "`allowedAudience`, if not empty, is among the review's audiences.", login("10"), UNAUTHORIZED)
def audience_allowed(request: LoginRequest) -> Finding | None:
    wanted = request.record.allowed_audience
    if not wanted or wanted in (request.review.audiences or ()):
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
    *REVIEW_FAILURES,
    review_error,
    review_authenticated,
    username,
    namespace_entry,
    namespace_allowed,
    name_entry,
    name_allowed,
    audience_allowed,
    *SCOPE_RULES,
)
