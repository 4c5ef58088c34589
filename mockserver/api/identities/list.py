"""`GET /api/v1/identities`."""

from mockserver.api.identities.members import member
from mockserver.api.long_bodies import body_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.list import LIST, answer
from mockserver.infisical.identities.request import ListRequest


def list_machine_identities(call: Call) -> Outcome:
    """Return all identities of the organization; the service does not paginate this list."""
    state, organization_id = call.state, call.caller.organization_id
    request = ListRequest(call.facts(), organization_id, str(call.query.get("orgId", "")), *call.issues)
    decision = call.decide(LIST, request)
    if decision.refused:
        return Outcome(decision)
    ids = state.members.ids_in(organization_id)
    identities = state.identities
    found = answer((identities[each] for each in ids), lambda each: member(state, each, organization_id))
    return Outcome(decision, body_of(found, len(ids)))


OPERATION = Operation("listMachineIdentities", LIST, list_machine_identities)
