"""`DELETE /api/v1/auth/kubernetes-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from mockserver.infisical.kubernetes_auth.request import METHOD
from mockserver.infisical.kubernetes_auth.revoke import REVOKE


def delete_kubernetes_auth(call: Call) -> Outcome:
    """Delete the record, revoke all tokens issued through it, and return the deleted record."""
    state, identity_id = call.state, call.identity_id
    request = call.about(METHOD, state.kubernetes_auths.get(identity_id))
    decision = call.decide(REVOKE, request)
    if decision.refused:
        return Outcome(decision)
    call.commit(
        state.without_kubernetes_auth(identity_id)._replace(
            revocations=state.revocations.with_method(identity_id, "kubernetes-auth", call.now),
        ),
        identity_id,
    )
    return Outcome(decision, {"identityKubernetesAuth": BEHAVIOUR[call.world.edition].removed(request.record)})


OPERATION = Operation("deleteKubernetesAuth", REVOKE, delete_kubernetes_auth)
