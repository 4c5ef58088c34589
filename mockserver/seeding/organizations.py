"""The section `organizations`: tenants with plan and roles, and the sub-organizations below them."""

from mockserver.infisical.derived_ids import derived_id
from mockserver.infisical.identities.organization import FLAGS_ON_BY_DEFAULT, PLAN_FLAGS, Organization, Permission, Role
from mockserver.seeding.merge import Entry
from mockserver.seeding.projects import all_projects
from mockserver.seeding.reading import Reading


def all_organizations(reading: Reading) -> list[Organization]:
    """Return all organizations; a parent may come after its children."""
    entries = list(reading.entries.section("organizations"))
    found = [_organization(reading, entry) for entry in entries]
    return [_below(reading, entry, each) for entry, each in zip(entries, found, strict=True)]


def _organization(reading: Reading, entry: Entry) -> Organization:
    plan = entry.get("plan") or {}
    created, updated = reading.times(entry)
    organization = Organization(
        id=entry["id"].lower(),
        name=entry["name"],
        slug=entry["slug"],
        plan=frozenset(flag for flag in PLAN_FLAGS if plan.get(flag, flag in FLAGS_ON_BY_DEFAULT)),
        roles=_roles(reading, entry),
        identity_limit=plan.get("identityLimit"),
        created_at=created,
        updated_at=updated,
        legacy_privileges=not entry.get("shouldUseNewPrivilegeSystem", True),
        projects=all_projects(reading, entry),
    )
    reading.organizations.add(entry, organization, unique={"id": organization.id}, shared=organization.name)
    # The slug of a sub-organization is unique below its root organization only.
    if entry.get("parent") is None:
        reading.organizations.add(entry, organization, unique={"slug": organization.slug})
    elif organization.slug != organization.name:
        reading.organizations.add(entry, organization, unique={}, shared=organization.slug)
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
    reading.organizations.add(entry, child, unique={"slug": child.slug}, scope=f"below {parent.id}")
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
