"""`POST /api/v1/identity-templates/{templateId}/delete-usage`."""

from mockserver.api.identity_templates.about_template import about_template
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identity_templates.delete_usage import DELETE_USAGE, named, unlinked


def delete_identity_template_usage(call: Call) -> Outcome:
    """Unlink the named identities from the template; those that are not linked to it are ignored.

    Their records keep all values.
    """
    state, request = call.state, about_template(call)
    decision = call.decide(DELETE_USAGE, request)
    if decision.refused:
        return Outcome(decision)
    linked = state.template_users.ids_in(request.template.id)
    records = [state.kubernetes_auths[each] for each in named(call.body) if each in linked]
    if records:
        changed = [each._replace(updated_at=call.now, template_id=None) for each in records]
        call.commit(state.with_kubernetes_auths(changed), [each.identity_id for each in changed])
    return Outcome(decision, unlinked(records, state.identities))


OPERATION = Operation("deleteIdentityTemplateUsage", DELETE_USAGE, delete_identity_template_usage)
