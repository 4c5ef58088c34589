"""Kinds of logins, by the stored record and the token review: rules that a kind settles are not asked about it."""

from functools import cache

from mockserver.infisical.auth_methods.attachment import IS_ATTACHED
from mockserver.infisical.auth_methods.login import STAYS_AT_HOME
from mockserver.infisical.kubernetes_auth.cluster_checks import names_scheme
from mockserver.infisical.kubernetes_auth.globs import Verdict, check_list
from mockserver.infisical.kubernetes_auth.login_request import LoginRequest, Review, account_in
from mockserver.infisical.kubernetes_auth.record import API_MODE, KubernetesAuth

CALLS_A_HOST = "calls a host"
"""The kind of login whose record names a host with a scheme, neither local nor private, and no gateway or pool."""
IS_SERVICE_ACCOUNT = "is a service account"
"""The kind of login whose token the cluster has authenticated as that of a service account."""
IS_ALLOWED = "is allowed"
"""The kind of login whose service account and audience the record allows."""
OF_NO_KIND: frozenset[str] = frozenset()


def kinds_of(request: LoginRequest) -> frozenset[str]:
    """Return the kinds of a login. One that needs a gateway, or is rejected, is of few kinds or of none."""
    record = request.stored
    if record is None or request.issues:
        return OF_NO_KIND
    at_home = request.sent.organization_slug is None
    if not _calls_a_host(record) or request.clusters.host_is_local(record.kubernetes_host or ""):
        return _kinds(at_home, False, False, False)
    review = request.review
    account = account_in(review) if review.authenticated and review.error is None and review.failure is None else None
    if account is None:
        return _kinds(at_home, True, False, False)
    return _kinds(at_home, True, True, _is_allowed(record, account, review))


def _calls_a_host(record: KubernetesAuth) -> bool:
    host = record.kubernetes_host
    return (
        record.gateway_id is None
        and record.gateway_pool_id is None
        and record.retired_gateway_id is None
        and record.token_review_mode == API_MODE
        and host is not None
        and names_scheme(host)
    )


def _is_allowed(record: KubernetesAuth, account: tuple[str, str], review: Review) -> bool:
    namespace, name = account
    audience = record.allowed_audience
    return (
        check_list(namespace, record.allowed_namespaces) is Verdict.ALLOWED
        and check_list(name, record.allowed_names) is Verdict.ALLOWED
        and (not audience or audience in (review.audiences or ()))
    )


@cache
def _kinds(at_home: bool, calls_a_host: bool, is_service_account: bool, is_allowed: bool) -> frozenset[str]:
    named = {
        STAYS_AT_HOME: at_home,
        CALLS_A_HOST: calls_a_host,
        IS_SERVICE_ACCOUNT: is_service_account,
        IS_ALLOWED: is_allowed,
    }
    return frozenset((IS_ATTACHED,)) | {name for name, holds in named.items() if holds}
