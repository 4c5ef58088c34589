"""The operation that revokes a token by its id: its rules in the order in which the service asks them."""

from mockserver import standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Finding, Rulebook, rule
from mockserver.standing import NOT_FOUND, from_service
from mockserver.token_auth.attempt import TokenAttempt
from mockserver.token_auth.get_token import unknown


@rule(
    "token-auth.token.revoked",
    "The token has not been revoked before.",
    from_service("revoke of a token by id, order of checks"),
    NOT_FOUND,
)
def revoked(attempt: TokenAttempt) -> Finding | None:
    if not attempt.token.revoked:
        return None
    return Finding(f"Token with ID '{attempt.token_id}' has been revoked already")


REVOKE_TOKEN: Rulebook[TokenAttempt] = Rulebook(
    *CONTRACT_RULES,
    unknown,
    revoked,
    standing.identity_unknown,
    standing.identity_home,
    standing.caller_member,
    standing.permission("edit"),
    standing.instance_admin,
)
