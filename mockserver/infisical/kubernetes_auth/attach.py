"""The attach operation: its rules in the order in which the service asks them (behaviour 2)."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, token_settings
from mockserver.infisical.auth_methods.token_settings import DEFAULT_TTL
from mockserver.infisical.kubernetes_auth import cluster_checks, gateways
from mockserver.infisical.kubernetes_auth.fields import FIELD_RULES, MODE_RULES, Issues, database_refuses, schema_rule
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


@schema_rule("attach.host.needed", "In mode `api`, the host is not null.", attach_schema(1))
def host_needed(request: AttachRequest) -> Issues:
    if not _in_api_mode(request) or request.sent.kubernetes_host is not None:
        return ()
    return (issues.custom(CROSS_FIELD_RANK, ("kubernetesHost",), "Token review mode 'api' needs a kubernetesHost"),)


@schema_rule(
    "attach.ttl.order",
    "The TTL is not above the max TTL, defaults included: 0 is no exception.",
    attach_schema(4),
)
def ttl_order(request: AttachRequest) -> Issues:
    ttl, max_ttl = request.sent.access_token_ttl, request.sent.access_token_max_ttl
    if (DEFAULT_TTL if ttl is ABSENT else ttl) <= (DEFAULT_TTL if max_ttl is ABSENT else max_ttl):
        return ()
    message = f"accessTokenTTL must not be greater than accessTokenMaxTTL (each is {DEFAULT_TTL} if it is not sent)"
    return (issues.custom(CROSS_FIELD_RANK, ("accessTokenTTL",), message),)


@schema_rule(
    "attach.tls.ca-required",
    "In mode `api`, verification that is sent as true comes with a CA.",
    attach_schema(5),
)
def ca_required(request: AttachRequest) -> Issues:
    sent = request.sent
    if sent.verify_tls_certificate is not True or not _in_api_mode(request) or sent.ca_cert not in (ABSENT, ""):
        return ()
    return (issues.custom(CROSS_FIELD_RANK, ("caCert",), "TLS verification needs a CA certificate: send caCert"),)


@rule(
    "attach.tls.ca-conflict",
    "In mode `api`, no CA is sent beside verification that is sent as false.",
    attach(7),
    BAD_REQUEST,
)
def ca_conflict(request: AttachRequest) -> Finding | None:
    judged = request.record
    if judged.in_api_mode and not judged.after.verify_tls_certificate and judged.after.ca_cert:
        return Finding("A CA certificate cannot stand beside TLS verification that is off")
    return None


@rule(
    "attach.database",
    "The database takes the values: text columns of 255 characters without NUL, integers of 64 bits.",
    attach(12),
    answers(contract=None, live=Answer(500, "Create")),
)
def database(request: AttachRequest) -> Finding | None:
    return Finding("The database refuses one of the values") if database_refuses(request) else None


# Row 4, TTL above max, cannot be reached: `attach.ttl.order` is stricter, and comes first.
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
