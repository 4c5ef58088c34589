"""The operation that creates a template: its rules in the order in which the service checks them."""

from mockserver.infisical import preconditions
from mockserver.infisical.identity_templates import rules
from mockserver.infisical.identity_templates.request import CreateRequest
from mockserver.infisical.kubernetes_auth.sources import since_september
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule


@rule(
    "template.create.database",
    "Rejected if the database cannot store the name.",
    since_september("create of a template, the INSERT"),
    answers(contract=None, live=Answer(500, "Create")),
    since="2026-09",
)
def database(request: CreateRequest) -> Finding | None:
    reason = rules.database_reason(request)
    return Finding(reason) if reason else None


CREATE: Rulebook[CreateRequest] = Rulebook(
    *CONTRACT_RULES,
    *rules.FIELD_RULES,
    rules.plan,
    preconditions.caller_member,
    rules.CREATE,
    rules.settings,
    rules.private_host,
    *rules.GATEWAY_RULES,
    database,
)
