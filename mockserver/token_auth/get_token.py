"""The operation that shows a token: its rules in the order in which the service asks them."""

from mockserver import standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Finding, Rulebook, rule
from mockserver.standing import NOT_FOUND, from_service
from mockserver.token_auth.attempt import TokenAttempt


@rule(
    "token-auth.token.unknown",
    "A token of that id was made through Token Auth. Any text may be an id: its case counts.",
    from_service("tokens of Token Auth by id, order of checks"),
    NOT_FOUND,
)
def unknown(attempt: TokenAttempt) -> Finding | None:
    return None if attempt.found is not None else Finding(f"Token with ID '{attempt.token_id}' not found")


# The service also makes sure that Token Auth is attached. It is: tokens go with it.
GET_TOKEN: Rulebook[TokenAttempt] = Rulebook(
    *CONTRACT_RULES,
    unknown,
    standing.identity_unknown,
    standing.identity_home,
    standing.caller_member,
    standing.permission("read"),
)
