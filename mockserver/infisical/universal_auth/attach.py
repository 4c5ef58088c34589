"""Rules of the attach operation, in the service's order (behaviour 9)."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, token_settings
from mockserver.infisical.universal_auth.database_limits import settings_database, settings_integer
from mockserver.infisical.universal_auth.request import SettingsRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

# The service compares the TTLs again after the home organization. That check never rejects: `attach.ttl.body` is
# stricter and comes first.
ATTACH: Rulebook[SettingsRequest] = Rulebook(
    *CONTRACT_RULES,
    token_settings.column_integer,
    token_settings.safe_integers,
    settings_integer,
    token_settings.attach_ttl_order,
    preconditions.instance_admin.only(until="2026-05"),
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    attachment.already_attached,
    preconditions.identity_home,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("create").only(until="2026-05"),
    preconditions.project_permission("edit-auth").only(since="2026-08"),
    preconditions.permission("create").only(until="2026-05"),
    preconditions.permission("edit-auth").only(since="2026-08"),
    preconditions.boundary("edit-auth").only(since="2026-09"),
    preconditions.instance_admin.only(since="2026-08"),
    token_settings.trusted_ips_plan,
    token_settings.trusted_ips_valid,
    settings_database("universal-auth.attach.database", "Create"),
)
