"""The update operation: its rules in the order in which the service asks them."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, token_settings
from mockserver.infisical.kubernetes_auth import cluster_checks, gateways
from mockserver.infisical.kubernetes_auth.fields import FIELD_RULES, MODE_RULES, Issues, database_refuses, field_rule
from mockserver.infisical.kubernetes_auth.request import UpdateRequest
from mockserver.infisical.kubernetes_auth.sources import decision_list
from mockserver.infisical.preconditions import BAD_REQUEST
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.issues import CROSS_FIELD_RANK
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule

_LIVE_ONLY = answers(contract=None, live=Answer(500, "Update by id"))


def _ttl_order(request: UpdateRequest) -> Issues:
    ttl, max_ttl = request.sent.access_token_ttl, request.sent.access_token_max_ttl
    if ttl is ABSENT or max_ttl is ABSENT or request.wrong_types or not ttl or not max_ttl or ttl <= max_ttl:
        return ()
    message = "accessTokenTTL must not be greater than accessTokenMaxTTL"
    return (issues.custom(CROSS_FIELD_RANK, ("accessTokenTTL",), message),)


ttl_order = field_rule(
    "update.ttl.order",
    "A non-zero TTL is not above a non-zero max TTL of the same body.",
    ("accessTokenTTL",),
    _ttl_order,
)


@rule(
    "update.tls.ca-required",
    "In mode `api`, verification that would be on has a CA, sent or stored.",
    decision_list(24),
    BAD_REQUEST,
)
def ca_required(request: UpdateRequest) -> Finding | None:
    judged = request.record
    if judged.in_api_mode and judged.after.verify_tls_certificate and not judged.after.ca_cert:
        return Finding(
            "TLS verification needs a CA certificate: send caCert, or verifyTlsCertificate false with caCert ''"
        )
    return None


@rule(
    "update.tls.ca-conflict",
    "In mode `api`, no CA, sent or stored, stands beside verification that would be off.",
    decision_list(25),
    BAD_REQUEST,
)
def ca_conflict(request: UpdateRequest) -> Finding | None:
    judged = request.record
    if judged.in_api_mode and not judged.after.verify_tls_certificate and judged.after.ca_cert:
        return Finding(
            "A CA certificate cannot stand beside TLS verification that is off: send caCert '', or turn it on"
        )
    return None


@rule(
    "update.database",
    "The database takes the values: text columns of 255 characters without NUL, integers of 64 bits.",
    decision_list(29),
    _LIVE_ONLY,
    about=("allowedNamespaces", "allowedNames", "allowedAudience", "accessTokenNumUsesLimit"),
)
def database(request: UpdateRequest) -> Finding | None:
    return Finding("The database refuses one of the values") if database_refuses(request) else None


UPDATE: Rulebook[UpdateRequest] = Rulebook(
    *CONTRACT_RULES,
    *FIELD_RULES,
    *MODE_RULES,
    ttl_order,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.identity_home,
    attachment.update_not_attached,
    token_settings.ttl_stored_max,
    preconditions.caller_member,
    preconditions.permission("edit-auth"),
    token_settings.trusted_ips_plan,
    token_settings.trusted_ips_valid,
    *gateways.RULES,
    preconditions.instance_admin,
    ca_required,
    ca_conflict,
    cluster_checks.pool_healthy,
    *cluster_checks.OUTBOUND,
    token_settings.nothing_to_write,
    database,
)
