"""The attach operation: its rules in the order in which the service checks them."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, token_settings
from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL
from mockserver.infisical.kubernetes_auth import cluster_checks, gateways
from mockserver.infisical.kubernetes_auth.fields import (
    DATABASE_REASON,
    DATABASE_SUMMARY,
    FIELD_RULES,
    MODE_RULES,
    Issues,
    database_refuses,
    schema_rule,
)
from mockserver.infisical.kubernetes_auth.record import API_MODE
from mockserver.infisical.kubernetes_auth.request import AttachRequest
from mockserver.infisical.kubernetes_auth.sources import attach, attach_schema
from mockserver.infisical.preconditions import BAD_REQUEST
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.issues import CROSS_FIELD_RANK
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule


def _in_api_mode(request: AttachRequest) -> bool:
    return request.sent.token_review_mode in (ABSENT, API_MODE)


@schema_rule("attach.host.needed", "Rejected if `kubernetesHost` is null in mode `api`.", attach_schema(1))
def host_needed(request: AttachRequest) -> Issues:
    if not _in_api_mode(request) or request.sent.kubernetes_host is not None:
        return ()
    message = "Token review mode 'api' needs a kubernetesHost: send one, or use mode 'gateway'"
    return (issues.custom(CROSS_FIELD_RANK, ("kubernetesHost",), message),)


@schema_rule(
    "attach.ttl.order",
    "Rejected if `accessTokenTTL` exceeds `accessTokenMaxTTL`. A value that is not sent counts as its default; 0 has no"
    " special meaning.",
    attach_schema(4),
)
def ttl_order(request: AttachRequest) -> Issues:
    ttl, max_ttl = request.sent.access_token_ttl, request.sent.access_token_max_ttl
    if (DEFAULT_TTL if ttl is ABSENT else ttl) <= (DEFAULT_TTL if max_ttl is ABSENT else max_ttl):
        return ()
    message = f"accessTokenTTL must not be greater than accessTokenMaxTTL (the default of each is {DEFAULT_TTL})"
    return (issues.custom(CROSS_FIELD_RANK, ("accessTokenTTL",), message),)


@schema_rule(
    "attach.tls.ca-required",
    "Rejected if `verifyTlsCertificate` is sent as true in mode `api` and `caCert` is empty or not sent.",
    attach_schema(5),
)
def ca_required(request: AttachRequest) -> Issues:
    sent = request.sent
    if sent.verify_tls_certificate is not True or not _in_api_mode(request) or sent.ca_cert not in (ABSENT, ""):
        return ()
    return (issues.custom(CROSS_FIELD_RANK, ("caCert",), "TLS verification needs a CA certificate: send caCert"),)


@rule(
    "attach.tls.ca-conflict",
    "Rejected if `verifyTlsCertificate` is sent as false in mode `api` together with a `caCert`.",
    attach(7),
    BAD_REQUEST,
)
def ca_conflict(request: AttachRequest) -> Finding | None:
    record = request.record
    if record.in_api_mode and not record.after.verify_tls_certificate and record.after.ca_cert:
        return Finding(
            "A CA certificate cannot be combined with TLS verification that is off:"
            " omit caCert, or send verifyTlsCertificate true"
        )
    return None


@rule(
    "attach.database",
    DATABASE_SUMMARY,
    attach(12),
    answers(contract=None, live=Answer(500, "Create")),
)
def database(request: AttachRequest) -> Finding | None:
    return Finding(DATABASE_REASON) if database_refuses(request) else None


# Row 4 of the service's list (TTL above the maximum) has no rule: `attach.ttl.order` comes first and is stricter.
ATTACH: Rulebook[AttachRequest] = Rulebook(
    *CONTRACT_RULES,
    *FIELD_RULES,
    host_needed,
    *MODE_RULES,
    ttl_order,
    ca_required,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.identity_home,
    attachment.already_attached,
    preconditions.caller_member,
    preconditions.permission("edit-auth"),
    token_settings.trusted_ips_plan,
    token_settings.trusted_ips_valid,
    ca_conflict,
    *gateways.RULES,
    cluster_checks.pool_healthy,
    *cluster_checks.OUTBOUND,
    preconditions.instance_admin,
    database,
)
