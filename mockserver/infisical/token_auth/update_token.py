"""Rules of the operation that renames a token, in the service's order."""

from mockserver.infisical import preconditions
from mockserver.infisical.preconditions import from_service
from mockserver.infisical.token_auth import token_name
from mockserver.infisical.token_auth.get_token import unknown
from mockserver.infisical.token_auth.request import TokenRequest
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.decision_table import Writes
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule

_LIVE_ONLY = answers(contract=None, live=Answer(500, "Update"))

WRITES = Writes(("name",), lambda token: (token.name,))
"""How coverage counts an update."""


@rule(
    "token-auth.token.nothing-to-write",
    "Rejected if the body has no `name`: the running service fails on an empty UPDATE.",
    from_service("update of a token, the UPDATE"),
    _LIVE_ONLY,
)
def nothing_to_write(request: TokenRequest) -> Finding | None:
    return (
        Finding("The body has no name, so the UPDATE sets no column: send one") if request.sent.name is ABSENT else None
    )


@rule(
    "token-auth.token.database",
    token_name.DATABASE_SUMMARY,
    from_service("update of a token, the UPDATE"),
    _LIVE_ONLY,
    about=("name",),
)
def database(request: TokenRequest) -> Finding | None:
    return token_name.database_finding(request)


# The service also checks that Token Auth is attached. That check never rejects: revoking it deletes the tokens.
UPDATE_TOKEN: Rulebook[TokenRequest] = Rulebook(
    *CONTRACT_RULES,
    *token_name.RULES,
    unknown,
    preconditions.identity_unknown,
    preconditions.identity_home,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("create-token"),
    preconditions.permission("edit"),
    preconditions.boundary("create-token"),
    preconditions.instance_admin,
    nothing_to_write,
    database,
)
