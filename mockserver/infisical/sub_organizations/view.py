"""Response object of a sub-organization."""

from mockserver.clock import iso
from mockserver.infisical.identities.organization import Organization


def view(organization: Organization) -> dict[str, object]:
    """Return the sub-organization as responses show it."""
    return {
        "id": organization.id,
        "name": organization.name,
        "slug": organization.slug,
        "createdAt": iso(organization.created_at),
        "updatedAt": iso(organization.updated_at),
        "parentOrgId": organization.parent_id,
    }
