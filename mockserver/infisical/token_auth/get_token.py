"""Rules of the operation that gets a token by its id, in the service's order."""

from mockserver.infisical import preconditions
from mockserver.infisical.preconditions import NOT_FOUND, from_service
from mockserver.infisical.token_auth.request import TokenRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Finding, Rulebook, rule


@rule(
    "token-auth.token.unknown",
    "Rejected if Token Auth issued no token with that id. Ids are case-sensitive and need not be UUIDs.",
    from_service("tokens of Token Auth by id, order of checks"),
    NOT_FOUND,
)
def unknown(request: TokenRequest) -> Finding | None:
    return None if request.found is not None else Finding(f"Token with ID '{request.token_id}' not found")


# The service also checks that Token Auth is attached. That check never rejects: revoking it deletes the tokens.
GET_TOKEN: Rulebook[TokenRequest] = Rulebook(
    *CONTRACT_RULES,
    unknown,
    preconditions.identity_unknown,
    preconditions.identity_home,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("get-token"),
    preconditions.permission("read"),
)
