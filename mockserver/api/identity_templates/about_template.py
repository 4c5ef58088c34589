"""What the operations on one template share: the template of the path, if it is the organization's."""

from mockserver.api.operation import Call
from mockserver.infisical.identity_templates.request import TemplateRequest
from mockserver.infisical.identity_templates.template import IdentityTemplate


def found(call: Call) -> IdentityTemplate | None:
    """Return the template of the path; None if the caller's organization has none with that id."""
    template = call.state.templates.get(call.parameters["templateId"].lower())
    return template if template is not None and template.organization_id == call.caller.organization_id else None


def about_template(call: Call) -> TemplateRequest:
    """Return a request about the template of the path."""
    return TemplateRequest(call.parameters["templateId"], found(call), call.facts(), *call.issues)


def of_organization(call: Call) -> list[IdentityTemplate]:
    """Return the templates of the caller's organization, in no order."""
    organization_id = call.caller.organization_id
    return [each for each in call.state.templates.values() if each.organization_id == organization_id]
