"""`POST /api/v1/identities/search`."""

from mockserver.api.identities.members import member_of
from mockserver.api.long_bodies import body_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.search import SEARCH, Page, Query, SearchRequest, answer


def search_machine_identities(call: Call) -> Outcome:
    """Return one page of the identities of the caller's organization that match the filter."""
    state, organization_id = call.state, call.caller.organization_id
    page = Page.from_json(call.body)
    decision = call.decide(SEARCH, SearchRequest(call.facts(), page, *call.issues))
    if decision.refused:
        return Outcome(decision)
    ids = state.members.ids_in(organization_id)
    found = answer(ids, member_of(state, organization_id), Query.from_json(call.body), page)
    return Outcome(decision, body_of(found, len(ids)))


OPERATION = Operation("searchMachineIdentities", SEARCH, search_machine_identities, only_reads=True)
