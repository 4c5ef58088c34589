"""`DELETE /api/v1/identity-templates/{templateId}`."""

from mockserver.api.identity_templates.about_template import about_template
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identity_templates.delete import DELETE


def delete_identity_template(call: Call) -> Outcome:
    """Delete the template. Its linked records are unlinked and keep their values."""
    request = about_template(call)
    decision = call.decide(DELETE, request)
    if decision.refused:
        return Outcome(decision)
    template = request.template
    linked = call.state.template_users.ids_in(template.id)
    state = call.state.with_linked(template.id, {"updated_at": call.now, "template_id": None})
    call.commit(state.without_template(template.id), linked)
    return Outcome(decision, {"message": f"The auth template '{template.name}' has been deleted"})


OPERATION = Operation("deleteIdentityTemplate", DELETE, delete_identity_template)
