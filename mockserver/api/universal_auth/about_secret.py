"""From a path that ends in a client secret to the request that its rules judge."""

from mockserver.api.operation import Call
from mockserver.infisical.universal_auth.record import METHOD
from mockserver.infisical.universal_auth.request import SecretRequest


def about_secret(call: Call) -> SecretRequest:
    """A request about the client secret of the path, whose id is text: its case counts."""
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
