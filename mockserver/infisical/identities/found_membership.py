"""Memberships as the second version of the identities' search finds them: of an organization, or of a project."""

from typing import NamedTuple

from mockserver.clock import iso
from mockserver.infisical.derived_ids import derived_id
from mockserver.infisical.identities.identity import NO_ACCESS, Membership
from mockserver.infisical.identities.organization import CUSTOM, PROJECT_ROLES, Project, Role
from mockserver.infisical.identities.view import Member
from mockserver.infisical.sub_organizations.slugs import slug_of

ORGANIZATION, PROJECT = "organization", "project"
SCOPES = (ORGANIZATION, PROJECT)


class FoundMembership(NamedTuple):
    """A membership of an identity. `project` is None for one of an organization; `locked` are auth methods locked out.

    `role` is None if the organization no longer has a role with the membership's slug.
    """

    member: Member
    membership: Membership
    role: Role | None
    project: Project | None = None
    locked: tuple[str, ...] = ()

    @classmethod
    def of_organization(cls, member: Member, locked: tuple[str, ...]) -> "FoundMembership":
        """Return the identity's membership of the organization."""
        return cls(member, member.membership, member.role, None, locked)

    @classmethod
    def of_project(cls, member: Member, project: Project, locked: tuple[str, ...]) -> "FoundMembership":
        """Return the identity's membership of the project that manages it. By default it has no access there."""
        role = project.role_of(member.identity.id) or PROJECT_ROLES[NO_ACCESS]
        membership = Membership(
            id=derived_id("membership", project.id, member.identity.id),
            organization_id=member.membership.organization_id,
            role=role.slug,
            created_at=member.identity.created_at,
            updated_at=member.identity.created_at,
        )
        return cls(member, membership, role, project, locked)

    @property
    def scope(self) -> str:
        """What the membership is of: `organization` or `project`."""
        return ORGANIZATION if self.project is None else PROJECT

    @property
    def custom_role(self) -> Role | None:
        """The role if it is a custom one; a project has none."""
        return self.member.custom_role if self.project is None else None

    @property
    def role_names(self) -> frozenset[str]:
        """The texts that a search finds the role by: a custom role's name and slug, and the stored name."""
        custom = self.custom_role
        return frozenset((self.membership.role,) if custom is None else (custom.name, custom.slug, CUSTOM))

    @property
    def last_login_at(self) -> int | None:
        """The time of the last login in milliseconds; that of the home membership if this one has none."""
        at = self.membership.last_login_at
        return self.member.identity.home.last_login_at if at is None else at

    @property
    def last_login_method(self) -> str | None:
        """The auth method of the last login; that of the home membership if this one has none."""
        return self.membership.last_login_method or self.member.identity.home.last_login_method


def view(found: FoundMembership) -> dict[str, object]:
    """Return an element of `identities`."""
    membership, identity, project = found.membership, found.member.identity, found.project
    at = found.last_login_at
    return {
        "id": membership.id,
        "identityId": identity.id,
        "scope": found.scope,
        "orgId": membership.organization_id,
        "projectId": None if project is None else project.id,
        "project": None if project is None else _project(project),
        "createdAt": iso(membership.created_at),
        "updatedAt": iso(membership.updated_at),
        "lastLoginAuthMethod": found.last_login_method,
        "lastLoginTime": None if at is None else iso(at),
        "roles": [_role(found)],
        "identity": {
            "id": identity.id,
            "name": identity.name,
            "orgId": identity.organization_id,
            "hasDeleteProtection": identity.has_delete_protection,
            "authMethods": list(found.member.auth_methods),
            "activeLockoutAuthMethods": list(found.locked),
        },
    }


def _project(project: Project) -> dict[str, object]:
    return {"id": project.id, "name": project.name, "slug": slug_of(project.name), "type": "secret-manager"}


def _role(found: FoundMembership) -> dict[str, object]:
    """Return the role of the membership. Fixtures know no temporary access."""
    custom = found.custom_role
    return {
        "id": derived_id("membership-role", found.membership.id),
        "role": found.membership.role if custom is None else CUSTOM,
        "customRoleId": None if custom is None else custom.id,
        "customRoleName": None if custom is None else custom.name,
        "customRoleSlug": None if custom is None else custom.slug,
        "customRoleDescription": None if custom is None else custom.description,
        "isTemporary": False,
        "temporaryMode": None,
        "temporaryRange": None,
        "temporaryAccessStartTime": None,
        "temporaryAccessEndTime": None,
    }
