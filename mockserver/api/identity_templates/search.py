"""`GET /api/v1/identity-templates/search`."""

from mockserver.api.identity_templates.about_template import of_organization
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identity_templates.request import TemplatesRequest
from mockserver.infisical.identity_templates.search import SEARCH, Query, page


def search_identity_templates(call: Call) -> Outcome:
    """Return one page of the organization's templates, of every auth method."""
    decision = call.decide(SEARCH, TemplatesRequest(call.facts(), *call.issues))
    return Outcome(decision, None if decision.refused else page(of_organization(call), Query.from_query(call.query)))


OPERATION = Operation("searchIdentityTemplates", SEARCH, search_identity_templates)
