"""The operation that updates a template: its rules in the order in which the service checks them."""

from mockserver.infisical import preconditions
from mockserver.infisical.identity_templates import rules
from mockserver.infisical.identity_templates.request import UpdateRequest
from mockserver.infisical.kubernetes_auth.sources import since_september
from mockserver.infisical.kubernetes_auth.templates import fits_column
from mockserver.infisical.preconditions import BAD_REQUEST, assumed
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.decision_table import Writes
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule

_LIVE_ONLY = answers(contract=None, live=Answer(500, "Update by id"))


@rule(
    "template.method",
    "Rejected if `templateFields` has a setting that templates of this auth method do not have.",
    since_september("template operations"),
    BAD_REQUEST,
    since="2026-09",
    about=("templateFields",),
)
def method(request: UpdateRequest) -> Finding | None:
    foreign = request.sent.foreign(request.template.method)
    if not foreign:
        return None
    return Finding(f"A template for the auth method '{request.template.method}' has no {', '.join(foreign)}")


@rule(
    "template.nothing-to-write",
    "Rejected if the body sets no column: the running service fails on an empty UPDATE.",
    since_september("template operations"),
    _LIVE_ONLY,
    since="2026-09",
)
def nothing_to_write(request: UpdateRequest) -> Finding | None:
    if not request.sent.writes_nothing:
        return None
    return Finding("The body sets no column, so the UPDATE fails: send a name or a setting")


@rule(
    "template.update.column",
    "Rejected if the `allowedAudience` that the template gives to its linked identities has more than 255 characters or"
    " a NUL character, which their records cannot store.",
    assumed("columns of a linked record"),
    answers(contract=Answer(400, "BadRequest"), live=Answer(500, "Update by id")),
    since="2026-09",
    about=("templateFields",),
)
def column(request: UpdateRequest) -> Finding | None:
    if not request.has_users or not request.sent.template_fields or fits_column(request.after.allowed_audience):
        return None
    return Finding("The allowedAudience does not fit into the records of the linked identities")


@rule(
    "template.update.database",
    "Rejected if the database cannot store the name.",
    since_september("update of a template, the UPDATE"),
    _LIVE_ONLY,
    since="2026-09",
    about=("name",),
)
def database(request: UpdateRequest) -> Finding | None:
    reason = rules.database_reason(request)
    return Finding(reason) if reason else None


UPDATE: Rulebook[UpdateRequest] = Rulebook(
    *CONTRACT_RULES,
    *rules.FIELD_RULES,
    rules.plan,
    rules.template_uuid,
    rules.unknown,
    preconditions.caller_member,
    rules.EDIT,
    method,
    rules.settings,
    *rules.GATEWAY_RULES,
    rules.private_host,
    nothing_to_write,
    column,
    database,
)

WRITES = Writes(("name", "templateFields"), lambda template: (template.name, template.connection))
"""The fields that coverage counts for an update."""
