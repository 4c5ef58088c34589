"""The operation that makes a token: its rules in the order in which the service asks them."""

from mockserver import attachment, logins, standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Answer, Finding, Rulebook, parted, rule
from mockserver.token_auth import token_name
from mockserver.token_auth.attempt import CreateAttempt


@rule(
    "token-auth.create.database",
    "The database takes the token's name: 255 characters without NUL.",
    standing.from_service("create of a token, the INSERT"),
    parted(contract=None, live=Answer(500, "Create")),
    about=("name",),
)
def database(attempt: CreateAttempt) -> Finding | None:
    return token_name.refused(attempt)


CREATE_TOKEN: Rulebook[CreateAttempt] = Rulebook(
    *CONTRACT_RULES,
    *token_name.RULES,
    logins.organization_slug,
    standing.identity_uuid,
    standing.identity_unknown,
    standing.identity_home,
    attachment.not_attached,
    standing.caller_member,
    standing.permission("edit"),
    standing.boundary("create-token"),
    standing.instance_admin,
    *logins.SCOPE_RULES,
    database,
)
