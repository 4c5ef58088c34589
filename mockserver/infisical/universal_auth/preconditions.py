"""What several operations of Universal Auth ask, and no other auth method does."""

from mockserver.infisical.preconditions import NOT_FOUND, from_service
from mockserver.infisical.universal_auth.request import SecretRequest, SettingsRequest
from mockserver.rules.rule import Finding, rule


@rule(
    "universal-auth.update.not-attached",
    "Universal Auth is attached to the identity (404 here, where other methods answer 400).",
    from_service("update of Universal Auth, order of checks"),
    NOT_FOUND,
)
def update_not_attached(request: SettingsRequest) -> Finding | None:
    if request.stored is not None:
        return None
    return Finding(f"Identity with ID '{request.identity_id}' has no {request.method} to update")


@rule(
    "client-secret.unknown",
    "The identity has a client secret of that id, in the letters that it was made with; a revoked one counts.",
    from_service("client secrets of Universal Auth, order of checks"),
    NOT_FOUND,
)
def secret_unknown(request: SecretRequest) -> Finding | None:
    if request.found is not None:
        return None
    # The service names the identity, and not the secret.
    return Finding(f"Identity with ID '{request.identity_id}' has no such client secret")
