"""`GET /api/v1/sub-organizations`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.sub_organizations.list import LIST, Query, answer
from mockserver.infisical.sub_organizations.request import ListRequest


def list_sub_organizations(call: Call) -> Outcome:
    """Return one page of the sub-organizations of the caller's root organization, by name."""
    organizations, caller, root_id = call.state.organizations, call.caller, call.root_id
    decision = call.decide(LIST, ListRequest(call.facts_in(root_id), *call.issues))
    if decision.refused:
        return Outcome(decision)
    return Outcome(decision, answer(organizations.values(), root_id, caller.identity, Query.from_query(call.query)))


OPERATION = Operation("listSubOrganizations", LIST, list_sub_organizations)
