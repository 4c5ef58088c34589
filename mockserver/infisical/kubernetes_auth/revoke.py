"""The revoke operation: its rules in the order in which the service checks them."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.kubernetes_auth.record import KubernetesAuth
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

REVOKE: Rulebook[MethodRequest[KubernetesAuth]] = Rulebook(
    *CONTRACT_RULES,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.identity_home,
    attachment.revoke_not_attached,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("revoke-auth"),
    preconditions.permission("edit"),
    preconditions.boundary("revoke-auth"),
    preconditions.instance_admin,
)
