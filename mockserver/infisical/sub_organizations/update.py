"""The operation that updates a sub-organization: its rules in the service's order, and the updated organization."""

from mockserver.infisical.identities.organization import Organization
from mockserver.infisical.sub_organizations import rules
from mockserver.infisical.sub_organizations.change import Change
from mockserver.infisical.sub_organizations.request import UpdateRequest
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.decision_table import Writes
from mockserver.rules.rule import Rulebook

UPDATE: Rulebook[UpdateRequest] = Rulebook(
    *CONTRACT_RULES,
    *rules.FIELD_RULES,
    rules.sub_organization_uuid,
    rules.unknown,
    rules.member,
    rules.EDIT,
    rules.slug_taken,
)

WRITES = Writes.of({"name": "name", "slug": "slug"})
"""How coverage counts an update."""


def updated(organization: Organization, sent: Change, now: int) -> Organization:
    """Return the sub-organization after the update; the same object if nothing is sent. A name alone sets the slug."""
    slug = sent.resulting_slug
    if slug is None:
        return organization
    name = organization.name if sent.name is ABSENT else sent.name
    return organization._replace(name=name, slug=slug, updated_at=now)
