"""`DELETE /api/v1/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.delete import DELETE
from mockserver.infisical.identities.request import IdentityRequest
from mockserver.infisical.identities.view import identity_view


def delete_machine_identity(call: Call) -> Outcome:
    """Delete the identity with its auth methods and tokens, or only its membership of a sub-organization."""
    state, identity, organization_id = call.state, call.identity, call.caller.organization_id
    facts = call.organization_facts(call.identity_id)
    request = IdentityRequest(call.parameters["identityId"], facts, identity, *call.issues)
    decision = call.decide(DELETE, request)
    if decision.refused or identity is None:
        return Outcome(decision)
    if facts.identity_at_home:
        call.commit(state.without_identity(identity.id), identity.id)
    else:
        call.commit(state.with_identity(identity.without_membership(organization_id)), identity.id)
    return Outcome(decision, {"identity": identity_view(identity, organization_id)})


OPERATION = Operation("deleteMachineIdentity", DELETE, delete_machine_identity)
