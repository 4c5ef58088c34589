"""`GET /api/v2/gateways`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.clusters.list_gateways import LIST_GATEWAYS, ListRequest, of_organization, view


def list_gateways(call: Call) -> Outcome:
    """Return the gateways of the caller's organization. Unlike other lists, the body is an array."""
    state = call.state
    decision = call.decide(LIST_GATEWAYS, ListRequest(call.facts(), *call.issues))
    if decision.refused:
        return Outcome(decision)
    users = state.gateway_users
    gateways = of_organization(state.gateways.values(), call.caller.organization_id)
    return Outcome(decision, [view(each, call.now, len(users.ids_in(each.id))) for each in gateways])


OPERATION = Operation("listGateways", LIST_GATEWAYS, list_gateways)
