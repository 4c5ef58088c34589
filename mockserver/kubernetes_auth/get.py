"""The get operation: its rules in the order in which the service asks them (behaviour 4)."""

from mockserver import attachment, standing
from mockserver.auth_method import MethodAttempt
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.kubernetes_auth.record import KubernetesAuth
from mockserver.rules import Rulebook

GET: Rulebook[MethodAttempt[KubernetesAuth]] = Rulebook(
    *CONTRACT_RULES,
    standing.identity_uuid,
    standing.identity_unknown,
    standing.identity_home,
    attachment.get_not_attached,
    standing.caller_member,
    standing.permission("read"),
)
