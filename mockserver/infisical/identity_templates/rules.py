"""Rules that several operations on templates share. Source: generations, section 4; the service has them since 2026-09.

No rule here calls a cluster.
"""

from typing import Protocol

from mockserver.infisical import preconditions
from mockserver.infisical.identity_templates.change import Change
from mockserver.infisical.identity_templates.request import Facts, TemplateRequest
from mockserver.infisical.javascript import is_uuid
from mockserver.infisical.kubernetes_auth.change import COLUMN_LENGTH
from mockserver.infisical.kubernetes_auth.connection import Connection, contradictions
from mockserver.infisical.kubernetes_auth.fields import HOST_CHARACTERS
from mockserver.infisical.kubernetes_auth.sources import since_september
from mockserver.infisical.kubernetes_auth.templates import PLAN_FLAG, PLAN_REASON, SUBJECT
from mockserver.infisical.preconditions import BAD_REQUEST, DENIED, NOT_FOUND, AuthenticatedRequest, assumed, denied
from mockserver.rules import issues
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, answers, rule

_OPERATIONS = since_september("template operations")
_NAME, _SETTINGS = 0, 2
"""Ranks of the properties of the body."""


class SendsTemplate(Protocol):
    """A request that sends a name or settings."""

    sent: Change
    facts: Facts
    after: Connection
    issues: tuple[Issue, ...]


@rule(
    "template.plan",
    f"Rejected if the plan lacks `{PLAN_FLAG}`.",
    _OPERATIONS,
    BAD_REQUEST,
    since="2026-09",
)
def plan(request: AuthenticatedRequest) -> Finding | None:
    return None if request.facts.plan_has(PLAN_FLAG) else Finding(PLAN_REASON)


@rule(
    "template.uuid",
    "Rejected if `templateId` is not a UUID. The running service passes it to its database, which fails.",
    assumed("templates by id: the database's answer to a text that is no UUID"),
    answers(contract=Answer(404, "NotFound"), live=Answer(500, "Find by id")),
    since="2026-09",
)
def template_uuid(request: TemplateRequest) -> Finding | None:
    if is_uuid(request.template_id):
        return None
    return Finding(f"Auth template with ID '{request.template_id}' not found: templateId must be a UUID")


@rule(
    "template.unknown",
    "Rejected if the caller's organization has no template with that id.",
    _OPERATIONS,
    NOT_FOUND,
    since="2026-09",
)
def unknown(request: TemplateRequest) -> Finding | None:
    if request.found is not None:
        return None
    return Finding(f"Auth template with ID '{request.template_id}' not found in the organization")


CREATE, EDIT, DELETE, LIST, UNLINK, ATTACH = [
    preconditions.permission(f"{action}-templates", SUBJECT)
    for action in ("create", "edit", "delete", "list", "unlink", "attach")
]
"""The rule about each permission."""


@rule(
    "template.name.blank",
    "Rejected if `name` is empty after trimming.",
    _OPERATIONS,
    answers(422, "ValidationFailure"),
    since="2026-09",
    gathers=True,
    about=("name",),
)
def name_blank(request: SendsTemplate) -> Finding | None:
    if request.sent.name != "" or any(issue.path == ("name",) for issue in request.issues):
        return None
    return Finding(issues=(issues.too_small(_NAME, ("name",), "string", 1),))


@rule(
    "template.name.nul",
    "Rejected if `name` contains a NUL character.",
    assumed("column types; refused at the schema stage by design of this mock"),
    answers(contract=VALIDATION_FAILURE, live=None),
    since="2026-09",
    gathers=True,
    about=("name",),
)
def name_nul(request: SendsTemplate) -> Finding | None:
    if not _has_nul(request):
        return None
    message = "The database cannot store a NUL character: remove it"
    return Finding(issues=(issues.custom(_NAME, ("name",), message),))


def _has_nul(request: SendsTemplate) -> bool:
    return isinstance(request.sent.name, str) and "\0" in request.sent.name


@rule(
    "template.host",
    f"Rejected if `kubernetesHost` is empty after trimming, has more than {COLUMN_LENGTH} characters, or contains a"
    " character other than `A-Z a-z 0-9 : . / -`.",
    assumed("schema of a template's host, taken from the update of an identity"),
    answers(422, "ValidationFailure"),
    since="2026-09",
    gathers=True,
    about=("templateFields",),
)
def host(request: SendsTemplate) -> Finding | None:
    path, text = ("templateFields", "kubernetesHost"), request.sent.template_fields.get("kubernetes_host")
    if not isinstance(text, str) or any(issue.path == path for issue in request.issues):
        return None
    found: list[Issue] = []
    if not text:
        found.append(issues.too_small(_SETTINGS, path, "string", 1))
    if len(text) > COLUMN_LENGTH:
        found.append(issues.too_big(_SETTINGS, path, "string", COLUMN_LENGTH))
    if not HOST_CHARACTERS.fullmatch(text):
        message = "The Kubernetes host may contain only letters, digits, colons, periods, slashes and hyphens"
        found.append(issues.custom(_SETTINGS, path, message))
    return Finding(issues=tuple(found)) if found else None


FIELD_RULES = (name_blank, name_nul, host)
"""The rules that add to the 422."""


@rule(
    "template.settings",
    "Rejected if the resulting settings do not hold together: mode `gateway` without gateway and pool, mode `api`"
    " without host, both gateway and pool, or, in mode `api`, verification without CA or a CA without verification.",
    _OPERATIONS,
    BAD_REQUEST,
    since="2026-09",
    about=("templateFields",),
)
def settings(request: SendsTemplate) -> Finding | None:
    reason = next(contradictions(request.after), None) if request.sent.template_fields else None
    return None if reason is None else Finding(f"The settings of the template do not hold together: {reason}")


@rule(
    "template.private-host",
    "Rejected if the service would call the host directly and it is local or private.",
    _OPERATIONS,
    BAD_REQUEST,
    since="2026-09",
    about=("templateFields",),
)
def private_host(request: SendsTemplate) -> Finding | None:
    after = request.after
    if (
        not request.sent.template_fields
        or not after.is_direct
        or not request.facts.host_is_local(after.kubernetes_host or "")
    ):
        return None
    return Finding("Local and private IP addresses are not allowed as Kubernetes host")


@rule(
    "template.gateway.plan",
    "Rejected if `gatewayId` names a gateway and the plan lacks `gateway`.",
    _OPERATIONS,
    BAD_REQUEST,
    since="2026-09",
    about=("templateFields",),
)
def gateway_plan(request: SendsTemplate) -> Finding | None:
    if _sent(request, "gateway_id") is None or request.facts.plan_has("gateway"):
        return None
    return Finding("The plan does not include gateways: upgrade it, or omit gatewayId")


@rule(
    "template.gateway.permission",
    "Rejected if `gatewayId` names a gateway and the caller's role lacks the permission `attach-gateways` on"
    " `gateway`.",
    _OPERATIONS,
    DENIED,
    since="2026-09",
    about=("templateFields",),
)
def gateway_permission(request: SendsTemplate) -> Finding | None:
    if _sent(request, "gateway_id") is None:
        return None
    return denied(request.facts, "attach-gateways", "gateway")


@rule(
    "template.gateway.unknown",
    "Rejected if the organization has no gateway with the id `gatewayId`. An update of an identity answers the same"
    " situation with 404.",
    _OPERATIONS,
    BAD_REQUEST,
    since="2026-09",
    about=("templateFields",),
)
def gateway_unknown(request: SendsTemplate) -> Finding | None:
    gateway = _sent(request, "gateway_id")
    if gateway is None or request.facts.gateway_known(gateway):
        return None
    return Finding(f"Gateway with ID '{gateway}' not found in the organization")


@rule(
    "template.pool.plan",
    "Rejected if `gatewayPoolId` names a pool and the plan lacks `gatewayPool`.",
    _OPERATIONS,
    BAD_REQUEST,
    since="2026-09",
    about=("templateFields",),
)
def pool_plan(request: SendsTemplate) -> Finding | None:
    if _sent(request, "gateway_pool_id") is None or request.facts.plan_has("gatewayPool"):
        return None
    return Finding("The plan does not include gateway pools: upgrade it, or omit gatewayPoolId")


@rule(
    "template.pool.permission",
    "Rejected if `gatewayPoolId` names a pool and the caller's role lacks the permission `attach-gateway-pools` on"
    " `gateway-pool`.",
    _OPERATIONS,
    DENIED,
    since="2026-09",
    about=("templateFields",),
)
def pool_permission(request: SendsTemplate) -> Finding | None:
    if _sent(request, "gateway_pool_id") is None:
        return None
    return denied(request.facts, "attach-gateway-pools", "gateway-pool")


@rule(
    "template.pool.unknown",
    "Rejected if the organization has no gateway pool with the id `gatewayPoolId`. An update of an identity answers the"
    " same situation with 404.",
    _OPERATIONS,
    BAD_REQUEST,
    since="2026-09",
    about=("templateFields",),
)
def pool_unknown(request: SendsTemplate) -> Finding | None:
    pool = _sent(request, "gateway_pool_id")
    if pool is None or request.facts.pool_known(pool):
        return None
    return Finding(f"Gateway pool with ID '{pool}' not found in the organization")


def _sent(request: SendsTemplate, name: str) -> str | None:
    found = request.sent.template_fields.get(name)
    return found if isinstance(found, str) else None


GATEWAY_RULES = (gateway_plan, gateway_permission, gateway_unknown, pool_plan, pool_permission, pool_unknown)
"""The rules about the gateway or pool of a template, in the service's order."""


def database_reason(request: SendsTemplate) -> str:
    """Return why the database cannot store the template; empty if it can."""
    return "The database cannot store a NUL character in the name" if _has_nul(request) else ""
