"""The operation that renames a token: its rules in the order in which the service asks them."""

from mockserver import standing
from mockserver.absent import ABSENT
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Answer, Finding, Rulebook, parted, rule
from mockserver.standing import from_service
from mockserver.tables import Writes
from mockserver.token_auth import token_name
from mockserver.token_auth.attempt import TokenAttempt
from mockserver.token_auth.get_token import unknown

_LIVE_ONLY = parted(contract=None, live=Answer(500, "Update"))

WRITES = Writes(("name",), lambda token: (token.name,))
"""What a renaming is counted by."""


@rule(
    "token-auth.token.nothing-to-write",
    "A name is sent: the running service fails on an empty UPDATE, the contract profile answers 200.",
    from_service("update of a token, the UPDATE"),
    _LIVE_ONLY,
)
def nothing_to_write(attempt: TokenAttempt) -> Finding | None:
    return Finding("The body has no name, and an UPDATE of nothing fails") if attempt.sent.name is ABSENT else None


@rule(
    "token-auth.token.database",
    "The database takes the token's name: 255 characters without NUL.",
    from_service("update of a token, the UPDATE"),
    _LIVE_ONLY,
    about=("name",),
)
def database(attempt: TokenAttempt) -> Finding | None:
    return token_name.refused(attempt)


# The service also makes sure that Token Auth is attached. It is: tokens go with it.
UPDATE_TOKEN: Rulebook[TokenAttempt] = Rulebook(
    *CONTRACT_RULES,
    *token_name.RULES,
    unknown,
    standing.identity_unknown,
    standing.identity_home,
    standing.caller_member,
    standing.permission("edit"),
    standing.boundary("create-token"),
    standing.instance_admin,
    nothing_to_write,
    database,
)
