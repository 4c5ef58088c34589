"""Rules of the revoke operation, in the service's order (behaviour 9)."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment
from mockserver.infisical.auth_methods.token_settings import MethodRequest
from mockserver.infisical.universal_auth.record import UniversalAuth
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

REVOKE: Rulebook[MethodRequest[UniversalAuth]] = Rulebook(
    *CONTRACT_RULES,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    attachment.revoke_not_attached,
    preconditions.identity_home,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("revoke-auth"),
    preconditions.permission("edit"),
    preconditions.boundary("revoke-auth"),
    preconditions.instance_admin.only(since="2026-08"),
)
