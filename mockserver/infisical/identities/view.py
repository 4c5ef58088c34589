"""The objects that the service answers with for an identity: on its own, and as a member of an organization."""

from typing import NamedTuple

from mockserver.clock import iso
from mockserver.infisical.identities.identity import Identity, Membership
from mockserver.infisical.identities.organization import CUSTOM, Role


class Member(NamedTuple):
    """An identity in one organization: its place there, the role of that place, and its auth methods in their order.

    `role` is None where the organization has no role of that slug any more.
    """

    identity: Identity
    place: Membership
    role: Role | None
    auth_methods: tuple[str, ...] = ()

    @property
    def shown_role(self) -> str:
        """The role as it is answered: `custom` for one of the organization's own."""
        return CUSTOM if self.custom_role is not None else self.place.role

    @property
    def custom_role(self) -> Role | None:
        """The role, if it is one of the organization's own."""
        return self.role if self.role is not None and self.role.is_custom else None


def by_age(member: Member) -> tuple[int, str]:
    """The order of identities of which a question says nothing else."""
    return member.identity.created_at, member.identity.id


def plain(identity: Identity, organization_id: str) -> dict[str, object]:
    """`identity` as delete answers it. Its `orgId` is the organization that was asked, not always its home."""
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
    """Its metadata in the order in which it was sent."""
    return [{"id": each.id, "key": each.key, "value": each.value} for each in identity.metadata]


def got(member: Member, locked: list[str]) -> dict[str, object]:
    """`identity` as get answers it; `locked` are the auth methods that are locked at the moment."""
    inner = {**_found(member), "activeLockoutAuthMethods": locked}
    return {**_membership(member), "metadata": metadata_view(member.identity), "identity": inner}


def found(member: Member) -> dict[str, object]:
    """One of the `identities` of a search."""
    return {**_membership(member), "identity": _found(member)}


def listed(member: Member) -> dict[str, object]:
    """One of the `identities` of a list, which say nothing of the home."""
    inner = _found(member)
    del inner["orgId"]
    return {**_membership(member), "identity": inner}


def _found(member: Member) -> dict[str, object]:
    identity = member.identity
    return {
        "id": identity.id,
        "name": identity.name,
        "hasDeleteProtection": identity.has_delete_protection,
        "orgId": identity.organization_id,
        "authMethods": list(member.auth_methods),
    }


def _membership(member: Member) -> dict[str, object]:
    """The place; `customRole` is there only where the role is one of the organization's own."""
    place, role = member.place, member.custom_role
    shown: dict[str, object] = {
        "id": place.id,
        "role": member.shown_role,
        "roleId": None if role is None else role.id,
        "orgId": place.organization_id,
        "createdAt": iso(place.created_at),
        "updatedAt": iso(place.updated_at),
        "identityId": member.identity.id,
        "lastLoginAuthMethod": place.last_login_method,
        "lastLoginTime": None if place.last_login_at is None else iso(place.last_login_at),
    }
    if role is not None:
        shown["customRole"] = {
            "id": role.id,
            "name": role.name,
            "slug": role.slug,
            "permissions": [each.as_json() for each in role.permissions],
            "description": role.description,
        }
    return shown
