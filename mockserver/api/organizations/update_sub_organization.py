"""`PATCH /api/v1/sub-organizations/{subOrgId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.organizations.about_sub_organization import facts_in, found, path_id, slug_taken
from mockserver.infisical.sub_organizations.change import Change
from mockserver.infisical.sub_organizations.request import UpdateRequest
from mockserver.infisical.sub_organizations.update import UPDATE, WRITES, updated
from mockserver.infisical.sub_organizations.view import view


def update_sub_organization(call: Call) -> Outcome:
    """Update name and slug and return the sub-organization. A body that sends neither changes nothing."""
    stored, sent = found(call), Change.from_json(call.body)
    request = UpdateRequest(
        path_id(call),
        stored,
        facts_in(call, stored),
        *call.issues,
        sent=sent,
        slug_taken=stored is not None and slug_taken(call, sent, call.root_id, stored.id),
    )
    decision = call.decide(UPDATE, request)
    if decision.refused:
        return Outcome(decision, None, stored, sent)
    organization = updated(request.organization, sent, call.now)
    if organization is not stored:
        call.commit(call.state.with_organization(organization), ())
    return Outcome(decision, {"organization": view(organization)}, stored, sent, organization)


OPERATION = Operation("updateSubOrganization", UPDATE, update_sub_organization, writes=WRITES)
