"""`PATCH /api/v1/auth/kubernetes-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from mockserver.infisical.kubernetes_auth.change import Change
from mockserver.infisical.kubernetes_auth.decision_tables import WRITES
from mockserver.infisical.kubernetes_auth.request import UpdateRequest
from mockserver.infisical.kubernetes_auth.update import UPDATE


def update_kubernetes_auth(call: Call) -> Outcome:
    """Update the record and return it. A rejected update writes nothing."""
    identity_id = call.identity_id
    world = call.world
    state = world.state
    stored = state.kubernetes_auths.get(identity_id)
    behaviour = BEHAVIOUR[world.edition]
    request = UpdateRequest.of(
        call.parameters["identityId"],
        stored,
        Change.from_json(call.body, world.edition.generation, call.shape),
        call.facts(identity_id),
        call.now,
        call.body if isinstance(call.body, dict) else {},
        *call.issues,
        behaviour,
    )
    decision = call.decide(UPDATE, request, request.kinds)
    if decision.refusal is not None:
        return Outcome(decision, None, stored, request.sent)
    record = request.record.after
    if record is not stored:
        call.commit(state.with_kubernetes_auth(record, stored), record.identity_id)
    return Outcome(decision, {"identityKubernetesAuth": behaviour.written(record)}, stored, request.written, record)


OPERATION = Operation("updateKubernetesAuth", UPDATE, update_kubernetes_auth, writes=WRITES)
