"""`/_mock/worlds/{world}/faults`: the faults of a world, with their counters."""

from typing import Any

from aiohttp import web

from mockserver.control import names, own_contract
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
    lookup = names.Lookup()
    body = await own_contract.body_of(call, "addFault", first=lambda sent: _mistyped(call, world, sent, lookup))
    if isinstance(body, web.Response):
        return body
    body = _by_id(world, body, lookup)
    plan = world.faults or Plan(call.parts.seed)
    if len(plan) >= MAX_FAULTS:
        return problem(
            429,
            "TooManyFaults",
            f"The world has reached the limit of {MAX_FAULTS} faults, consumed ones included: delete some",
        )
    fault = read(body, call.parts.offers(world.generation), plan.new_seed)
    if isinstance(fault, Misfit):
        return refused("BadFault", fault.pointer, fault.reason)
    world.faults = plan
    return json_response(shown(plan.add(fault)), 201)


async def _mistyped(call: Call, world: World, sent: Any, lookup: names.Lookup) -> web.Response | None:
    """Return the 400 for a kind, status, operation or identity that does not exist; the schema checks the rest."""
    if not isinstance(sent, dict):
        return None
    texts = {key: sent[key] for key in ("kind", "operation", "identityId") if isinstance(sent.get(key), str)}
    await lookup.prepare([world], [texts["identityId"]] if "identityId" in texts else [])
    known = names.Names(call.parts, lookup)
    status = sent.get("status")
    found = {
        "/kind": known.fault_kind(texts["kind"]) if texts.get("kind") else None,
        "/status": known.status(status) if isinstance(status, int) and not isinstance(status, bool) else None,
        "/operation": known.operation(texts["operation"], world.id) if texts.get("operation") else None,
        "/identityId": known.identity(texts["identityId"], world.id) if texts.get("identityId") else None,
    }
    for pointer, unknown in found.items():
        if unknown is not None:
            return names.rejected(unknown._replace(pointer=pointer))
    return None


def _by_id(world: World, body: dict[str, Any], lookup: names.Lookup) -> dict[str, Any]:
    """Return the body with the id of the identity in place of its name, unless several have that name."""
    ids = lookup.named(world, body["identityId"]) if "identityId" in body else frozenset()
    return {**body, "identityId": next(iter(ids))} if len(ids) == 1 else body


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
