"""Response objects for an identity: on its own, and as a member of an organization."""

from typing import NamedTuple

from mockserver.clock import iso
from mockserver.infisical.identities.identity import Identity, Membership
from mockserver.infisical.identities.organization import CUSTOM, Role


class Member(NamedTuple):
    """An identity in one organization: its membership, the role of that membership and the names of its auth methods.

    `role` is None if the organization no longer has a role with the membership's slug.
    """

    identity: Identity
    membership: Membership
    role: Role | None
    auth_methods: tuple[str, ...] = ()

    @property
    def shown_role(self) -> str:
        """The role as responses show it: `custom` for every custom role."""
        return CUSTOM if self.custom_role is not None else self.membership.role

    @property
    def custom_role(self) -> Role | None:
        """The role if it is a custom one; None otherwise."""
        return self.role if self.role is not None and self.role.is_custom else None


def identity_view(identity: Identity, organization_id: str) -> dict[str, object]:
    """Return `identity` of a create, update or delete. `orgId` is the caller's organization, not always the home."""
    return {
        "id": identity.id,
        "name": identity.name,
        "authMethod": None,
        "createdAt": iso(identity.created_at),
        "updatedAt": iso(identity.updated_at),
        "hasDeleteProtection": identity.has_delete_protection,
        "orgId": organization_id,
        "projectId": identity.project_id,
    }


def metadata_view(identity: Identity) -> list[dict[str, str]]:
    """Return the metadata in the order in which it was sent."""
    return [{"id": each.id, "key": each.key, "value": each.value} for each in identity.metadata]


def get_view(member: Member, locked: list[str]) -> dict[str, object]:
    """Return `identity` of a get. `locked` are the auth methods that are locked out now."""
    inner = {**_inner(member), "activeLockoutAuthMethods": locked}
    return {**_membership_fields(member), "metadata": metadata_view(member.identity), "identity": inner}


def search_view(member: Member) -> dict[str, object]:
    """Return an element of the `identities` of a search."""
    return {**_membership_fields(member), "identity": _inner(member)}


def list_view(member: Member) -> dict[str, object]:
    """Return an element of the `identities` of a list, whose inner object has no `orgId`."""
    inner = _inner(member)
    del inner["orgId"]
    return {**_membership_fields(member), "identity": inner}


def _inner(member: Member) -> dict[str, object]:
    identity = member.identity
    return {
        "id": identity.id,
        "name": identity.name,
        "hasDeleteProtection": identity.has_delete_protection,
        "orgId": identity.organization_id,
        "authMethods": list(member.auth_methods),
    }


def _membership_fields(member: Member) -> dict[str, object]:
    """Return the fields of the membership, with `customRole` only if the role is a custom one."""
    membership, role = member.membership, member.custom_role
    shown: dict[str, object] = {
        "id": membership.id,
        "role": member.shown_role,
        "roleId": None if role is None else role.id,
        "orgId": membership.organization_id,
        "createdAt": iso(membership.created_at),
        "updatedAt": iso(membership.updated_at),
        "identityId": member.identity.id,
        "lastLoginAuthMethod": membership.last_login_method,
        "lastLoginTime": None if membership.last_login_at is None else iso(membership.last_login_at),
    }
    if role is not None:
        shown["customRole"] = {
            "id": role.id,
            "name": role.name,
            "slug": role.slug,
            "permissions": [each.packed() for each in role.permissions],
            "description": role.description,
        }
    return shown
