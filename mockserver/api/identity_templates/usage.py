"""`GET /api/v1/identity-templates/{templateId}/usage`."""

from mockserver.api.identity_templates.about_template import about_template
from mockserver.api.long_bodies import body_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identity_templates.usage import USAGE, usage


def list_identity_template_usage(call: Call) -> Outcome:
    """Return the identities whose Kubernetes Auth is linked to the template."""
    state, request = call.state, about_template(call)
    decision = call.decide(USAGE, request)
    if decision.refused:
        return Outcome(decision)
    linked = state.template_users.ids_in(request.template.id)
    return Outcome(decision, body_of(usage(state.identities[each] for each in linked), len(linked)))


OPERATION = Operation("listIdentityTemplateUsage", USAGE, list_identity_template_usage)
