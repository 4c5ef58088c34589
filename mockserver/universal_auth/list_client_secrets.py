"""The operation that lists client secrets: its rules in the order in which the service asks them (behaviour 9)."""

from mockserver import attachment, standing
from mockserver.auth_method import MethodAttempt
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.universal_auth.record import UniversalAuth

LIST_CLIENT_SECRETS: Rulebook[MethodAttempt[UniversalAuth]] = Rulebook(
    *CONTRACT_RULES,
    standing.identity_uuid,
    standing.identity_unknown,
    attachment.not_attached,
    standing.identity_home,
    standing.caller_member,
    standing.permission("read"),
    standing.boundary("get-token"),
)
