"""Identities as members of an organization, read from the state of a world."""

from mockserver.api.operation import Call
from mockserver.infisical.identities.found_membership import FoundMembership
from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.search_memberships import Access
from mockserver.infisical.identities.view import Member
from mockserver.infisical.state import State


def members(state: State, organization_id: str) -> list[Member]:
    """Return every identity of the organization, at home or shared, in no particular order."""
    return [
        member(state, state.identities[identity_id], organization_id)
        for identity_id in state.members.ids_in(organization_id)
    ]


def member(state: State, identity: Identity, organization_id: str) -> Member:
    """Return the identity as a member of that organization, to which it must belong."""
    membership = identity.membership(organization_id)
    assert membership is not None, "only members of the organization are shown"
    role = state.organizations[membership.organization_id].role(membership.role)
    return Member(identity, membership, role, tuple(state.auth_methods(identity.id)))


def readable(call: Call) -> list[FoundMembership]:
    """Return the memberships that the caller may read, in its organization and in the projects of it."""
    state, organization_id = call.state, call.caller.organization_id
    organization, caller = state.organizations.get(organization_id), call.caller.identity
    if organization is None or caller is None:
        return []
    access = Access.of(organization, call.facts().caller_role, caller.id)
    projects = {each.id: each for each in access.projects}
    found = []
    for each in members(state, organization_id):
        identity, locked = each.identity, tuple(locked_methods(state, each.identity.id, call.now))
        if identity.project_id is None and access.organization:
            found.append(FoundMembership.of_organization(each, locked))
        elif identity.project_id in projects and identity.organization_id == organization_id:
            found.append(FoundMembership.of_project(each, projects[identity.project_id], locked))
    return found


def locked_methods(state: State, identity_id: str, now: int) -> list[str]:
    """Return the auth methods that are locked out at `now` (milliseconds); only Universal Auth has a lockout."""
    lockout = state.universal_auths.lockouts.get(identity_id)
    return ["universal-auth"] if lockout is not None and now < lockout.locked_until else []
