"""`GET /api/v1/auth/universal-auth/identities/{identityId}/client-secrets`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.list_client_secrets import LIST_CLIENT_SECRETS
from mockserver.infisical.universal_auth.record import METHOD, secret_view


def list_universal_auth_client_secrets(call: Call) -> Outcome:
    """Return the client secrets that are not revoked, oldest first; the service guarantees no order."""
    store = call.state.universal_auths
    request = call.about(METHOD, store.get(call.identity_id))
    decision = call.decide(LIST_CLIENT_SECRETS, request)
    if decision.refused:
        return Outcome(decision)
    usable = [secret for secret in store.secrets_of(call.identity_id).values() if not secret.revoked]
    usable.sort(key=lambda secret: (secret.created_at, secret.id))
    return Outcome(decision, {"clientSecretData": [secret_view(secret, request.record.id) for secret in usable]})


OPERATION = Operation("listUniversalAuthClientSecrets", LIST_CLIENT_SECRETS, list_universal_auth_client_secrets)
