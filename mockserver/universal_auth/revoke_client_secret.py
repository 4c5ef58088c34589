"""The operation that revokes a client secret: its rules in the order in which the service asks them (behaviour 9).

One that is revoked already may be revoked again.
"""

from mockserver import attachment, standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.universal_auth.attempt import SecretAttempt
from mockserver.universal_auth.preconditions import secret_unknown

REVOKE_CLIENT_SECRET: Rulebook[SecretAttempt] = Rulebook(
    *CONTRACT_RULES,
    standing.identity_uuid,
    standing.identity_unknown,
    attachment.not_attached,
    standing.identity_home,
    secret_unknown,
    standing.caller_member,
    standing.permission("delete"),
    standing.boundary("delete-token"),
    standing.instance_admin,
)
