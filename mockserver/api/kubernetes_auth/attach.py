"""`POST /api/v1/auth/kubernetes-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.javascript import trim
from mockserver.infisical.kubernetes_auth.attach import ATTACH
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from mockserver.infisical.kubernetes_auth.change import Change
from mockserver.infisical.kubernetes_auth.request import AttachRequest


def attach_kubernetes_auth(call: Call) -> Outcome:
    """Attach Kubernetes Auth and return the record; with the reviewer JWT only if one was sent."""
    sent_id = trim(call.parameters["identityId"])  # the only operation of Kubernetes Auth that trims the id
    identity_id = sent_id.lower()
    state = call.state
    sent = Change.from_json(call.body, call.world.generation)
    behaviour = BEHAVIOUR[call.world.edition]
    request = AttachRequest.of(
        sent_id,
        state.kubernetes_auths.get(identity_id),
        sent,
        call.facts(identity_id),
        id=call.ids.uuid(),
        now=call.now,
        issues=call.issues.refused,
        unrecognized=call.issues.unrecognized,
        wrong_types=call.issues.wrong_types,
        behaviour=behaviour,
    )
    decision = call.decide(ATTACH, request)
    if decision.refused:
        return Outcome(decision)
    record = request.record.after
    call.commit(state.with_kubernetes_auth(record), identity_id)
    answered = behaviour.written(record)
    if record.template_id is None and not isinstance(sent.token_reviewer_jwt, str):
        del answered["tokenReviewerJwt"]
    return Outcome(decision, {"identityKubernetesAuth": answered})


OPERATION = Operation("attachKubernetesAuth", ATTACH, attach_kubernetes_auth)
