"""`POST /api/v1/auth/token-auth/tokens/{tokenId}/revoke`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.token_auth.token_request import token_request
from mockserver.api.tokens.revoke import REVOKED
from mockserver.infisical.token_auth.revoke_token import REVOKE_TOKEN


def revoke_token_auth_token(call: Call) -> Outcome:
    """Revoke the token and its renewals; its row stays stored as revoked."""
    request = token_request(call)
    decision = call.decide(REVOKE_TOKEN, request)
    if decision.refused:
        return Outcome(decision)
    state, row = call.state, request.token._replace(revoked=True, updated_at=call.now)
    revocations = state.revocations.with_token(row.id, call.now)
    call.commit(state._replace(token_auths=state.token_auths.with_token(row), revocations=revocations), row.identity_id)
    return Outcome(decision, {"message": REVOKED})


OPERATION = Operation("revokeTokenAuthToken", REVOKE_TOKEN, revoke_token_auth_token)
