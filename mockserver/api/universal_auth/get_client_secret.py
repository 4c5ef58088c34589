"""`GET /api/v1/auth/universal-auth/identities/{identityId}/client-secrets/{clientSecretId}`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.universal_auth.secret_request import secret_request
from mockserver.infisical.universal_auth.get_client_secret import GET_CLIENT_SECRET
from mockserver.infisical.universal_auth.record import secret_view


def get_universal_auth_client_secret(call: Call) -> Outcome:
    """Return a client secret without the secret itself, even if it is revoked."""
    request = secret_request(call)
    decision = call.decide(GET_CLIENT_SECRET, request)
    if decision.refused:
        return Outcome(decision)
    return Outcome(decision, {"clientSecretData": secret_view(request.secret, request.record.id)})


OPERATION = Operation("getUniversalAuthClientSecret", GET_CLIENT_SECRET, get_universal_auth_client_secret)
