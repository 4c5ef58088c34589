"""Rules of the update operation, in the service's order."""

from mockserver.infisical import preconditions
from mockserver.infisical.auth_methods import attachment, token_settings
from mockserver.infisical.token_auth.database_limits import uses_database
from mockserver.infisical.token_auth.request import SettingsRequest
from mockserver.rules.contract_rules import CONTRACT_RULES
from mockserver.rules.rule import Rulebook

UPDATE: Rulebook[SettingsRequest] = Rulebook(
    *CONTRACT_RULES,
    token_settings.column_integer,
    token_settings.safe_integers,
    token_settings.update_ttl_order,
    preconditions.identity_uuid,
    preconditions.identity_unknown,
    preconditions.identity_home,
    attachment.update_not_attached,
    token_settings.ttl_stored_max,
    preconditions.caller_member,
    preconditions.project_member,
    preconditions.project_permission("edit").only(until="2026-05"),
    preconditions.project_permission("edit-auth").only(since="2026-08"),
    preconditions.permission("edit").only(until="2026-05"),
    preconditions.permission("edit-auth").only(since="2026-08"),
    preconditions.boundary("edit-auth").only(since="2026-09"),
    preconditions.instance_admin,
    token_settings.trusted_ips_plan,
    token_settings.trusted_ips_valid,
    token_settings.nothing_to_write,
    uses_database("token-auth.update.database", "update of Token Auth, the UPDATE", "Update by id"),
)
