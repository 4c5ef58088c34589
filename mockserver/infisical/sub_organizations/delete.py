"""The operation that deletes a sub-organization: its rules in the service's order."""

from mockserver.infisical.sub_organizations import rules
from mockserver.infisical.sub_organizations.request import SubOrganizationRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

DELETE: Rulebook[SubOrganizationRequest] = Rulebook(
    *CONTRACT_RULES,
    rules.sub_organization_uuid,
    rules.unknown,
    rules.member,
    rules.DELETE,
)
