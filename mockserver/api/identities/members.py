"""Identities as members of an organization, read from the state of a world."""

from mockserver.infisical.identities.identity import Identity
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


def locked_methods(state: State, identity_id: str, now: int) -> list[str]:
    """Return the auth methods that are locked out at `now` (milliseconds); only Universal Auth has a lockout."""
    lockout = state.universal_auths.lockouts.get(identity_id)
    return ["universal-auth"] if lockout is not None and now < lockout.locked_until else []
