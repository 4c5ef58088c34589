"""The operation that creates a sub-organization: its rules in the service's order, and the new organization."""

from mockserver.infisical import preconditions
from mockserver.infisical.identities.organization import Organization
from mockserver.infisical.sub_organizations import rules
from mockserver.infisical.sub_organizations.change import Change
from mockserver.infisical.sub_organizations.request import CreateRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

CREATE: Rulebook[CreateRequest] = Rulebook(
    *CONTRACT_RULES,
    *rules.FIELD_RULES,
    preconditions.caller_member,
    rules.root,
    rules.CREATE,
    rules.plan,
    rules.slug_taken,
)


def created(sent: Change, root: Organization, organization_id: str, now: int) -> Organization:
    """Return the new sub-organization. It has the plan of its root organization."""
    return Organization(
        id=organization_id,
        name=str(sent.name),
        slug=sent.resulting_slug or "",
        plan=root.plan,
        parent_id=root.id,
        identity_limit=root.identity_limit,
        created_at=now,
        updated_at=now,
    )
