"""The operation that lists the identities linked to a template: its rules in the service's order."""

from collections.abc import Iterable
from operator import itemgetter

from mockserver.infisical import preconditions
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identity_templates import rules
from mockserver.infisical.identity_templates.request import TemplateRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook
from mockserver.steps import LongList, Steps, batched, in_order

USAGE: Rulebook[TemplateRequest] = Rulebook(
    *CONTRACT_RULES,
    rules.plan,
    preconditions.caller_member,
    rules.LIST,
    rules.template_uuid,
    rules.unknown,
)


def usage(identities: Iterable[Identity]) -> Steps[LongList]:
    """Return the linked identities in the order of their names, as a bare array."""
    ordered = yield from in_order(((each.name, each.id) for each in identities), itemgetter(0, 1))
    return LongList("", batched({"identityId": each, "identityName": name} for name, each in ordered), {})
