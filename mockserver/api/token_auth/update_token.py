"""`PATCH /api/v1/auth/token-auth/tokens/{tokenId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.token_auth.token_request import token_request
from mockserver.infisical.token_auth.record import token_view
from mockserver.infisical.token_auth.update_token import UPDATE_TOKEN, WRITES
from mockserver.rules.absent import ABSENT


def update_token_auth_token(call: Call) -> Outcome:
    """Rename the token and return its row. Without a name the row stays unchanged."""
    state, request = call.state, token_request(call)
    decision = call.decide(UPDATE_TOKEN, request)
    if decision.refused:
        return Outcome(decision, None, request.found, request.sent)
    row, name = request.token, request.sent.name
    if name is not ABSENT:
        row = row._replace(name=name, updated_at=call.now)
        call.commit(state._replace(token_auths=state.token_auths.with_token(row)), row.identity_id)
    return Outcome(decision, {"token": token_view(row)}, request.found, request.sent, row)


OPERATION = Operation("updateTokenAuthToken", UPDATE_TOKEN, update_token_auth_token, writes=WRITES)
