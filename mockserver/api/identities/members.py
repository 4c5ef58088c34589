"""Identities as members of an organization, read from the state of a world."""

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identities.view import Member
from mockserver.infisical.state import State


def members(state: State, organization_id: str) -> list[Member]:
    """Every identity of the organization, at home or shared, in no order."""
    return [
        member(state, state.identities[identity_id], organization_id)
        for identity_id in state.members.ids_in(organization_id)
    ]


def member(state: State, identity: Identity, organization_id: str) -> Member:
    """The identity in that organization, of which it must be a member."""
    place = identity.membership(organization_id)
    assert place is not None, "asked for a member before the rule that makes sure that it is one"
    role = state.organizations[place.organization_id].role(place.role)
    return Member(identity, place, role, tuple(state.auth_methods(identity.id)))


def locked_methods(state: State, identity_id: str, now: int) -> list[str]:
    """The auth methods of the identity that are locked at `now` (milliseconds): only Universal Auth has a lockout."""
    lockout = state.universal_auths.lockouts.get(identity_id)
    return ["universal-auth"] if lockout is not None and now < lockout.locked_until else []
