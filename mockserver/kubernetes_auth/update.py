"""The update operation: its rules in the order in which the service asks them."""

from mockserver.contract_rules import CONTRACT_RULES
from mockserver.kubernetes_auth import update_cluster, update_gateways, update_standing
from mockserver.kubernetes_auth.attempt import UpdateAttempt
from mockserver.kubernetes_auth.sources import decision_list
from mockserver.kubernetes_auth.update_fields import FIELD_RULES, database_refuses
from mockserver.rules import Answer, Finding, Rulebook, parted, rule

_LIVE_ONLY = parted(contract=None, live=Answer(500, "Update by id"))


@rule(
    "update.nothing-to-write",
    "At least one column is set: the running service fails on an empty UPDATE, the contract profile answers 200.",
    decision_list(28),
    _LIVE_ONLY,
)
def nothing_to_write(attempt: UpdateAttempt) -> Finding | None:
    return Finding("The body sets no column, and an UPDATE of nothing fails") if attempt.sent.writes_nothing else None


@rule(
    "update.database",
    "The database takes the values: text columns of 255 characters without NUL, integers of 64 bits.",
    decision_list(29),
    _LIVE_ONLY,
    about=("allowedNamespaces", "allowedNames", "allowedAudience", "accessTokenNumUsesLimit"),
)
def database(attempt: UpdateAttempt) -> Finding | None:
    return Finding("The database refuses one of the values") if database_refuses(attempt) else None


UPDATE: Rulebook[UpdateAttempt] = Rulebook(
    *CONTRACT_RULES,
    *FIELD_RULES,
    update_standing.identity_uuid,
    update_standing.identity_unknown,
    update_standing.identity_home,
    update_standing.not_attached,
    update_standing.ttl_stored_max,
    update_standing.caller_member,
    update_standing.caller_permission,
    update_standing.trusted_ips_plan,
    update_standing.trusted_ips_valid,
    update_gateways.gateway_plan,
    update_gateways.gateway_unknown,
    update_gateways.gateway_permission,
    update_gateways.pool_plan,
    update_gateways.pool_permission,
    update_gateways.pool_unknown,
    update_standing.instance_admin,
    update_cluster.ca_required,
    update_cluster.ca_conflict,
    update_cluster.pool_healthy,
    update_cluster.host_local,
    update_cluster.cluster_scheme,
    update_cluster.cluster_connectivity,
    update_cluster.cluster_reviewer,
    nothing_to_write,
    database,
)
