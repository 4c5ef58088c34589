"""`/_mock/worlds/{id}/state`: a world in the fixture format."""

import yaml
from aiohttp import web

from mockserver.control import secrets
from mockserver.control.resource import YAML, Asked, json_response, no_content, problem
from mockserver.errors import FixtureErrors
from mockserver.incoming import read
from mockserver.seeding.dump import dump
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text
from mockserver.worlds.world import World

MAX_STATE = 64 * 1024 * 1024


async def show(asked: Asked) -> web.Response:
    """The state, JSON or by `Accept` YAML. Secrets are masked unless the query says `secrets=clear`."""
    world = _world(asked)
    if world is None:
        return _no_world(asked)
    document = dump(world.state)
    if asked.request.query.get("secrets") != "clear":
        document = secrets.masked(document, asked.parts.mask_key)
    if "yaml" not in asked.request.headers.get("Accept", ""):
        return json_response(document)
    text = yaml.dump(
        document, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False, allow_unicode=True
    )
    return web.Response(body=text.encode(), headers={"Content-Type": YAML})


async def replace(asked: Asked) -> web.Response:
    """Puts another state in place, from JSON or YAML; a masked secret stands for the one that it was made from."""
    world = _world(asked)
    if world is None:
        return _no_world(asked)
    incoming = await read(asked.request, MAX_STATE)
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
        return _refused(FixtureErrors(found))
    world.commit(state)
    return no_content()


def _refused(errors: FixtureErrors) -> web.Response:
    rows = [
        {"line": each.line, "column": each.column, "path": each.path, "reason": each.reason} for each in errors.errors
    ]
    return problem(400, "InvalidFixtures", str(errors), errors=rows)


def _world(asked: Asked) -> World | None:
    return asked.parts.worlds.find(asked.parameters["id"])


def _no_world(asked: Asked) -> web.Response:
    return problem(404, "NotFound", f"There is no world '{asked.parameters['id']}'")
