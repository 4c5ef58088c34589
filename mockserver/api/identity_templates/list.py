"""`GET /api/v1/identity-templates`."""

from mockserver.api.identity_templates.about_template import of_organization
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identity_templates.list import LIST
from mockserver.infisical.identity_templates.request import TemplatesRequest
from mockserver.infisical.identity_templates.search import by_name
from mockserver.infisical.identity_templates.template import view


def list_identity_templates(call: Call) -> Outcome:
    """Return the organization's templates of the auth method that the query names, as a bare array."""
    decision = call.decide(LIST, TemplatesRequest(call.facts(), *call.issues))
    if decision.refused:
        return Outcome(decision)
    method = call.query["authMethod"]
    return Outcome(decision, [view(each) for each in by_name(of_organization(call)) if each.method == method])


OPERATION = Operation("listIdentityTemplates", LIST, list_identity_templates)
