"""Preconditions of Universal Auth operations that no other auth method has."""

from mockserver.infisical.preconditions import NOT_FOUND, from_service
from mockserver.infisical.universal_auth.request import SecretRequest, SettingsRequest
from mockserver.rules.rule import Finding, rule


@rule(
    "universal-auth.update.not-attached",
    "Rejected if Universal Auth is not attached to the identity. Other auth methods answer the same situation with"
    " 400.",
    from_service("update of Universal Auth, order of checks"),
    NOT_FOUND,
)
def update_not_attached(request: SettingsRequest) -> Finding | None:
    if request.stored is not None:
        return None
    return Finding(f"Identity with ID '{request.identity_id}' has no {request.method} to update")


@rule(
    "client-secret.unknown",
    "Rejected if the identity has no client secret with that id. Ids are case-sensitive; revoked secrets are found"
    " too.",
    from_service("client secrets of Universal Auth, order of checks"),
    NOT_FOUND,
)
def secret_unknown(request: SecretRequest) -> Finding | None:
    if request.found is not None:
        return None
    # The service's message names the identity, not the client secret.
    return Finding(f"Identity with ID '{request.identity_id}' has no such client secret")
