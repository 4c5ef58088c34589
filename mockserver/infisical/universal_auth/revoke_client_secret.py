"""Rules of the operation that revokes a client secret, in the service's order (behaviour 9).

A revoked client secret can be revoked again.
"""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment
from mockserver.infisical.universal_auth.preconditions import secret_unknown
from mockserver.infisical.universal_auth.request import SecretRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

REVOKE_CLIENT_SECRET: Rulebook[SecretRequest] = Rulebook(
    *CONTRACT_RULES,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    attachment.not_attached,
    preconditions.identity_home,
    secret_unknown,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("delete-token"),
    preconditions.permission("delete"),
    preconditions.boundary("delete-token"),
    preconditions.instance_admin.only(since="2026-08"),
)
