"""`PATCH /api/v1/identity-templates/{templateId}`."""

from collections.abc import Collection

from mockserver.api.identity_templates.about_template import found
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identity_templates.change import Change
from mockserver.infisical.identity_templates.request import NO_SETTINGS, UpdateRequest
from mockserver.infisical.identity_templates.template import view
from mockserver.infisical.identity_templates.update import UPDATE, WRITES
from mockserver.rules.absent import ABSENT


def update_identity_template(call: Call) -> Outcome:
    """Store the change, copy the settings to every linked record in the same commit, and return the template.

    A name alone changes no record; a body that sets nothing changes nothing.
    """
    state, stored, sent = call.state, found(call), Change.from_json(call.body)
    request = UpdateRequest(
        call.parameters["templateId"],
        stored,
        call.facts(),
        *call.issues,
        sent=sent,
        after=sent.merged(NO_SETTINGS if stored is None else stored.connection),
        has_users=stored is not None and bool(state.template_users.ids_in(stored.id)),
    )
    decision = call.decide(UPDATE, request)
    if decision.refused:
        return Outcome(decision, None, stored, sent)
    template = request.template
    if not sent.writes_nothing:
        name = template.name if sent.name is ABSENT else sent.name
        template = template._replace(name=name, connection=request.after, updated_at=call.now)
        state = state.with_template(template)
        linked: Collection[str] = ()
        if sent.template_fields:
            linked = state.template_users.ids_in(template.id)
            state = state.with_linked(template.id, {**template.connection.columns(), "updated_at": call.now})
        call.commit(state, linked)
    return Outcome(decision, view(template), stored, sent, template)


OPERATION = Operation("updateIdentityTemplate", UPDATE, update_identity_template, writes=WRITES)
