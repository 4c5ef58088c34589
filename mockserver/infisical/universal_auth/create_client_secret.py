"""Rules of the operation that creates a client secret, in the service's order (behaviour 9)."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment
from mockserver.infisical.universal_auth.database_limits import secret_database, secret_integer, secret_text
from mockserver.infisical.universal_auth.request import CreateRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

CREATE_CLIENT_SECRET: Rulebook[CreateRequest] = Rulebook(
    *CONTRACT_RULES,
    secret_text,
    secret_integer,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    attachment.not_attached,
    preconditions.identity_home,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("create-token"),
    preconditions.permission("create"),
    preconditions.boundary("create-token"),
    preconditions.instance_admin.only(since="2026-08"),
    secret_database,
)
