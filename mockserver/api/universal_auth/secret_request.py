"""Builds the request of the operations on one client secret."""

from mockserver.api.operation import Call
from mockserver.infisical.universal_auth.record import METHOD
from mockserver.infisical.universal_auth.request import SecretRequest


def secret_request(call: Call) -> SecretRequest:
    """Return the request about the client secret in the path; its id is case-sensitive."""
    identity_id, secret_id = call.identity_id, call.parameters["clientSecretId"]
    store = call.state.universal_auths
    return SecretRequest(
        call.parameters["identityId"],
        call.facts(identity_id),
        METHOD,
        store.get(identity_id),
        *call.issues,
        secret_id=secret_id,
        found=store.secret(identity_id, secret_id),
    )
