"""What the operations on one sub-organization share: the one of the path, and what the caller may do in it."""

from mockserver.api.operation import Call
from mockserver.infisical.identities.organization import Organization
from mockserver.infisical.javascript import trim
from mockserver.infisical.preconditions import CallerFacts
from mockserver.infisical.sub_organizations.change import Change


def path_id(call: Call) -> str:
    """Return the id of the path as the service reads it: trimmed."""
    return trim(call.parameters["subOrgId"])


def found(call: Call) -> Organization | None:
    """Return the sub-organization of the path; None if the caller's root organization has none with that id."""
    organization = call.state.organizations.get(path_id(call).lower())
    return organization if organization is not None and organization.parent_id == call.root_id else None


def facts_in(call: Call, organization: Organization | None) -> CallerFacts:
    """Return the facts about the caller in the sub-organization; in its own organization if there is none."""
    return call.facts() if organization is None else call.facts_in(organization.id)


def slug_taken(call: Call, sent: Change, root_id: str, own_id: str = "") -> bool:
    """Whether another sub-organization below that root organization has the slug that the body results in."""
    slug = sent.resulting_slug
    return slug is not None and any(
        each.parent_id == root_id and each.slug == slug and each.id != own_id
        for each in call.state.organizations.values()
    )
