"""The section `organizations`: tenants with plan and roles, and the sub-organizations below them."""

from mockserver.infisical.identities.organization import FLAGS_ON_BY_DEFAULT, PLAN_FLAGS, Organization, Permission, Role
from mockserver.seeding.merge import Entry
from mockserver.seeding.reading import Reading, derived_id


def all_organizations(reading: Reading) -> list[Organization]:
    """Return all organizations; a parent may come after its children."""
    entries = list(reading.entries.section("organizations"))
    found = [_organization(reading, entry) for entry in entries]
    return [_below(reading, entry, each) for entry, each in zip(entries, found, strict=True)]


def _organization(reading: Reading, entry: Entry) -> Organization:
    plan = entry.get("plan") or {}
    organization = Organization(
        id=entry["id"].lower(),
        name=entry["name"],
        slug=entry["slug"],
        plan=frozenset(flag for flag in PLAN_FLAGS if plan.get(flag, flag in FLAGS_ON_BY_DEFAULT)),
        roles=_roles(reading, entry),
        identity_limit=plan.get("identityLimit"),
        created_at=reading.created(entry),
        legacy_privileges=not entry.get("shouldUseNewPrivilegeSystem", True),
    )
    unique = {"id": organization.id, "slug": organization.slug}
    reading.organizations.add(entry, organization, unique=unique, shared=organization.name)
    return organization


def _below(reading: Reading, entry: Entry, organization: Organization) -> Organization:
    """Return the organization with its parent, if the entry names one."""
    if entry.get("parent") is None:
        return organization
    parent = reading.organizations.find(entry, entry["parent"], "parent")
    if parent is None:
        return organization
    if parent.id == organization.id or any(
        each["id"].lower() == parent.id and each.get("parent") for each in reading.entries.section("organizations")
    ):
        reading.entries.complain(entry, "the parent must be a root organization", "parent")
    child = organization._replace(parent_id=parent.id)
    reading.organizations.replace(organization, child)
    return child


def _roles(reading: Reading, entry: Entry) -> dict[str, Role]:
    roles: dict[str, Role] = {}
    for index, role in enumerate(entry.get("roles") or ()):
        slug = role["slug"]
        if slug in roles:
            reading.entries.complain(
                entry, "another role of the organization has the same slug", "roles", index, "slug"
            )
        permissions = tuple(
            Permission(each["subject"], tuple(each["actions"]), each.get("inverted", False))
            for each in role.get("permissions") or ()
        )
        role_id = (role.get("id") or derived_id("role", entry["id"].lower(), slug)).lower()
        roles[slug] = Role(slug, role["name"], permissions, role_id, role.get("description"))
    return roles
