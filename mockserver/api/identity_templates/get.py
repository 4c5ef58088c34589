"""`GET /api/v1/identity-templates/{templateId}`."""

from mockserver.api.identity_templates.about_template import about_template
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identity_templates.get import GET
from mockserver.infisical.identity_templates.template import view


def get_identity_template(call: Call) -> Outcome:
    """Return the template, without its reviewer JWT."""
    request = about_template(call)
    decision = call.decide(GET, request)
    return Outcome(decision, None if decision.refused else view(request.template))


OPERATION = Operation("getIdentityTemplate", GET, get_identity_template)
