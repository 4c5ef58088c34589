"""`POST /api/v2/identities/search`."""

from mockserver.api.identities.members import readable
from mockserver.api.long_bodies import body_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.search_memberships import SEARCH, Page, Query, SearchRequest, answer


def search_memberships(call: Call) -> Outcome:
    """Return one page of the memberships that match the filter and that the caller may read."""
    page = Page.from_json(call.body)
    decision = call.decide(SEARCH, SearchRequest(call.facts(), page, *call.issues))
    if decision.refused:
        return Outcome(decision)
    ids = call.state.members.ids_in(call.caller.organization_id)
    return Outcome(decision, body_of(answer(ids, readable(call), Query.from_json(call.body), page), len(ids)))


OPERATION = Operation("searchMachineIdentitiesV2", SEARCH, search_memberships, only_reads=True)
