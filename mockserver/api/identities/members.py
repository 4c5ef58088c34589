"""Identities as members of an organization, read from the state of a world."""

from collections.abc import Callable

from mockserver.api.operation import Call
from mockserver.infisical.identities.found_membership import FoundMembership
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.search_memberships import Access
from mockserver.infisical.identities.view import Member
from mockserver.infisical.state import State


def member_of(state: State, organization_id: str) -> Callable[[str], Member]:
    """Return a function from the id of a member of the organization, at home or shared, to the member."""
    identities = state.identities
    return lambda identity_id: member(state, identities[identity_id], organization_id)


def member(state: State, identity: Identity, organization_id: str) -> Member:
    """Return the identity as a member of that organization, to which it must belong."""
    membership = identity.membership(organization_id)
    assert membership is not None, "only members of the organization are shown"
    role = state.organizations[membership.organization_id].role(membership.role)
    return Member(identity, membership, role, tuple(state.auth_methods(identity.id)))


def readable(call: Call) -> Callable[[str], FoundMembership | None]:
    """Return a function from the id of a member of the caller's organization to the membership that it may read.

    That is one of the organization, or of a project of it. None if the caller may not read it.
    """
    state, organization_id, now = call.state, call.caller.organization_id, call.now
    organization, caller = state.organizations.get(organization_id), call.caller.identity
    if organization is None or caller is None:
        return lambda _: None
    access = Access.of(organization, call.facts().caller_role, caller.id)
    projects = {each.id: each for each in access.projects}
    shown = member_of(state, organization_id)

    def find(identity_id: str) -> FoundMembership | None:
        each = shown(identity_id)
        identity, locked = each.identity, tuple(locked_methods(state, identity_id, now))
        if identity.project_id is None and access.organization:
            return FoundMembership.of_organization(each, locked)
        if identity.project_id in projects and identity.organization_id == organization_id:
            return FoundMembership.of_project(each, projects[identity.project_id], locked)
        return None

    return find


def locked_methods(state: State, identity_id: str, now: int) -> list[str]:
    """Return the auth methods that are locked out at `now` (milliseconds); only Universal Auth has a lockout."""
    lockout = state.universal_auths.lockouts.get(identity_id)
    return ["universal-auth"] if lockout is not None and now < lockout.locked_until else []
