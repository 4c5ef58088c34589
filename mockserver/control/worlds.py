"""`/_mock/worlds`: isolated worlds, created from the seed, from another world or from uploaded fixtures."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from mockserver.clock import LATEST, WorldClock, from_iso, iso
from mockserver.control import background, own_contract
from mockserver.control.own_contract import refused
from mockserver.control.resource import Call, json_response, no_content, problem
from mockserver.control.state import MAX_STATE, errors_of, loaded
from mockserver.control.world_handler import with_world
from mockserver.control.world_settings import own_settings
from mockserver.errors import FixtureErrors, quoted
from mockserver.http.json_encoding import digest, encoded_in_pieces
from mockserver.pauses import between, pause
from mockserver.rules.edition import Edition, edition
from mockserver.rules.generation import generation_as_of
from mockserver.rules.profile import Profile
from mockserver.seeding.release import entries_in_pieces
from mockserver.worlds.registry import DEFAULT, Worlds
from mockserver.worlds.world import World

_FREED_AT_ONCE = 500


async def listing(call: Call) -> web.Response:
    """Return all worlds in brief, the limit on their number, and the idle seconds after which one may be dropped."""
    worlds = call.parts.worlds
    rows = await background.each(lambda each: shown(call, each), worlds)
    return json_response({"worlds": rows, "most": worlds.most, "idleSeconds": worlds.idle_seconds})


async def create(call: Call) -> web.Response:
    """Create a world. It shares the state of its origin until one of them changes."""
    worlds = call.parts.worlds
    body = await own_contract.body_of(call, "createWorld", MAX_STATE)
    if isinstance(body, web.Response):
        return body
    name = body["id"] if "id" in body else worlds.new_id()
    return await _added(call, name, body, None, lambda: _invalid_or_taken(worlds, name))


async def put(call: Call) -> web.Response:
    """Create the world of that path. The same body again changes nothing; another body is a conflict."""
    worlds, name = call.parts.worlds, call.parameters["world"]
    body = await own_contract.body_of(call, "putWorld", MAX_STATE)
    if isinstance(body, web.Response):
        return body
    if name == DEFAULT:
        return refused("BadWorld", "/id", "there is a world 'default' already, from the server's own fixtures", 409)
    reason = worlds.invalid_id(name)
    if reason:
        return refused("BadWorld", "/world", reason)
    if body.get("id", name) != name:
        return refused("BadWorld", "/id", f"the path says {quoted(name)}: leave id out, or send the same")
    made_from = await _digest(call, body)
    try:
        return await _added(call, name, body, made_from, lambda: _standing(call, name, made_from))
    finally:
        entries_in_pieces(body.get("fixtures"))


async def _added(
    call: Call, name: str, body: dict[str, Any], made_from: bytes | None, settled: Callable[[], web.Response | None]
) -> web.Response:
    """Create the world of the body. `settled` returns the response if there is nothing to create; None otherwise.

    `made_from` is the digest of the body, if it is known.
    """
    worlds = call.parts.worlds
    response = settled() or _full(worlds)
    if response is not None:
        return response
    if made_from is None:
        made_from = await _digest(call, body)
    made = await _made(call, name, body)
    if isinstance(made, web.Response):
        return made
    made.made_from = made_from
    response = settled() or _full(worlds)  # other requests may have created worlds while the fixtures were parsed
    if response is not None:
        return response
    worlds.add(made)
    return json_response(shown(call, made), 201)


def _invalid_or_taken(worlds: Worlds, name: str) -> web.Response | None:
    """Return the error response if no world can get that name; None otherwise."""
    reason = worlds.problem(name)
    return refused("BadWorld", "/id", reason, 409 if worlds.find(name) else 400) if reason else None


def _standing(call: Call, name: str, made_from: bytes) -> web.Response | None:
    """Return the response if there is a world of that name: 200 if it was created by the same body, 409 otherwise."""
    found = call.parts.worlds.find(name)
    if found is None:
        return None
    if found.made_from == made_from:
        return json_response(shown(call, found))
    reason = f"there is a world {quoted(name)} already, created by another body: delete it first, or send that body"
    return refused("BadWorld", "/world", reason, 409)


async def _digest(call: Call, body: dict[str, Any]) -> bytes:
    """Return a digest of the body without its id: two bodies have the same one if they are the same JSON value."""
    return await background.run(_is_large(call, body), digest, {key: body[key] for key in body if key != "id"})


def _is_large(call: Call, body: dict[str, Any]) -> bool:
    length = call.request.content_length
    return "fixtures" in body and (length is None or length > background.LARGE_TEXT)


def _full(worlds: Worlds) -> web.Response | None:
    """Return the error response if the limit of worlds is reached; None otherwise."""
    if worlds.is_full():
        reason = f"All {worlds.most} worlds (--max-worlds) have been used within the last {worlds.idle_seconds:g} s"
        return problem(429, "TooManyWorlds", f"{reason}: delete some with DELETE /_mock/worlds/{{world}}")
    return None


async def _made(call: Call, name: str, body: dict[str, Any]) -> World | web.Response:
    """Return the world that the body describes, or the error response."""
    default = call.parts.worlds.default
    origin = default
    if "from" in body:
        if "fixtures" in body:
            return refused("BadWorld", "/from", "send either from or fixtures, not both")
        found = call.parts.worlds.find(body["from"])
        if found is None:
            return refused("BadWorld", "/from", f"there is no world '{body['from']}'", 404)
        origin = found
    try:
        start = from_iso(body["now"]) if "now" in body else None
    except (ValueError, OverflowError) as error:
        return refused("BadWorld", "/now", str(error))
    if start is not None and not 0 <= start <= LATEST:
        return refused("BadWorld", "/now", "the time must be from 1970 to 9999")
    clock = WorldClock(call.parts.first_time if start is None else start)
    if start is None and "from" in body:
        clock = origin.clock.copy()
    seed = origin.state if "from" in body else default.seed
    if "fixtures" in body:
        try:
            text = await background.run(_is_large(call, body), _text_of, body.pop("fixtures"))
            seed = await loaded("fixtures", text, clock.now())
        except FixtureErrors as errors:
            return errors_of(errors)
    chosen = _edition(call, body, origin)
    if isinstance(chosen, web.Response):
        return chosen
    own = own_settings(body, origin, seed)
    if isinstance(own, web.Response):
        return own
    secret = body.get("tokenSecret", origin.token_secret)
    status = body.get("tokenExpiryStatus", origin.token_expiry_status)
    return World(name, own.seed, chosen, clock, secret, own.proxies, status, own.rate_limits)


def _edition(call: Call, body: dict[str, Any], origin: World) -> Edition | web.Response:
    """Return the profile and generation of a new world, or the error response.

    The default is the edition of its origin. Another profile selects the generation of `--as-of`, or its own default.
    """
    profile = Profile(body.get("profile", origin.profile))
    if "asOf" in body:
        try:
            return edition(profile, generation_as_of(str(body["asOf"])))
        except ValueError as error:
            return refused("BadWorld", "/asOf", str(error))
    return origin.edition if profile is origin.profile else edition(profile, call.parts.as_of)


def _text_of(fixtures: Any) -> str:
    """Return fixtures as text. The value is empty afterwards: it is freed in pieces."""
    if isinstance(fixtures, str):
        return fixtures
    text = "".join(piece.decode() for piece in between(encoded_in_pieces(fixtures)))
    for entries in fixtures.values() if isinstance(fixtures, dict) else ():
        while entries and isinstance(entries, list):
            del entries[-_FREED_AT_ONCE:]
            pause()
    return text


def shown(call: Call, world: World) -> dict[str, Any]:
    """Return a world in brief. Clients use `baseUrl` in place of the vendor's address."""
    request = call.request
    base = f"{request.scheme}://{request.host}"
    proxies = {"trustedProxies": list(world.trusted_proxies)} if world.trusted_proxies else {}
    limits = {} if world.rate_limits is None else {"rateLimits": world.rate_limits.as_json()}
    return {
        "id": world.id,
        "baseUrl": base if world.id == DEFAULT else f"{base}/w/{world.id}",
        "profile": world.profile.value,
        "generation": world.generation.value,
        "tokenExpiryStatus": world.token_expiry_status,
        "now": iso(world.clock.now()),
        "frozen": world.clock.frozen,
        "revision": world.revision,
        "identities": len(world.state.identities),
        **proxies,
        **limits,
    }


@with_world
async def show(call: Call, world: World) -> web.Response:
    """Return a world in brief."""
    return json_response(shown(call, world))


@with_world
async def delete(call: Call, world: World) -> web.Response:
    """Delete a world; 409 for `default`."""
    if world.id == DEFAULT:
        return problem(409, "DefaultWorld", "The default world cannot be deleted: reset it instead")
    call.parts.worlds.remove(world.id)
    return no_content()


@with_world
async def reset(call: Call, world: World) -> web.Response:
    """Reset the world to its seed and start time, and clear its journal entries and faults."""
    world.reset()
    call.parts.journal.clear(world.id)
    return no_content()
