"""`POST /api/v1/auth/universal-auth/identities/{identityId}/client-secrets`."""

from mockserver.api.operation import Call, Operation, Outcome
from mockserver.infisical.universal_auth.create_client_secret import CREATE_CLIENT_SECRET
from mockserver.infisical.universal_auth.record import METHOD, secret_view
from mockserver.infisical.universal_auth.request import CreateRequest, NewSecret


def create_universal_auth_client_secret(call: Call) -> Outcome:
    """Create a client secret and return it. No other response shows the whole secret."""
    identity_id = call.identity_id
    state, sent = call.state, NewSecret.from_json(call.body)
    store = state.universal_auths
    stored, facts = store.get(identity_id), call.facts(identity_id)
    request = CreateRequest(call.parameters["identityId"], facts, METHOD, stored, *call.issues, sent=sent)
    decision = call.decide(CREATE_CLIENT_SECRET, request)
    if decision.refused:
        return Outcome(decision)
    secret = sent.created(call.ids.uuid(), call.ids.client_secret(), call.now)
    call.commit(state._replace(universal_auths=store.with_secret(identity_id, secret)), identity_id)
    return Outcome(
        decision, {"clientSecret": secret.secret, "clientSecretData": secret_view(secret, request.record.id)}
    )


OPERATION = Operation("createUniversalAuthClientSecret", CREATE_CLIENT_SECRET, create_universal_auth_client_secret)
