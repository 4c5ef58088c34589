"""`GET /api/v1/identities/{identityId}`."""

from mockserver.api.identities.members import locked_methods, member
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.get import GET
from mockserver.infisical.identities.request import IdentityRequest
from mockserver.infisical.identities.view import get_view


def get_machine_identity(call: Call) -> Outcome:
    """Return the identity as a member of the caller's organization, with metadata and locked-out auth methods."""
    state, identity = call.state, call.identity
    request = IdentityRequest(
        call.parameters["identityId"], call.organization_facts(call.identity_id), identity, *call.issues
    )
    decision = call.decide(GET, request)
    if decision.refused or identity is None:
        return Outcome(decision)
    locked = locked_methods(state, identity.id, call.now)
    return Outcome(decision, {"identity": get_view(member(state, identity, call.caller.organization_id), locked)})


OPERATION = Operation("getMachineIdentityById", GET, get_machine_identity)
