"""The attach operation: its rules in the order in which the service asks them."""

from mockserver import attachment, auth_method, standing
from mockserver.auth_method import past_64_bits
from mockserver.contract_rules import CONTRACT_RULES
from mockserver.rules import Answer, Finding, Rulebook, parted, rule
from mockserver.token_auth.attempt import SettingsAttempt


@rule(
    "token-auth.attach.database",
    "The database takes the number of uses: an integer of 64 bits.",
    standing.from_service("attach of Token Auth, the INSERT"),
    parted(contract=None, live=Answer(500, "Create")),
    about=("accessTokenNumUsesLimit",),
)
def database(attempt: SettingsAttempt) -> Finding | None:
    refused = past_64_bits(attempt.sent.access_token_num_uses_limit)
    return Finding("The database refuses the number of uses") if refused else None


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
    database,
)
