"""The update operation: its rules in the order in which the service asks them (behaviour 9)."""

from mockserver import auth_method, standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.universal_auth.attempt import SettingsAttempt
from mockserver.universal_auth.columns import settings_database, settings_integer
from mockserver.universal_auth.preconditions import update_not_attached

UPDATE: Rulebook[SettingsAttempt] = Rulebook(
    *CONTRACT_RULES,
    auth_method.column_integer,
    settings_integer,
    auth_method.update_ttl_order,
    standing.identity_uuid,
    standing.identity_unknown,
    update_not_attached,
    standing.identity_home,
    auth_method.ttl_stored_max,
    standing.caller_member,
    standing.permission("edit-auth"),
    standing.boundary("edit-auth"),
    standing.instance_admin,
    auth_method.trusted_ips_plan,
    auth_method.trusted_ips_valid,
    auth_method.nothing_to_write,
    settings_database("universal-auth.update.database", "Update by id"),
)
