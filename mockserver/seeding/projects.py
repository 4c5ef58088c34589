"""The key `projects` of an organization: its projects and their members."""

from collections.abc import Iterable
from typing import Any

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.organization import Organization, Project
from mockserver.seeding.merge import Entry
from mockserver.seeding.reading import Reading


def all_projects(reading: Reading, entry: Entry) -> dict[str, Project]:
    """Return the projects of the organization's entry by id, still without members: identities are read later."""
    found: dict[str, Project] = {}
    for index, given in enumerate(entry.get("projects") or ()):
        project = Project(given["id"].lower(), given["name"])
        if any(project.id in each for each in (found, *reading.projects.values())):
            reading.entries.complain(entry, "another project has the same id", "projects", index, "id")
        found[project.id] = project
    if found:
        reading.projects[entry["id"].lower()] = found
    return found


def with_members(reading: Reading, organizations: Iterable[Organization]) -> list[Organization]:
    """Return the organizations with the members of their projects. Errors are kept in `reading`."""
    entries = {entry["id"].lower(): entry for entry in reading.entries.section("organizations")}
    return [_with_members(reading, entries[each.id], each) if each.projects else each for each in organizations]


def _with_members(reading: Reading, entry: Entry, organization: Organization) -> Organization:
    projects = {}
    for index, given in enumerate(entry["projects"]):
        project = organization.projects[given["id"].lower()]
        projects[project.id] = project._replace(members=_members(reading, entry, organization, index))
    return organization._replace(projects=projects)


def _members(reading: Reading, entry: Entry, organization: Organization, index: int) -> dict[str, str]:
    """Return the roles of a project's members, by the identities' ids."""
    found: dict[str, str] = {}
    for place, given in enumerate(entry["projects"][index].get("members") or ()):
        steps = ("projects", index, "members", place, "identityId")
        identity: Identity | None = reading.identities.find(entry, given["identityId"], *steps)
        if identity is None:
            continue
        if identity.membership(organization.id) is None:
            reading.entries.complain(entry, "the identity is not a member of this organization", *steps)
        elif identity.id in found:
            reading.entries.complain(entry, "the identity is already a member of this project", *steps)
        else:
            found[identity.id] = given["role"]
    return found


def managing_project(reading: Reading, entry: Entry, organization_id: str) -> str | None:
    """Return the id of the project that manages the identity of that entry, in its home organization.

    If the organization lists no projects, any id is accepted: the project then has no members.
    """
    given: str | None = entry.get("projectId")
    if given is None:
        return None
    known = reading.projects.get(organization_id)
    if known is not None and given.lower() not in known:
        names = ", ".join(f"{each.id} ({each.name})" for each in known.values())
        reading.entries.complain(entry, f"the organization has no such project: use one of {names}", "projectId")
    return given.lower()


def project_entries(organization: Organization) -> list[dict[str, Any]]:
    """Return the organization's projects in the fixture format."""
    return [
        {
            "id": each.id,
            "name": each.name,
            "members": [{"identityId": who, "role": each.members[who]} for who in sorted(each.members)],
        }
        for each in sorted(organization.projects.values(), key=lambda each: each.id)
    ]
