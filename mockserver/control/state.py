"""`/_mock/worlds/{id}/state`: a world in the fixture format."""

from typing import Any

import yaml
from aiohttp import web

from mockserver.control import background, secrets
from mockserver.control.a_world import of_a_world
from mockserver.control.resource import YAML, Asked, json_response, no_content, problem
from mockserver.errors import FixtureErrors
from mockserver.http.request_body import read
from mockserver.infisical.state import State
from mockserver.seeding.dump import dump
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text
from mockserver.worlds.world import World

MAX_STATE = 64 * 1024 * 1024


@of_a_world
async def show(asked: Asked, world: World) -> web.Response:
    """The state, JSON or by `Accept` YAML. Secrets are masked unless the query says `secrets=clear`."""
    query = asked.request.query
    if set(query) - {"secrets"} or query.get("secrets", "clear") != "clear":
        return problem(400, "BadQuery", "The query may say secrets=clear, and nothing else")
    state, mask_key = world.state, None if "secrets" in query else asked.parts.mask_key
    written = _as_yaml if "yaml" in asked.request.headers.get("Accept", "") else _as_json
    return await background.beside(len(state.identities) > background.LARGE_STATE, written, state, mask_key)


def _as_json(state: State, mask_key: str | None) -> web.Response:
    return json_response(_document(state, mask_key))


def _as_yaml(state: State, mask_key: str | None) -> web.Response:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(_document(state, mask_key), Dumper=dumper, sort_keys=False, allow_unicode=True)
    return web.Response(body=text.encode(), headers={"Content-Type": YAML})


def _document(state: State, mask_key: str | None) -> dict[str, Any]:
    return dump(state) if mask_key is None else secrets.masked(dump(state), mask_key)


@of_a_world
async def replace(asked: Asked, world: World) -> web.Response:
    """Puts another state in place, from JSON or YAML; a masked secret stands for the one that it was made from.

    With `as=seed` it is also what a reset goes back to, and the world begins anew with it.
    """
    query = asked.request.query
    if set(query) - {"as"} or query.get("as", "seed") != "seed":
        return problem(400, "BadQuery", "The query may say as=seed, and nothing else")
    incoming = await read(asked.request, MAX_STATE, asked.parts.body_timeout)
    if incoming.problem == "size":
        return problem(413, "TooLarge", f"A state has at most {MAX_STATE} bytes")
    if incoming.problem is not None:
        return problem(400, "Incomplete", f"The body did not arrive whole: {incoming.reason}")
    try:
        text = incoming.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return problem(400, "NotUtf8", f"Byte {error.start} is not UTF-8")
    text = secrets.restored(text, map(dump, (world.seed, world.state)), asked.parts.mask_key)
    found = secrets.unknown(text)
    try:
        state = await loaded("body", text, world.clock.now())
    except FixtureErrors as errors:
        found += errors.errors
    if found:
        return errors_of(FixtureErrors(found))
    if "as" in query:
        world.reseed(state)
        asked.parts.journal.clear(world.id)
    else:
        world.replace(state)
    return no_content()


async def loaded(name: str, text: str, now: int) -> State:
    """The state that fixtures describe; a large one is read beside the loop. Raises FixtureErrors."""
    return await background.beside(len(text) > background.LARGE_TEXT, load, [Text(name, text)], now)


def errors_of(errors: FixtureErrors) -> web.Response:
    """The answer to fixtures that cannot be loaded: every error with its place."""
    rows = [
        {
            "pointer": each.pointer,
            "line": each.line,
            "column": each.column,
            "path": each.path,
            "reason": each.reason,
        }
        for each in errors.errors
    ]
    return problem(400, "InvalidFixtures", str(errors), errors=rows)
