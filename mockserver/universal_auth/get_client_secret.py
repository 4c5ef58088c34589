"""The operation that gets a client secret: its rules in the order in which the service asks them (behaviour 9)."""

from mockserver import attachment, standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.universal_auth.attempt import SecretAttempt
from mockserver.universal_auth.preconditions import secret_unknown

GET_CLIENT_SECRET: Rulebook[SecretAttempt] = Rulebook(
    *CONTRACT_RULES,
    standing.identity_uuid,
    standing.identity_unknown,
    attachment.not_attached,
    standing.identity_home,
    secret_unknown,
    standing.caller_member,
    standing.permission("read"),
    standing.boundary("get-token"),
)
