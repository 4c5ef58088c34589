"""`GET /api/v1/auth/token-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.token_auth.get import GET
from mockserver.infisical.token_auth.record import METHOD, view


def get_token_auth(call: Call) -> Outcome:
    """The stored record."""
    attempt = call.about(METHOD, call.state.token_auths.get(call.identity_id))
    decision = call.decide(GET, attempt)
    return Outcome(decision, None if decision.refused else {"identityTokenAuth": view(attempt.record)})


OPERATION = Operation("getTokenAuth", GET, get_token_auth)
