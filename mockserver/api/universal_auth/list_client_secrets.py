"""`GET /api/v1/auth/universal-auth/identities/{identityId}/client-secrets`."""

from mockserver.api.long_bodies import body_of
from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.list_client_secrets import LIST_CLIENT_SECRETS, usable
from mockserver.infisical.universal_auth.record import METHOD


def list_universal_auth_client_secrets(call: Call) -> Outcome:
    """Return the client secrets that are not revoked, oldest first; the service guarantees no order."""
    store = call.state.universal_auths
    request = call.about(METHOD, store.get(call.identity_id))
    decision = call.decide(LIST_CLIENT_SECRETS, request)
    if decision.refused:
        return Outcome(decision)
    secrets = store.secrets_of(call.identity_id)
    return Outcome(decision, body_of(usable(secrets.values(), request.record.id), len(secrets)))


OPERATION = Operation("listUniversalAuthClientSecrets", LIST_CLIENT_SECRETS, list_universal_auth_client_secrets)
