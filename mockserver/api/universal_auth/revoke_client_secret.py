"""`POST /api/v1/auth/universal-auth/identities/{identityId}/client-secrets/{clientSecretId}/revoke`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.api.universal_auth.secret_request import secret_request
from mockserver.infisical.universal_auth.record import secret_view
from mockserver.infisical.universal_auth.revoke_client_secret import REVOKE_CLIENT_SECRET


def revoke_universal_auth_client_secret(call: Call) -> Outcome:
    """Revoke the client secret and all tokens issued for it, and return the client secret, which stays stored."""
    state, request = call.state, secret_request(call)
    decision = call.decide(REVOKE_CLIENT_SECRET, request)
    if decision.refused:
        return Outcome(decision)
    secret = request.secret._replace(revoked=True, updated_at=call.now)
    call.commit(
        state._replace(
            universal_auths=state.universal_auths.with_secret(call.identity_id, secret),
            revocations=state.revocations.with_secret(secret.id, call.now),
        ),
        call.identity_id,
    )
    return Outcome(decision, {"clientSecretData": secret_view(secret, request.record.id)})


OPERATION = Operation("revokeUniversalAuthClientSecret", REVOKE_CLIENT_SECRET, revoke_universal_auth_client_secret)
