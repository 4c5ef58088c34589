"""`POST /api/v1/identity-templates`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identity_templates.change import Change
from mockserver.infisical.identity_templates.create import CREATE
from mockserver.infisical.identity_templates.request import NO_SETTINGS, CreateRequest
from mockserver.infisical.identity_templates.template import IdentityTemplate, view


def create_identity_template(call: Call) -> Outcome:
    """Store the template and return it."""
    sent = Change.from_json(call.body)
    request = CreateRequest(call.facts(), sent, sent.merged(NO_SETTINGS), *call.issues)
    decision = call.decide(CREATE, request)
    if decision.refused:
        return Outcome(decision)
    template = IdentityTemplate(
        id=call.ids.uuid(),
        organization_id=call.caller.organization_id,
        name=str(sent.name),
        created_at=call.now,
        updated_at=call.now,
        connection=request.after,
    )
    call.commit(call.state.with_template(template), ())
    return Outcome(decision, view(template))


OPERATION = Operation("createIdentityTemplate", CREATE, create_identity_template)
