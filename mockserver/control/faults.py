"""`/_mock/worlds/{world}/faults`: the faults of a world, with their counters."""

from typing import Any

from aiohttp import web

from mockserver.control import own_contract
from mockserver.control.own_contract import refused
from mockserver.control.resource import Call, json_response, no_content, problem
from mockserver.control.world_handler import with_world
from mockserver.faults.plan import MAX_FAULTS, ArmedFault, Delay, Drop, Effect, Plan, RateLimit, Status
from mockserver.faults.reading import Misfit, read
from mockserver.worlds.world import World


@with_world
async def listing(_: Call, world: World) -> web.Response:
    """Return all faults, oldest first, with the number of matching requests and of injections."""
    return json_response({"faults": [shown(each) for each in world.faults or ()]})


@with_world
async def add(call: Call, world: World) -> web.Response:
    """Add a fault after the existing ones; 400 if it can never apply, 429 if there are too many."""
    body = await own_contract.body_of(call, "addFault")
    if isinstance(body, web.Response):
        return body
    plan = world.faults or Plan(call.parts.seed)
    if len(plan) >= MAX_FAULTS:
        return problem(
            429,
            "TooManyFaults",
            f"The world has reached the limit of {MAX_FAULTS} faults, consumed ones included: delete some",
        )
    fault = read(body, call.parts.offers, plan.new_seed)
    if isinstance(fault, Misfit):
        return refused("BadFault", fault.pointer, fault.reason)
    world.faults = plan
    return json_response(shown(plan.add(fault)), 201)


@with_world
async def clear(_: Call, world: World) -> web.Response:
    """Delete all faults."""
    if world.faults is not None:
        world.faults.clear()
    return no_content()


@with_world
async def delete(call: Call, world: World) -> web.Response:
    """Delete a fault; 404 if there is none with that id."""
    if world.faults is None or not world.faults.remove(call.parameters["id"]):
        return problem(404, "NotFound", f"The world has no fault '{call.parameters['id']}'")
    return no_content()


def shown(armed: ArmedFault) -> dict[str, Any]:
    """Return a fault as JSON: its settings with defaults filled in, and its counters."""
    fault = armed.fault
    turns = fault.turns
    row = {
        "id": armed.id,
        "kind": fault.kind,
        "operation": fault.operation,
        "identityId": fault.identity_id,
        **_effect(fault.effect),
        "times": turns.times,
        "every": turns.every,
        "probability": turns.probability,
        "seed": turns.seed,
        "seen": armed.seen,
        "played": armed.played,
        "consumed": armed.consumed,
    }
    return {name: value for name, value in row.items() if value is not None}


def _effect(effect: Effect) -> dict[str, Any]:
    match effect:
        case Delay(least, most):
            return {"seconds": least if least == most else {"from": least, "to": most}}
        case Status(status):
            return {"status": status}
        case RateLimit(retry_after):
            return {"retryAfter": retry_after}
        case Drop(where):
            return {"where": where}
    return {}
