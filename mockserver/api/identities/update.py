"""`PATCH /api/v1/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.identities.change import Change
from mockserver.infisical.identities.request import UpdateRequest
from mockserver.infisical.identities.update import UPDATE, WRITES, updated
from mockserver.infisical.identities.view import identity_view, metadata_view
from mockserver.rules.absent import ABSENT


def update_machine_identity(call: Call) -> Outcome:
    """Update the identity and return it. The response shows metadata only if this request wrote it."""
    state, identity, sent = call.state, call.identity, Change.to_update(call.body)
    organization_id = call.caller.organization_id
    facts = call.organization_facts(call.identity_id)
    request = UpdateRequest(call.parameters["identityId"], facts, identity, sent, *call.issues)
    decision = call.decide(UPDATE, request)
    if decision.refused or identity is None:
        return Outcome(decision, None, identity, sent)
    ids = () if sent.metadata is ABSENT else tuple(call.ids.uuid() for _ in sent.metadata)
    after = updated(identity, sent, organization_id, ids, call.now)
    if after is not identity:
        call.commit(state.with_identity(after), identity.id)
    written = sent.metadata is not ABSENT and facts.identity_at_home
    answered = {**identity_view(after, organization_id), "metadata": metadata_view(after) if written else []}
    return Outcome(decision, {"identity": answered}, identity, sent, after)


OPERATION = Operation("updateMachineIdentity", UPDATE, update_machine_identity, writes=WRITES)
