"""`POST /api/v2/identities/search/count`."""

from mockserver.api.identities.members import readable
from mockserver.api.long_bodies import body_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.found_membership import SCOPES
from mockserver.infisical.identities.search_memberships import COUNT, CountRequest, Query, counts


def count_memberships(call: Call) -> Outcome:
    """Return the number of memberships in each scope that match the filter and that the caller may read."""
    decision = call.decide(COUNT, CountRequest(call.facts(), *call.issues))
    if decision.refused:
        return Outcome(decision)
    ids = call.state.members.ids_in(call.caller.organization_id)
    return Outcome(decision, body_of(counts(ids, readable(call), Query.from_json(call.body, SCOPES)), len(ids)))


OPERATION = Operation("countMachineIdentitiesV2", COUNT, count_memberships, only_reads=True)
