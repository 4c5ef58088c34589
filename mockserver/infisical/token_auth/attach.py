"""Rules of the attach operation, in the service's order."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, token_settings
from mockserver.infisical.token_auth.database_limits import uses_database
from mockserver.infisical.token_auth.request import SettingsRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

# The service compares the TTLs again after `attach.attached`. That check never rejects: `attach.ttl.body` comes first.
ATTACH: Rulebook[SettingsRequest] = Rulebook(
    *CONTRACT_RULES,
    token_settings.column_integer,
    token_settings.safe_integers,
    token_settings.attach_ttl_order,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.identity_home,
    attachment.already_attached,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("create").only(until="2026-05"),
    preconditions.project_permission("edit-auth").only(since="2026-08"),
    preconditions.permission("create").only(until="2026-05"),
    preconditions.permission("edit-auth").only(since="2026-08"),
    preconditions.boundary("edit-auth").only(since="2026-09"),
    preconditions.instance_admin,
    token_settings.trusted_ips_plan,
    token_settings.trusted_ips_valid,
    uses_database("token-auth.attach.database", "attach of Token Auth, the INSERT", "Create"),
)
