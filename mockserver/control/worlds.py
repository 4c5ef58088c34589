"""`/_mock/worlds`: isolated states, made from the seed, from another world, or from fixtures that are sent."""

from typing import Any

import orjson
from aiohttp import web

from mockserver.clock import LATEST, WorldClock, from_iso, iso
from mockserver.control import own_contract
from mockserver.control.a_world import of_a_world
from mockserver.control.own_contract import refused
from mockserver.control.resource import Asked, json_response, no_content, problem
from mockserver.control.state import MAX_STATE, errors_of, loaded
from mockserver.errors import FixtureErrors
from mockserver.rules.edition import Edition, edition
from mockserver.rules.generation import generation_as_of
from mockserver.rules.profile import Profile
from mockserver.worlds.registry import DEFAULT, Worlds
from mockserver.worlds.world import World


async def listing(asked: Asked) -> web.Response:
    """Every world in brief, and how many there may be."""
    worlds = asked.parts.worlds
    rows = [shown(asked, each) for each in worlds]
    return json_response({"worlds": rows, "most": worlds.most, "idleSeconds": worlds.idle_seconds})


async def create(asked: Asked) -> web.Response:
    """A new world; it costs no copy of what it is made from."""
    worlds = asked.parts.worlds
    body = await own_contract.body_of(asked, "createWorld", MAX_STATE)
    if isinstance(body, web.Response):
        return body
    name = body["id"] if "id" in body else worlds.new_id()
    no_place = _no_place(worlds, name)
    if no_place is not None:
        return no_place
    made = await _made(asked, name, body)
    if isinstance(made, web.Response):
        return made
    no_place = _no_place(worlds, name)  # others may have made worlds while the fixtures were read
    if no_place is not None:
        return no_place
    worlds.add(made)
    return json_response(shown(asked, made), 201)


def _no_place(worlds: Worlds, name: str) -> web.Response | None:
    """Why there can be no world of that name now."""
    stands_against = worlds.problem(name)
    if stands_against:
        return refused("BadWorld", "/id", stands_against, 409 if worlds.find(name) else 400)
    if worlds.is_full():
        reason = f"{worlds.most} worlds are there (--max-worlds), all asked for in the last {worlds.idle_seconds:g} s"
        return problem(429, "TooManyWorlds", f"{reason}: delete some with DELETE /_mock/worlds/{{world}}")
    return None


async def _made(asked: Asked, name: str, body: dict[str, Any]) -> World | web.Response:
    """The world that the body asks for, or why there cannot be one."""
    default = asked.parts.worlds.default
    origin = default
    if "from" in body:
        if "fixtures" in body:
            return refused("BadWorld", "/from", "a world is made from another one or from fixtures, not from both")
        found = asked.parts.worlds.find(body["from"])
        if found is None:
            return refused("BadWorld", "/from", f"there is no world '{body['from']}'", 404)
        origin = found
    try:
        start = from_iso(body["now"]) if "now" in body else None
    except (ValueError, OverflowError) as error:
        return refused("BadWorld", "/now", str(error))
    if start is not None and not 0 <= start <= LATEST:
        return refused("BadWorld", "/now", "a time from 1970 to the year 9999")
    clock = WorldClock(asked.parts.first_time if start is None else start)
    if start is None and "from" in body:
        clock = origin.clock.copy()
    seed = origin.state if "from" in body else default.seed
    if "fixtures" in body:
        try:
            seed = await loaded("fixtures", _text_of(body["fixtures"]), clock.now())
        except FixtureErrors as errors:
            return errors_of(errors)
    chosen = _edition(asked, body, origin)
    if isinstance(chosen, web.Response):
        return chosen
    return World(name, seed, chosen, clock, body.get("tokenSecret", origin.token_secret))


def _edition(asked: Asked, body: dict[str, Any], origin: World) -> Edition | web.Response:
    """The profile and generation of a new world, or why there can be none.

    They are those of its origin. Another profile brings its own generation: the server's, if `--as-of` chose one.
    """
    profile = Profile(body.get("profile", origin.profile))
    if "asOf" in body:
        try:
            return edition(profile, generation_as_of(str(body["asOf"])))
        except ValueError as error:
            return refused("BadWorld", "/asOf", str(error))
    return origin.edition if profile is origin.profile else edition(profile, asked.parts.as_of)


def _text_of(fixtures: Any) -> str:
    return fixtures if isinstance(fixtures, str) else orjson.dumps(fixtures).decode()


def shown(asked: Asked, world: World) -> dict[str, Any]:
    """A world in brief. `baseUrl` is what a client is given in place of the vendor's."""
    request = asked.request
    base = f"{request.scheme}://{request.host}"
    return {
        "id": world.id,
        "baseUrl": base if world.id == DEFAULT else f"{base}/w/{world.id}",
        "profile": world.profile.value,
        "generation": world.generation.value,
        "now": iso(world.clock.now()),
        "frozen": world.clock.frozen,
        "revision": world.revision,
        "identities": len(world.state.identities),
    }


@of_a_world
async def show(asked: Asked, world: World) -> web.Response:
    """One world in brief."""
    return json_response(shown(asked, world))


@of_a_world
async def delete(asked: Asked, world: World) -> web.Response:
    """Lets the world go; `default` stays."""
    if world.id == DEFAULT:
        return problem(409, "DefaultWorld", "The default world stays: reset it instead")
    asked.parts.worlds.remove(world.id)
    return no_content()


@of_a_world
async def reset(asked: Asked, world: World) -> web.Response:
    """The world back to its own seed and time, its exchanges forgotten."""
    world.reset()
    asked.parts.journal.clear(world.id)
    return no_content()
