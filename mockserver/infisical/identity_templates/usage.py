"""The operation that lists the identities linked to a template: its rules in the service's order."""

from collections.abc import Iterable

from mockserver.infisical import preconditions
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identity_templates import rules
from mockserver.infisical.identity_templates.request import TemplateRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

USAGE: Rulebook[TemplateRequest] = Rulebook(
    *CONTRACT_RULES,
    rules.plan,
    preconditions.caller_member,
    rules.LIST,
    rules.template_uuid,
    rules.unknown,
)


def usage(identities: Iterable[Identity]) -> list[dict[str, object]]:
    """Return the linked identities in the order of their names."""
    ordered = sorted(identities, key=lambda each: (each.name, each.id))
    return [{"identityId": each.id, "identityName": each.name} for each in ordered]
