"""`DELETE /api/v1/sub-organizations/{subOrgId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.organizations.about_sub_organization import facts_in, found, path_id
from mockserver.infisical.sub_organizations.delete import DELETE
from mockserver.infisical.sub_organizations.request import SubOrganizationRequest
from mockserver.infisical.sub_organizations.view import view


def delete_sub_organization(call: Call) -> Outcome:
    """Delete the sub-organization with everything in it, and return it. Tokens for it are no longer accepted."""
    stored = found(call)
    request = SubOrganizationRequest(path_id(call), stored, facts_in(call, stored), *call.issues)
    decision = call.decide(DELETE, request)
    if decision.refused:
        return Outcome(decision)
    state, organization_id = call.state, request.organization.id
    call.commit(state.without_organization(organization_id), state.members.ids_in(organization_id))
    return Outcome(decision, {"organization": view(request.organization)})


OPERATION = Operation("deleteSubOrganization", DELETE, delete_sub_organization)
