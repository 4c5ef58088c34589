"""Rules about the gateway or pool that an attach or update names: plan, existence, permission.

Source: decision list, rows 17 to 22. As in the service, the existence of a gateway is checked before the permission,
that of a pool after it. A template that is being linked brings its own gateway or pool, for which no permission is
checked.
"""

from mockserver.infisical.kubernetes_auth.request import Configuration
from mockserver.infisical.kubernetes_auth.sources import decision_list
from mockserver.infisical.preconditions import BAD_REQUEST, DENIED, NOT_FOUND, denied
from mockserver.rules.rule import Finding, rule


def _sends_gateway(request: Configuration) -> bool:
    return isinstance(request.written.gateway_id, str)


def _sends_pool(request: Configuration) -> bool:
    return isinstance(request.written.gateway_pool_id, str)


@rule(
    "gateway.plan",
    "Rejected if `gatewayId` names a gateway and the plan lacks `gateway`.",
    decision_list(17),
    BAD_REQUEST,
    about=("gatewayId", "templateId"),
)
def gateway_plan(request: Configuration) -> Finding | None:
    if not _sends_gateway(request) or request.facts.plan_has("gateway"):
        return None
    return Finding("The plan does not include gateways: upgrade it, or omit gatewayId")


@rule(
    "gateway.unknown",
    "Rejected if the organization has no gateway with the id `gatewayId`.",
    decision_list(18),
    NOT_FOUND,
    about=("gatewayId", "templateId"),
)
def gateway_unknown(request: Configuration) -> Finding | None:
    gateway = request.written.gateway_id
    if not isinstance(gateway, str) or request.facts.gateway_known(gateway):
        return None
    return Finding(f"Gateway with ID '{gateway}' not found in the organization")


@rule(
    "gateway.permission",
    "Rejected if `gatewayId` names a gateway and the caller's role lacks the permission `attach-gateways` on"
    " `gateway`.",
    decision_list(19),
    DENIED,
    about=("gatewayId",),
)
def gateway_permission(request: Configuration) -> Finding | None:
    if not _sends_gateway(request) or request.template is not None:
        return None
    return denied(request.facts, "attach-gateways", "gateway")


@rule(
    "pool.plan",
    "Rejected if `gatewayPoolId` names a pool and the plan lacks `gatewayPool`.",
    decision_list(20),
    BAD_REQUEST,
    about=("gatewayPoolId", "templateId"),
)
def pool_plan(request: Configuration) -> Finding | None:
    if not _sends_pool(request) or request.facts.plan_has("gatewayPool"):
        return None
    return Finding("The plan does not include gateway pools: upgrade it, or omit gatewayPoolId")


@rule(
    "pool.permission",
    "Rejected if `gatewayPoolId` names a pool and the caller's role lacks the permission `attach-gateway-pools` on"
    " `gateway-pool`.",
    decision_list(21),
    DENIED,
    about=("gatewayPoolId",),
)
def pool_permission(request: Configuration) -> Finding | None:
    if not _sends_pool(request) or request.template is not None:
        return None
    return denied(request.facts, "attach-gateway-pools", "gateway-pool")


@rule(
    "pool.unknown",
    "Rejected if the organization has no gateway pool with the id `gatewayPoolId`.",
    decision_list(22),
    NOT_FOUND,
    about=("gatewayPoolId", "templateId"),
)
def pool_unknown(request: Configuration) -> Finding | None:
    pool = request.written.gateway_pool_id
    if not isinstance(pool, str) or request.facts.pool_known(pool):
        return None
    return Finding(f"Gateway pool with ID '{pool}' not found in the organization")


RULES = (gateway_plan, gateway_unknown, gateway_permission, pool_plan, pool_permission, pool_unknown)
"""The rules of this module in the service's order."""
