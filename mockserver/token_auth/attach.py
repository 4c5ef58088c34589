"""The attach operation: its rules in the order in which the service asks them."""

from mockserver import attachment, auth_method, standing
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Rulebook
from mockserver.token_auth.attempt import SettingsAttempt
from mockserver.token_auth.columns import uses_database

# The service compares the TTLs once more behind `attach.attached`; it cannot find what `attach.ttl.body` has not.
ATTACH: Rulebook[SettingsAttempt] = Rulebook(
    *CONTRACT_RULES,
    auth_method.column_integer,
    auth_method.attach_ttl_order,
    standing.identity_uuid,
    standing.identity_unknown,
    standing.identity_home,
    attachment.already_attached,
    standing.caller_member,
    standing.permission("edit-auth"),
    standing.boundary("edit-auth"),
    standing.instance_admin,
    auth_method.trusted_ips_plan,
    auth_method.trusted_ips_valid,
    uses_database("token-auth.attach.database", "attach of Token Auth, the INSERT", "Create"),
)
