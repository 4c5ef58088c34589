"""Rules of the operation that gets a client secret, in the service's order (behaviour 9)."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment
from mockserver.infisical.universal_auth.preconditions import secret_unknown
from mockserver.infisical.universal_auth.request import SecretRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

GET_CLIENT_SECRET: Rulebook[SecretRequest] = Rulebook(
    *CONTRACT_RULES,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    attachment.not_attached,
    preconditions.identity_home,
    secret_unknown,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("get-token"),
    preconditions.permission("read"),
    preconditions.boundary("get-token"),
)
