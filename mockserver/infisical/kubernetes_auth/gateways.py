"""Gateways and pools that attach or update names: plan, existence, permission (decision list, rows 17 to 22).

The orders differ, as in the service: a gateway is looked up before the permission, a pool after it.
"""

from mockserver.infisical.kubernetes_auth.request import Configuration
from mockserver.infisical.kubernetes_auth.sources import decision_list
from mockserver.infisical.preconditions import BAD_REQUEST, DENIED, NOT_FOUND, denied
from mockserver.rules.rule import Finding, rule


def _sends_gateway(request: Configuration) -> bool:
    return isinstance(request.sent.gateway_id, str)


def _sends_pool(request: Configuration) -> bool:
    return isinstance(request.sent.gateway_pool_id, str)


@rule(
    "gateway.plan",
    "The plan has `gateway`, if a gateway is sent.",
    decision_list(17),
    BAD_REQUEST,
    about=("gatewayId",),
)
def gateway_plan(request: Configuration) -> Finding | None:
    if not _sends_gateway(request) or request.facts.plan_has("gateway"):
        return None
    return Finding("The plan does not include gateways: an upgrade is needed")


@rule(
    "gateway.unknown",
    "The gateway exists in the organization.",
    decision_list(18),
    NOT_FOUND,
    about=("gatewayId",),
)
def gateway_unknown(request: Configuration) -> Finding | None:
    gateway = request.sent.gateway_id
    if not isinstance(gateway, str) or request.facts.gateway_known(gateway):
        return None
    return Finding(f"Gateway with ID '{gateway}' not found")


@rule(
    "gateway.permission",
    "The caller holds `attach-gateways` on `gateway`.",
    decision_list(19),
    DENIED,
    about=("gatewayId",),
)
def gateway_permission(request: Configuration) -> Finding | None:
    return denied(request.facts, "attach-gateways", "gateway") if _sends_gateway(request) else None


@rule(
    "pool.plan",
    "The plan has `gatewayPool`, if a pool is sent.",
    decision_list(20),
    BAD_REQUEST,
    about=("gatewayPoolId",),
)
def pool_plan(request: Configuration) -> Finding | None:
    if not _sends_pool(request) or request.facts.plan_has("gatewayPool"):
        return None
    return Finding("The plan does not include gateway pools: an upgrade is needed")


@rule(
    "pool.permission",
    "The caller holds `attach-gateway-pools` on `gateway-pool`.",
    decision_list(21),
    DENIED,
    about=("gatewayPoolId",),
)
def pool_permission(request: Configuration) -> Finding | None:
    return denied(request.facts, "attach-gateway-pools", "gateway-pool") if _sends_pool(request) else None


@rule(
    "pool.unknown",
    "The pool exists in the organization.",
    decision_list(22),
    NOT_FOUND,
    about=("gatewayPoolId",),
)
def pool_unknown(request: Configuration) -> Finding | None:
    pool = request.sent.gateway_pool_id
    if not isinstance(pool, str) or request.facts.pool_known(pool):
        return None
    return Finding(f"Gateway pool with ID '{pool}' not found")


RULES = (gateway_plan, gateway_unknown, gateway_permission, pool_plan, pool_permission, pool_unknown)
"""In the order in which the service asks them."""
