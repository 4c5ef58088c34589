"""The details operation, and what it answers. Who may ask is decided with the token: identities only."""

from mockserver.contract_rules import CONTRACT_RULES
from mockserver.identity.organization import Organization
from mockserver.rules import Rulebook
from mockserver.standing import Contracted

DETAILS: Rulebook[Contracted] = Rulebook(*CONTRACT_RULES)


def view(root: Organization) -> dict[str, object]:
    """`identityDetails`: the root organization, wherever below it the caller acts."""
    return {"organization": {"id": root.id, "name": root.name, "slug": root.slug}}
