"""The details operation and its response. Authentication has already rejected the tokens of users."""

from mockserver.infisical.identities.organization import Organization
from mockserver.infisical.preconditions import Contracted
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

DETAILS: Rulebook[Contracted] = Rulebook(*CONTRACT_RULES)


def view(root: Organization) -> dict[str, object]:
    """Return `identityDetails`: the root organization, also for a token of one of its sub-organizations."""
    return {"organization": {"id": root.id, "name": root.name, "slug": root.slug}}
