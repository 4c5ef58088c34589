"""Rules of the operation that revokes a token by its id, in the service's order."""

from mockserver.infisical import preconditions
from mockserver.infisical.preconditions import NOT_FOUND, from_service
from mockserver.infisical.token_auth.get_token import unknown
from mockserver.infisical.token_auth.request import TokenRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Finding, Rulebook, rule


@rule(
    "token-auth.token.revoked",
    "Rejected if the token has already been revoked.",
    from_service("revoke of a token by id, order of checks"),
    NOT_FOUND,
)
def revoked(request: TokenRequest) -> Finding | None:
    if not request.token.revoked:
        return None
    return Finding(f"Token with ID '{request.token_id}' has already been revoked")


REVOKE_TOKEN: Rulebook[TokenRequest] = Rulebook(
    *CONTRACT_RULES,
    unknown,
    revoked,
    preconditions.identity_unknown,
    preconditions.identity_home,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("delete-token"),
    preconditions.permission("edit"),
    preconditions.instance_admin,
)
