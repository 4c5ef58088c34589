"""`GET /api/v1/auth/universal-auth/identities/{identityId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.get import GET
from mockserver.infisical.universal_auth.record import METHOD, view


def get_universal_auth(call: Call) -> Outcome:
    """Return the stored record."""
    request = call.about(METHOD, call.state.universal_auths.get(call.identity_id))
    decision = call.decide(GET, request)
    return Outcome(decision, None if decision.refused else {"identityUniversalAuth": view(request.record)})


OPERATION = Operation("getUniversalAuth", GET, get_universal_auth)
