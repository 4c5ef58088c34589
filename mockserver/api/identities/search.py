"""`POST /api/v1/identities/search`."""

from mockserver.api.identities.members import members
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.search import SEARCH, Page, Query, SearchRequest, answer


def search_machine_identities(call: Call) -> Outcome:
    """Return one page of the identities of the caller's organization that match the filter."""
    page = Page.from_json(call.body)
    decision = call.decide(SEARCH, SearchRequest(call.facts(), page, *call.issues))
    if decision.refused:
        return Outcome(decision)
    found = members(call.state, call.caller.organization_id)
    return Outcome(decision, answer(found, Query.from_json(call.body), page))


OPERATION = Operation("searchMachineIdentities", SEARCH, search_machine_identities, only_reads=True)
