"""`POST /api/v1/sub-organizations`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.organizations.about_sub_organization import slug_taken
from mockserver.infisical.identities.identity import Membership
from mockserver.infisical.sub_organizations.change import Change
from mockserver.infisical.sub_organizations.create import CREATE, created
from mockserver.infisical.sub_organizations.request import CreateRequest
from mockserver.infisical.sub_organizations.view import view


def create_sub_organization(call: Call) -> Outcome:
    """Create a sub-organization, whose first member is the caller with the role `admin`, and return it."""
    state, caller, sent = call.state, call.caller, Change.from_json(call.body)
    root_id = caller.organization_id
    taken = slug_taken(call, sent, root_id)
    request = CreateRequest(call.facts(), sent, root_id == call.root_id, taken, *call.issues)
    decision = call.decide(CREATE, request)
    if decision.refused or caller.identity is None:
        return Outcome(decision)
    organization = created(sent, state.organizations[root_id], call.ids.uuid(), call.now)
    membership = Membership(call.ids.uuid(), organization.id, "admin", created_at=call.now, updated_at=call.now)
    owner = state.identities[caller.identity.id].with_membership(membership)
    call.commit(state.with_organization(organization).with_identity(owner), owner.id)
    return Outcome(decision, {"organization": view(organization)})


OPERATION = Operation("createSubOrganization", CREATE, create_sub_organization)
