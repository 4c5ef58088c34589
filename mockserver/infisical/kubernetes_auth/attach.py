"""The attach operation: its rules in the order in which the service checks them."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, token_settings
from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL
from mockserver.infisical.kubernetes_auth import cluster_checks, gateways, templates
from mockserver.infisical.kubernetes_auth.change import RANKS
from mockserver.infisical.kubernetes_auth.fields import (
    DATABASE_REASON,
    DATABASE_SUMMARY,
    FIELD_RULES,
    MODE_RULES,
    Issues,
    database_refuses,
    field_rule,
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
from mockserver.rules.rule import Answer, Finding, Rulebook, Source, answers, rule


def _in_api_mode(request: AttachRequest) -> bool:
    return request.sent.token_review_mode in (ABSENT, API_MODE)


@schema_rule("attach.host.needed", "Rejected if `kubernetesHost` is null or blank in mode `api`.", attach_schema(1))
def host_needed(request: AttachRequest) -> Issues:
    if request.is_configured_by_template or not _in_api_mode(request):
        return ()
    if request.sent.kubernetes_host not in (None, ""):
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


def _audience_needed(request: AttachRequest) -> Issues:
    if not request.behaviour.audience_required or request.sent.allowed_audience is not ABSENT:
        return ()
    if any(issue.path in ((), ("allowedAudience",)) for issue in request.issues):
        return ()  # no object, or an audience of a wrong type
    return (issues.invalid_type(RANKS["allowedAudience"], ("allowedAudience",), "string", "undefined"),)


audience_needed = field_rule(
    "attach.audience.needed",
    "Rejected if `allowedAudience` is not sent, which the server of 2026-05 requires.",
    (),
    _audience_needed,
    source=Source("service", "attach, required fields in 2026-05", "2026-05-01"),
    answered=answers(422, "ValidationFailure", until="2026-05"),
)


# Row 4 of the service's list (TTL above the maximum) has no rule: `attach.ttl.order` comes first and is stricter.
ATTACH: Rulebook[AttachRequest] = Rulebook(
    *CONTRACT_RULES,
    *FIELD_RULES,
    audience_needed,
    host_needed,
    *MODE_RULES,
    ttl_order,
    ca_required,
    templates.attach_managed_field,
    preconditions.instance_admin.only(until="2026-05"),
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.identity_home,
    attachment.already_attached,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("create").only(until="2026-05"),
    preconditions.project_permission("edit-auth").only(since="2026-08"),
    preconditions.permission("create").only(until="2026-05"),
    preconditions.permission("edit-auth").only(since="2026-08"),
    preconditions.boundary("edit-auth").only(since="2026-09"),
    *templates.ATTACH_LINK,
    templates.host_required,
    token_settings.trusted_ips_plan,
    token_settings.trusted_ips_valid,
    ca_conflict,
    *gateways.RULES,
    cluster_checks.pool_healthy,
    *cluster_checks.OUTBOUND,
    preconditions.instance_admin.only(since="2026-08"),
    database,
)
