"""`/_mock/worlds/{world}/faults`: what is to go wrong in a world, and how often it has."""

from typing import Any

from aiohttp import web

from mockserver.control import own_contract
from mockserver.control.a_world import of_a_world
from mockserver.control.own_contract import refused
from mockserver.control.resource import Asked, json_response, no_content, problem
from mockserver.faults.plan import MAX_FAULTS, ArmedFault, Delay, Drop, Effect, Plan, RateLimit, Status
from mockserver.faults.reading import Misfit, read
from mockserver.worlds.world import World


@of_a_world
async def listing(_: Asked, world: World) -> web.Response:
    """Every fault, oldest first, with how often it has seen a request that it fits, and played."""
    return json_response({"faults": [shown(each) for each in world.faults or ()]})


@of_a_world
async def add(asked: Asked, world: World) -> web.Response:
    """One more fault, behind those that are there."""
    body = await own_contract.body_of(asked, "addFault")
    if isinstance(body, web.Response):
        return body
    plan = world.faults or Plan(asked.parts.seed)
    if len(plan) >= MAX_FAULTS:
        return problem(429, "TooManyFaults", f"A world has at most {MAX_FAULTS} faults, consumed or not: delete some")
    fault = read(body, asked.parts.offers, plan.new_seed)
    if isinstance(fault, Misfit):
        return refused("BadFault", fault.pointer, fault.reason)
    world.faults = plan
    return json_response(shown(plan.add(fault)), 201)


@of_a_world
async def clear(_: Asked, world: World) -> web.Response:
    """Nothing goes wrong any more."""
    if world.faults is not None:
        world.faults.clear()
    return no_content()


@of_a_world
async def delete(asked: Asked, world: World) -> web.Response:
    """Takes one fault out."""
    if world.faults is None or not world.faults.remove(asked.parameters["id"]):
        return problem(404, "NotFound", f"There is no fault '{asked.parameters['id']}' in this world")
    return no_content()


def shown(armed: ArmedFault) -> dict[str, Any]:
    """A fault as it was asked for, its defaults filled in, and what has become of it."""
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
