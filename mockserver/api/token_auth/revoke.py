"""`DELETE /api/v1/auth/token-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.token_auth.record import METHOD, view
from mockserver.infisical.token_auth.revoke import REVOKE


def delete_token_auth(call: Call) -> Outcome:
    """Delete the record and its tokens, revoke the tokens, and return the deleted record."""
    state, identity_id = call.state, call.identity_id
    request = call.about(METHOD, state.token_auths.get(identity_id))
    decision = call.decide(REVOKE, request)
    if decision.refused:
        return Outcome(decision)
    call.commit(
        state._replace(
            token_auths=state.token_auths.without(identity_id),
            revocations=state.revocations.with_method(identity_id, "token-auth", call.now),
        ),
        identity_id,
    )
    return Outcome(decision, {"identityTokenAuth": view(request.record)})


OPERATION = Operation("deleteTokenAuth", REVOKE, delete_token_auth)
