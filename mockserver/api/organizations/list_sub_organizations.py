"""`GET /api/v1/sub-organizations`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.list_sub_organizations import LIST_SUB_ORGANIZATIONS, ListRequest, Query, answer


def list_sub_organizations(call: Call) -> Outcome:
    """Return one page of the sub-organizations of the caller's root organization, by name."""
    decision = call.decide(LIST_SUB_ORGANIZATIONS, ListRequest(call.facts(), *call.issues))
    if decision.refused:
        return Outcome(decision)
    organizations, caller = call.state.organizations, call.caller
    root_id = organizations[caller.organization_id].root_id
    return Outcome(decision, answer(organizations.values(), root_id, caller.identity, Query.from_query(call.query)))


OPERATION = Operation("listSubOrganizations", LIST_SUB_ORGANIZATIONS, list_sub_organizations)
