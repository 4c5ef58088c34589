"""`GET /api/v1/identities`."""

from mockserver.api.identities.members import members
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.list import LIST, answer
from mockserver.infisical.identities.request import ListRequest


def list_machine_identities(call: Call) -> Outcome:
    """Return all identities of the organization; the service does not paginate this list."""
    organization_id = call.caller.organization_id
    request = ListRequest(call.facts(), organization_id, str(call.query.get("orgId", "")), *call.issues)
    decision = call.decide(LIST, request)
    return Outcome(decision, None if decision.refused else answer(members(call.state, organization_id)))


OPERATION = Operation("listMachineIdentities", LIST, list_machine_identities)
