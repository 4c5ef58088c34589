"""The update operation: its rules in the order in which the service asks them."""

from mockserver import attachment, auth_method, standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.token_auth.attempt import SettingsAttempt
from mockserver.token_auth.columns import uses_database

UPDATE: Rulebook[SettingsAttempt] = Rulebook(
    *CONTRACT_RULES,
    auth_method.column_integer,
    auth_method.update_ttl_order,
    standing.identity_uuid,
    standing.identity_unknown,
    standing.identity_home,
    attachment.update_not_attached,
    auth_method.ttl_stored_max,
    standing.caller_member,
    standing.permission("edit-auth"),
    standing.boundary("edit-auth"),
    standing.instance_admin,
    auth_method.trusted_ips_plan,
    auth_method.trusted_ips_valid,
    auth_method.nothing_to_write,
    uses_database("token-auth.update.database", "update of Token Auth, the UPDATE", "Update by id"),
)
