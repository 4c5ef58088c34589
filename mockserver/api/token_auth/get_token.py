"""`GET /api/v1/auth/token-auth/tokens/{tokenId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.token_auth.token_request import token_request
from mockserver.infisical.token_auth.get_token import GET_TOKEN
from mockserver.infisical.token_auth.record import token_view


def get_token_auth_token_by_id(call: Call) -> Outcome:
    """Return the token's row, which does not contain the token itself."""
    request = token_request(call)
    decision = call.decide(GET_TOKEN, request)
    if decision.refused:
        return Outcome(decision)
    return Outcome(decision, {"token": token_view(request.token)})


OPERATION = Operation("getTokenAuthTokenById", GET_TOKEN, get_token_auth_token_by_id)
