"""The operation that makes a client secret: its rules in the order in which the service asks them (behaviour 9)."""

from mockserver import attachment, standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.universal_auth.attempt import CreateAttempt
from mockserver.universal_auth.columns import secret_database, secret_integer, secret_text

CREATE_CLIENT_SECRET: Rulebook[CreateAttempt] = Rulebook(
    *CONTRACT_RULES,
    secret_text,
    secret_integer,
    standing.identity_uuid,
    standing.identity_unknown,
    attachment.not_attached,
    standing.identity_home,
    standing.caller_member,
    standing.permission("create"),
    standing.boundary("create-token"),
    standing.instance_admin,
    secret_database,
)
