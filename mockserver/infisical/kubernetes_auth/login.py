"""The login operation: its rules in the order in which the service checks them."""

from typing import Any

from mockserver.infisical.auth_methods.attachment import IS_ATTACHED
from mockserver.infisical.auth_methods.login import SCOPE_RULES, organization_slug
from mockserver.infisical.javascript import is_uuid
from mockserver.infisical.kubernetes_auth.cluster_checks import LOCAL_HOST, names_scheme
from mockserver.infisical.kubernetes_auth.globs import Verdict, check_list
from mockserver.infisical.kubernetes_auth.login_kinds import CALLS_A_HOST, IS_ALLOWED
from mockserver.infisical.kubernetes_auth.login_request import LoginRequest
from mockserver.infisical.kubernetes_auth.login_review import REVIEW_RULES
from mockserver.infisical.kubernetes_auth.sources import login, since_september
from mockserver.infisical.preconditions import BAD_REQUEST, NOT_FOUND, UNAUTHORIZED
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule

_FAILED = answers(400, "KubernetesAuthLoginError")


@rule(
    "login.identity.uuid",
    "Rejected if `identityId` is not a UUID. The running service passes it to its database, which fails.",
    login("1"),
    answers(contract=Answer(404, "NotFound"), live=Answer(500, "Find one")),
    about=("identityId",),
    settled_by=IS_ATTACHED,
)
def identity_uuid(request: LoginRequest) -> Finding | None:
    if request.stored is not None or is_uuid(request.sent.identity_id):
        return None
    return Finding(f"Identity with ID '{request.sent.identity_id}' not found: identityId must be a UUID")


@rule(
    "login.not-attached",
    "Rejected if Kubernetes Auth is not attached to the identity.",
    login("2"),
    NOT_FOUND,
    settled_by=IS_ATTACHED,
)
def not_attached(request: LoginRequest) -> Finding | None:
    if request.stored is not None:
        return None
    return Finding("Kubernetes Auth is not configured for the identity: attach it first")


@rule(
    "login.retired-gateway",
    "Rejected if the record uses a retired gateway of version 1, and neither another gateway nor a pool.",
    since_september("login with a retired gateway"),
    BAD_REQUEST,
    since="2026-09",
    settled_by=CALLS_A_HOST,
)
def retired_gateway(request: LoginRequest) -> Finding | None:
    record = request.record
    if record.retired_gateway_id is None or not request.route.is_direct:
        return None
    return Finding("The identity's Kubernetes Auth uses a retired gateway of version 1: give it another gateway")


@rule(
    "login.unconfigured",
    "Rejected if the record has no gateway or pool in mode `gateway`, or no host in mode `api`.",
    login("3"),
    BAD_REQUEST,
    settled_by=CALLS_A_HOST,
)
def unconfigured(request: LoginRequest) -> Finding | None:
    if request.gateway_reviews:
        missing = "gateway or gateway pool" if request.route.is_direct else ""
    else:
        missing = "" if request.record.kubernetes_host else "Kubernetes host"
    mode = request.record.token_review_mode
    return Finding(f"The identity's Kubernetes Auth is in mode '{mode}' but has no {missing}") if missing else None


@rule(
    "login.gateway.exists",
    "Rejected if the configured gateway no longer exists.",
    login("4"),
    NOT_FOUND,
    settled_by=CALLS_A_HOST,
)
def gateway_exists(request: LoginRequest) -> Finding | None:
    gateway = request.route.gateway_id
    if gateway is None or request.clusters.gateway_exists(gateway):
        return None
    return Finding(f"Gateway with ID '{gateway}' not found")


@rule(
    "login.pool.healthy",
    "Rejected if the configured gateway pool has no healthy gateway.",
    login("4"),
    BAD_REQUEST,
    settled_by=CALLS_A_HOST,
)
def pool_healthy(request: LoginRequest) -> Finding | None:
    pool = request.route.gateway_pool_id
    if pool is None or request.clusters.pool_is_healthy(pool):
        return None
    return Finding("The gateway pool has no healthy gateways: use another pool, or connect one of its gateways")


def _direct_host(request: LoginRequest) -> str | None:
    return request.record.kubernetes_host if request.route.is_direct else None


@rule(
    "login.host.local",
    "Rejected if the Kubernetes host is local or private and is called without a gateway.",
    login("4b"),
    BAD_REQUEST,
    since="2026-08",
    settled_by=CALLS_A_HOST,
)
def host_local(request: LoginRequest) -> Finding | None:
    host = _direct_host(request)
    if host is None or not request.clusters.host_is_local(host):
        return None
    return Finding(LOCAL_HOST)


@rule(
    "login.host.scheme",
    "Rejected if the Kubernetes host is called without a gateway and names no scheme. Later generations assume"
    " `https://`.",
    login("4b"),
    answers(400, "KubernetesTokenReviewError"),
    until="2026-05",
    settled_by=CALLS_A_HOST,
)
def host_scheme(request: LoginRequest) -> Finding | None:
    host = _direct_host(request)
    if host is None or request.gateway_reviews or names_scheme(host):
        return None
    return Finding(f"'{host}' is not a URL: store https://{host}")


def _namespaces(request: LoginRequest) -> Verdict:
    return check_list(request.service_account[0], request.record.allowed_namespaces)


def _names(request: LoginRequest) -> Verdict:
    return check_list(request.service_account[1], request.record.allowed_names)


@rule(
    "login.namespace.entry",
    "Rejected if `allowedNamespaces` has an empty entry and no entry before it matches. The running service fails on an"
    " empty entry.",
    login("12"),
    _FAILED,
    settled_by=IS_ALLOWED,
)
def namespace_entry(request: LoginRequest) -> Finding | None:
    if _namespaces(request) is not Verdict.BROKEN:
        return None
    return Finding("allowedNamespaces has an empty entry: remove the extra comma")


@rule(
    "login.namespace",
    "Rejected if `allowedNamespaces` is not empty and no entry matches the service account's namespace.",
    login("8"),
    UNAUTHORIZED,
    settled_by=IS_ALLOWED,
)
def namespace_allowed(request: LoginRequest) -> Finding | None:
    if _namespaces(request) is Verdict.ALLOWED:
        return None
    return Finding(f"The namespace '{request.service_account[0]}' matches no entry of allowedNamespaces")


@rule(
    "login.name.entry",
    "Rejected if `allowedNames` has an empty entry and no entry before it matches. The running service fails on an"
    " empty entry.",
    login("12"),
    _FAILED,
    settled_by=IS_ALLOWED,
)
def name_entry(request: LoginRequest) -> Finding | None:
    if _names(request) is not Verdict.BROKEN:
        return None
    return Finding("allowedNames has an empty entry: remove the extra comma")


@rule(
    "login.name",
    "Rejected if `allowedNames` is not empty and no entry matches the service account's name.",
    login("9"),
    UNAUTHORIZED,
    settled_by=IS_ALLOWED,
)
def name_allowed(request: LoginRequest) -> Finding | None:
    if _names(request) is Verdict.ALLOWED:
        return None
    return Finding(f"The service account name '{request.service_account[1]}' matches no entry of allowedNames")


@rule(
    "login.audience",
    "Rejected if `allowedAudience` is not empty and is not among the audiences of the token review.",
    login("10"),
    UNAUTHORIZED,
    settled_by=IS_ALLOWED,
)
def audience_allowed(request: LoginRequest) -> Finding | None:
    audience = request.record.allowed_audience
    if not audience or audience in (request.review.audiences or ()):
        return None
    return Finding(f"The token is not valid for the audience '{audience}' in allowedAudience")


LOGIN: Rulebook[Any] = Rulebook(
    *CONTRACT_RULES,
    organization_slug,
    identity_uuid,
    not_attached,
    retired_gateway,
    unconfigured,
    gateway_exists,
    pool_healthy,
    host_local,
    host_scheme,
    *REVIEW_RULES,
    namespace_entry,
    namespace_allowed,
    name_entry,
    name_allowed,
    audience_allowed,
    *SCOPE_RULES,
)
