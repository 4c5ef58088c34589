"""`/_mock/worlds/{id}/state`: a world in the fixture format."""

import yaml
from aiohttp import web

from mockserver.control import secrets
from mockserver.control.a_world import of_a_world
from mockserver.control.resource import YAML, Asked, json_response, no_content, problem
from mockserver.errors import FixtureErrors
from mockserver.incoming import read
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
    document = dump(world.state)
    if "secrets" not in query:
        document = secrets.masked(document, asked.parts.mask_key)
    if "yaml" not in asked.request.headers.get("Accept", ""):
        return json_response(document)
    text = yaml.dump(
        document, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False, allow_unicode=True
    )
    return web.Response(body=text.encode(), headers={"Content-Type": YAML})


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
        state = load([Text("body", text)], world.clock.now())
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
