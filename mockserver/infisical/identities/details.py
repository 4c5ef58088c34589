"""The details operation, and what it answers. Who may ask is decided with the token: identities only."""

from mockserver.infisical.identities.organization import Organization
from mockserver.infisical.preconditions import Contracted
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

DETAILS: Rulebook[Contracted] = Rulebook(*CONTRACT_RULES)


def view(root: Organization) -> dict[str, object]:
    """`identityDetails`: the root organization, wherever below it the caller acts."""
    return {"organization": {"id": root.id, "name": root.name, "slug": root.slug}}
