"""The revoke operation: its rules in the order in which the service asks them (behaviour 5)."""

from mockserver import attachment, standing
from mockserver.auth_method import MethodAttempt
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.kubernetes_auth.record import KubernetesAuth
from mockserver.rules import Rulebook

REVOKE: Rulebook[MethodAttempt[KubernetesAuth]] = Rulebook(
    *CONTRACT_RULES,
    standing.identity_uuid,
    standing.identity_unknown,
    standing.identity_home,
    attachment.revoke_not_attached,
    standing.caller_member,
    standing.permission("edit"),
    standing.boundary("revoke-auth"),
    standing.instance_admin,
)
