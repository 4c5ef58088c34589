"""Rules about auth templates that an attach or update links, and about the reviewer JWT that a template has left.

Source: generations, sections 1 and 2. The service has them since 2026-09.
"""

from typing import NamedTuple

from mockserver.infisical.kubernetes_auth.change import COLUMN_LENGTH, NAMES
from mockserver.infisical.kubernetes_auth.connection import MANAGED, contradictions, redirected
from mockserver.infisical.kubernetes_auth.fields import Issues, schema_rule
from mockserver.infisical.kubernetes_auth.request import AttachRequest, Configuration, UpdateRequest
from mockserver.infisical.kubernetes_auth.sources import since_september
from mockserver.infisical.preconditions import BAD_REQUEST, DENIED, NOT_FOUND, assumed, denied
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT
from mockserver.rules.issues import CROSS_FIELD_RANK
from mockserver.rules.rule import Answer, Finding, Rule, answers, rule

SUBJECT = "machine-identity-auth-template"
PLAN_FLAG = "machineIdentityAuthTemplates"
PLAN_REASON = "The plan does not include auth templates for machine identities: upgrade it"
PINNED_REASON = "The auth template '{name}' uses a retired gateway of version 1: give it another gateway first"
_ABOUT = ("templateId",)


class LinkRules(NamedTuple):
    """The rules about a template that is linked, in the service's order (T1 to T6), and one of this mock."""

    plan: Rule[Configuration]
    permission: Rule[Configuration]
    exists: Rule[Configuration]
    retired_gateway: Rule[Configuration]
    settings: Rule[Configuration]
    private_host: Rule[Configuration]
    column: Rule[Configuration]


def _access_rules(operation: str) -> tuple[Rule[Configuration], Rule[Configuration]]:
    @rule(
        f"{operation}.template.plan",
        f"Rejected if `templateId` links another template and the plan lacks `{PLAN_FLAG}`.",
        since_september("T1"),
        BAD_REQUEST,
        since="2026-09",
        about=_ABOUT,
    )
    def plan(request: Configuration) -> Finding | None:
        if not request.links or request.facts.plan_has(PLAN_FLAG):
            return None
        return Finding(f"{PLAN_REASON}, or omit templateId")

    @rule(
        f"{operation}.template.permission",
        "Rejected if `templateId` links another template and the caller's role lacks the permission `attach-templates`"
        f" on `{SUBJECT}`.",
        since_september("T2"),
        DENIED,
        since="2026-09",
        about=_ABOUT,
    )
    def permission(request: Configuration) -> Finding | None:
        return denied(request.facts, "attach-templates", SUBJECT) if request.links else None

    return plan, permission


def _existence_rules(operation: str) -> tuple[Rule[Configuration], Rule[Configuration]]:
    @rule(
        f"{operation}.template.exists",
        "Rejected if the organization has no auth template for Kubernetes Auth with the id `templateId`.",
        since_september("T3"),
        NOT_FOUND,
        since="2026-09",
        about=_ABOUT,
    )
    def exists(request: Configuration) -> Finding | None:
        if not request.links or request.template is not None:
            return None
        return Finding(
            f"Auth template with ID '{request.sent.template_id}' not found in the organization, or not for"
            " Kubernetes Auth"
        )

    @rule(
        f"{operation}.template.retired-gateway",
        "Rejected if the template that `templateId` links uses a retired gateway of version 1.",
        since_september("T4"),
        BAD_REQUEST,
        since="2026-09",
        about=_ABOUT,
    )
    def retired_gateway(request: Configuration) -> Finding | None:
        template = request.template
        if template is None or template.connection.retired_gateway_id is None:
            return None
        return Finding(PINNED_REASON.format(name=template.name))

    return exists, retired_gateway


def _settings_rules(operation: str) -> tuple[Rule[Configuration], Rule[Configuration]]:
    @rule(
        f"{operation}.template.settings",
        "Rejected if the settings of the template that `templateId` links do not hold together: mode `gateway` without"
        " gateway and pool, mode `api` without host, both gateway and pool, or, in mode `api`, verification without CA"
        " or a CA without verification.",
        since_september("T5"),
        BAD_REQUEST,
        since="2026-09",
        about=_ABOUT,
    )
    def settings(request: Configuration) -> Finding | None:
        template = request.template
        reason = None if template is None else next(contradictions(template.connection), None)
        if template is None or reason is None:
            return None
        return Finding(f"The auth template '{template.name}' cannot be linked: {reason}")

    @rule(
        f"{operation}.template.private-host",
        "Rejected if the service would call the host of the linked template directly and it is local or private.",
        since_september("T6"),
        BAD_REQUEST,
        since="2026-09",
        about=_ABOUT,
    )
    def private_host(request: Configuration) -> Finding | None:
        template = request.template
        if template is None or not template.connection.is_direct:
            return None
        if not request.facts.host_is_local(template.connection.kubernetes_host or ""):
            return None
        return Finding(f"The host of the auth template '{template.name}' is local or private, which is not allowed")

    return settings, private_host


def _column_rule(operation: str) -> Rule[Configuration]:
    @rule(
        f"{operation}.template.column",
        f"Rejected if the `allowedAudience` of the linked template has more than {COLUMN_LENGTH} characters or a NUL"
        " character. The running service fails to store it.",
        assumed("columns of a linked record; the contract profile rejects what the database cannot store"),
        answers(contract=Answer(400, "BadRequest"), live=None),
        since="2026-09",
        about=_ABOUT,
    )
    def column(request: Configuration) -> Finding | None:
        template = request.template
        if template is None or fits_column(template.connection.allowed_audience):
            return None
        return Finding(f"The allowedAudience of the auth template '{template.name}' does not fit into the record")

    return column


UPDATE_LINK = LinkRules(
    *_access_rules("update"), *_existence_rules("update"), *_settings_rules("update"), _column_rule("update")
)
ATTACH_LINK = LinkRules(
    *_access_rules("attach"), *_existence_rules("attach"), *_settings_rules("attach"), _column_rule("attach")
)


@rule(
    "update.template.managed-field",
    "Rejected if the record is linked to a template, `templateId` is not sent, and a property that the template manages"
    " is sent, even with its stored value. An empty `tokenReviewerJwt` does not count.",
    since_september("T7"),
    BAD_REQUEST,
    since="2026-09",
    about=MANAGED,
)
def managed_field(request: UpdateRequest) -> Finding | None:
    stored, sent = request.stored, request.sent
    if stored is None or stored.template_id is None or sent.template_id is not ABSENT:
        return None
    managed = [name for name in MANAGED if NAMES[name] in sent.sent and not _keeps_jwt(request, name)]
    if not managed:
        return None
    template = request.facts.template(stored.template_id)
    name = stored.template_id if template is None else template.name
    return Finding(
        f"The auth template '{name}' manages {', '.join(managed)}: change the template, or send templateId null to"
        " unlink the identity"
    )


def _keeps_jwt(request: UpdateRequest, name: str) -> bool:
    return name == "tokenReviewerJwt" and request.sent.token_reviewer_jwt == ""


@rule(
    "update.provenance",
    "Rejected if the stored reviewer JWT is a template's, no template is being linked, `tokenReviewerJwt` is not sent"
    " (or empty), and `kubernetesHost`, `gatewayId`, `gatewayPoolId`, `verifyTlsCertificate` or `caCert` differs from"
    " the stored value.",
    since_september("provenance of the reviewer JWT"),
    BAD_REQUEST,
    since="2026-09",
    about=("kubernetesHost", "gatewayId", "gatewayPoolId", "verifyTlsCertificate", "caCert"),
)
def provenance(request: UpdateRequest) -> Finding | None:
    stored, sent = request.stored, request.sent
    if stored is None or not stored.jwt_from_template or request.links or sent.token_reviewer_jwt not in (ABSENT, ""):
        return None
    changed = redirected(stored, sent, request.texts)
    if not changed:
        return None
    return Finding(
        f"The stored token reviewer JWT comes from an auth template, and {', '.join(changed)} would send it elsewhere:"
        " send a tokenReviewerJwt, or null to remove it"
    )


def fits_column(text: str) -> bool:
    """Whether a text column of a record can store the text."""
    return len(text) <= COLUMN_LENGTH and "\0" not in text


@schema_rule(
    "attach.template.managed-field",
    "Rejected if `templateId` is sent together with a property that the template manages. The response has an issue for"
    " each.",
    assumed("attach with a template: the issues' paths are not known"),
    since="2026-09",
    about=_ABOUT,
)
def attach_managed_field(request: AttachRequest) -> Issues:
    if not request.is_configured_by_template:
        return ()
    message = "The auth template manages this property: omit it, or omit templateId"
    return tuple(
        issues.custom(CROSS_FIELD_RANK, (name,), message) for name in MANAGED if NAMES[name] in request.sent.sent
    )


@rule(
    "attach.host.required",
    "Rejected if neither `templateId` nor `kubernetesHost` is sent in mode `api`.",
    since_september("attach without a template"),
    BAD_REQUEST,
    since="2026-09",
)
def host_required(request: AttachRequest) -> Finding | None:
    record = request.record
    if not record.in_api_mode or request.is_configured_by_template or record.after.kubernetes_host is not None:
        return None
    return Finding("Token review mode 'api' needs a kubernetesHost or a templateId")
