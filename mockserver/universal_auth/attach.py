"""The attach operation: its rules in the order in which the service asks them (behaviour 9)."""

from mockserver import attachment, auth_method, standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.universal_auth.attempt import SettingsAttempt
from mockserver.universal_auth.columns import settings_database, settings_integer

# That the TTL is not above the max TTL is asked again behind the home organization. It cannot refuse there:
# `attach.ttl.body` is stricter, and comes first.
ATTACH: Rulebook[SettingsAttempt] = Rulebook(
    *CONTRACT_RULES,
    auth_method.column_integer,
    settings_integer,
    auth_method.attach_ttl_order,
    standing.identity_uuid,
    standing.identity_unknown,
    attachment.already_attached,
    standing.identity_home,
    standing.caller_member,
    standing.permission("edit-auth"),
    standing.boundary("edit-auth"),
    standing.instance_admin,
    auth_method.trusted_ips_plan,
    auth_method.trusted_ips_valid,
    settings_database("universal-auth.attach.database", "Create"),
)
