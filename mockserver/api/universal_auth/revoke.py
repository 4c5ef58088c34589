"""`DELETE /api/v1/auth/universal-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.record import METHOD, view
from mockserver.infisical.universal_auth.revoke import REVOKE


def delete_universal_auth(call: Call) -> Outcome:
    """Delete the record and its client secrets, revoke all tokens issued through it, and return the deleted record."""
    state, identity_id = call.state, call.identity_id
    request = call.about(METHOD, state.universal_auths.get(identity_id))
    decision = call.decide(REVOKE, request)
    if decision.refused:
        return Outcome(decision)
    call.commit(
        state._replace(
            universal_auths=state.universal_auths.without(identity_id),
            revocations=state.revocations.with_method(identity_id, "universal-auth", call.now),
        )
    )
    return Outcome(decision, {"identityUniversalAuth": view(request.record)})


OPERATION = Operation("deleteUniversalAuth", REVOKE, delete_universal_auth)
