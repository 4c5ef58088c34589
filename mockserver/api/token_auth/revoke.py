"""`DELETE /api/v1/auth/token-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.token_auth.record import METHOD, view
from mockserver.infisical.token_auth.revoke import REVOKE


def delete_token_auth(call: Call) -> Outcome:
    """The record that was; every token that was made through it is no good any more, and not to be found."""
    state, identity_id = call.state, call.identity_id
    request = call.about(METHOD, state.token_auths.get(identity_id))
    decision = call.decide(REVOKE, request)
    if decision.refused:
        return Outcome(decision)
    call.commit(
        state._replace(
            token_auths=state.token_auths.without(identity_id),
            revocations=state.revocations.with_method(identity_id, "token-auth", call.now),
        )
    )
    return Outcome(decision, {"identityTokenAuth": view(request.record)})


OPERATION = Operation("deleteTokenAuth", REVOKE, delete_token_auth)
