"""`GET /api/v1/auth/kubernetes-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.kubernetes_auth.behaviour import BEHAVIOUR
from mockserver.infisical.kubernetes_auth.get import GET
from mockserver.infisical.kubernetes_auth.request import METHOD


def get_kubernetes_auth(call: Call) -> Outcome:
    """Return the stored record, with CA and reviewer JWT in clear."""
    request = call.about(METHOD, call.state.kubernetes_auths.get(call.identity_id))
    decision = call.decide(GET, request)
    if decision.refused:
        return Outcome(decision)
    return Outcome(decision, {"identityKubernetesAuth": BEHAVIOUR[call.world.edition].read(request.record)})


OPERATION = Operation("getKubernetesAuth", GET, get_kubernetes_auth)
