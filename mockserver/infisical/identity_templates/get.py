"""The operation that returns a template: its rules in the order in which the service checks them."""

from mockserver.infisical import preconditions
from mockserver.infisical.identity_templates import rules
from mockserver.infisical.identity_templates.request import TemplateRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

GET: Rulebook[TemplateRequest] = Rulebook(
    *CONTRACT_RULES,
    rules.plan,
    rules.template_uuid,
    rules.unknown,
    preconditions.caller_member,
    rules.LIST,
)
