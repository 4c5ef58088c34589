"""The update operation: its rules in the order in which the service checks them."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, token_settings
from mockserver.infisical.auth_methods.token_settings import FITS_COLUMNS
from mockserver.infisical.kubernetes_auth import cluster_checks, gateways, templates
from mockserver.infisical.kubernetes_auth.fields import (
    DATABASE_REASON,
    DATABASE_SUMMARY,
    FIELD_RULES,
    MODE_RULES,
    Issues,
    database_refuses,
    field_rule,
)
from mockserver.infisical.kubernetes_auth.request import UpdateRequest
from mockserver.infisical.kubernetes_auth.sources import decision_list
from mockserver.infisical.kubernetes_auth.update_kinds import KEEPS_TLS
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
    "Rejected if `accessTokenTTL` exceeds `accessTokenMaxTTL` in the same body and neither is 0.",
    ("accessTokenTTL",),
    _ttl_order,
)


@rule(
    "update.tls.ca-required",
    "Rejected if TLS verification is on in mode `api` and no CA certificate is sent or stored. In 2026-05: only if"
    " `verifyTlsCertificate` is sent.",
    decision_list(24),
    BAD_REQUEST,
    settled_by=KEEPS_TLS,
)
def ca_required(request: UpdateRequest) -> Finding | None:
    record = request.record
    if record.in_api_mode and record.after.verify_tls_certificate and not record.after.ca_cert:
        if not request.behaviour.stored_flag_needs_ca and request.sent.verify_tls_certificate is not True:
            return None
        return Finding(
            "TLS verification needs a CA certificate: send caCert, or turn verification off"
            " with verifyTlsCertificate false and caCert ''"
        )
    return None


@rule(
    "update.tls.ca-conflict",
    "Rejected if TLS verification is off in mode `api` and a CA certificate is sent or stored.",
    decision_list(25),
    BAD_REQUEST,
    settled_by=KEEPS_TLS,
)
def ca_conflict(request: UpdateRequest) -> Finding | None:
    record = request.record
    if record.in_api_mode and not record.after.verify_tls_certificate and record.after.ca_cert:
        return Finding(
            "A CA certificate cannot be combined with TLS verification that is off:"
            " send caCert '', or verifyTlsCertificate true"
        )
    return None


@rule(
    "update.database",
    DATABASE_SUMMARY,
    decision_list(29),
    _LIVE_ONLY,
    about=(
        "kubernetesHost",
        "allowedNamespaces",
        "allowedNames",
        "allowedAudience",
        "accessTokenNumUsesLimit",
        "templateId",
    ),
    settled_by=FITS_COLUMNS,
)
def database(request: UpdateRequest) -> Finding | None:
    return Finding(DATABASE_REASON) if database_refuses(request) else None


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
    preconditions.project_member,
    preconditions.project_permission("edit").only(until="2026-05"),
    preconditions.project_permission("edit-auth").only(since="2026-08"),
    preconditions.permission("edit").only(until="2026-05"),
    preconditions.permission("edit-auth").only(since="2026-08"),
    preconditions.boundary("edit-auth").only(since="2026-09"),
    *templates.UPDATE_LINK,
    templates.managed_field,
    templates.provenance,
    token_settings.trusted_ips_plan,
    token_settings.trusted_ips_valid,
    *gateways.RULES,
    preconditions.instance_admin.only(since="2026-08"),
    ca_required,
    ca_conflict,
    cluster_checks.pool_healthy,
    *cluster_checks.OUTBOUND,
    token_settings.nothing_to_write,
    database,
)
