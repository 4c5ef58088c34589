"""The operation that lists the templates of an auth method: its rules in the service's order."""

from mockserver.infisical import preconditions
from mockserver.infisical.identity_templates import rules
from mockserver.infisical.identity_templates.request import TemplatesRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

LIST: Rulebook[TemplatesRequest] = Rulebook(
    *CONTRACT_RULES,
    rules.plan,
    preconditions.caller_member,
    rules.ATTACH,
)
