"""Rules of the operation that creates a token, in the service's order."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, login
from mockserver.infisical.token_auth import token_name
from mockserver.infisical.token_auth.request import CreateRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Answer, Finding, Rulebook, answers, rule


@rule(
    "token-auth.create.database",
    token_name.DATABASE_SUMMARY,
    preconditions.from_service("create of a token, the INSERT"),
    answers(contract=None, live=Answer(500, "Create")),
    about=("name",),
)
def database(request: CreateRequest) -> Finding | None:
    return token_name.database_finding(request)


CREATE_TOKEN: Rulebook[CreateRequest] = Rulebook(
    *CONTRACT_RULES,
    *token_name.RULES,
    login.organization_slug,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.identity_home,
    attachment.not_attached,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("create-token"),
    preconditions.permission("edit"),
    preconditions.boundary("create-token"),
    preconditions.instance_admin,
    *login.SCOPE_RULES,
    database,
)
