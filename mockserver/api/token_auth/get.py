"""`GET /api/v1/auth/token-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.token_auth.get import GET
from mockserver.infisical.token_auth.record import METHOD, view


def get_token_auth(call: Call) -> Outcome:
    """Return the stored record."""
    request = call.about(METHOD, call.state.token_auths.get(call.identity_id))
    decision = call.decide(GET, request)
    return Outcome(decision, None if decision.refused else {"identityTokenAuth": view(request.record)})


OPERATION = Operation("getTokenAuth", GET, get_token_auth)
