"""The get operation: its rules in the order in which the service asks them."""

from mockserver import attachment, standing
from mockserver.auth_method import MethodAttempt
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.token_auth.record import TokenAuth

GET: Rulebook[MethodAttempt[TokenAuth]] = Rulebook(
    *CONTRACT_RULES,
    standing.identity_uuid,
    standing.identity_unknown,
    standing.identity_home,
    attachment.get_not_attached,
    standing.caller_member,
    standing.permission("read"),
)
