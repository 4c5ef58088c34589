"""`/_mock/worlds/{world}/state`: the state of a world in the fixture format."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from aiohttp import web

from mockserver.control import background, secrets, written_state
from mockserver.control.resource import JSON, YAML, Call, json_response, no_content, problem
from mockserver.control.world_handler import with_world
from mockserver.errors import FixtureError, FixtureErrors
from mockserver.http.request_body import read
from mockserver.http.streamed import StreamedResponse
from mockserver.infisical.state import State
from mockserver.seeding.dump import dump, head, sections_in_batches
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text
from mockserver.worlds.world import World

MAX_STATE = 64 * 1024 * 1024


@with_world
async def show(call: Call, world: World) -> web.StreamResponse:
    """Return the state as JSON or, by `Accept`, as YAML. Secrets are masked unless the query is `secrets=clear`.

    A large state is written while it is sent: as it was when the request came.
    """
    query = call.request.query
    if set(query) - {"secrets"} or query.get("secrets", "clear") != "clear":
        return problem(400, "BadQuery", "The only query parameter is secrets=clear")
    state, mask_key = shown_state(world), None if "secrets" in query else call.parts.mask_key
    as_yaml = "yaml" in call.request.headers.get("Accept", "")
    if max(len(state.identities), len(state.access_tokens)) > background.LARGE_STATE:
        pieces = written_state.as_yaml if as_yaml else written_state.as_json
        return StreamedResponse(pieces(state, mask_key), YAML if as_yaml else JSON)
    document = dump(state) if mask_key is None else secrets.masked(dump(state), mask_key)
    if not as_yaml:
        return json_response(document)
    return web.Response(body=written_state.yaml_text(document), headers={"Content-Type": YAML})


def shown_state(world: World) -> State:
    """Return the state with the rate limits that are in force, also where the world has them from elsewhere."""
    state, limits = world.state, world.default_rate_limits
    return state if limits is None or state.rate_limits is not None else state._replace(rate_limits=limits)


@with_world
async def replace(call: Call, world: World) -> web.Response:
    """Replace the state by fixtures in JSON or YAML. The fingerprint of a secret of this world restores the secret.

    With `as=seed` the fixtures also become the world's seed, and its journal is cleared.
    """
    query = call.request.query
    if set(query) - {"as"} or query.get("as", "seed") != "seed":
        return problem(400, "BadQuery", "The only query parameter is as=seed")
    incoming = await read(call.request, MAX_STATE, call.parts.body_timeout)
    if incoming.problem == "size":
        return problem(413, "TooLarge", f"The state exceeds {MAX_STATE} bytes")
    if incoming.problem is not None:
        return problem(400, "Incomplete", f"The body is incomplete: {incoming.reason}")
    read_text = partial(_text_of, incoming.content, (world.seed, world.state), call.parts.mask_key)
    try:
        text, found = await background.run(len(incoming.content) > background.LARGE_TEXT, read_text)
    except UnicodeDecodeError as error:
        return problem(400, "NotUtf8", f"The body is not UTF-8: see byte {error.start}")
    try:
        state = await loaded("body", text, world.clock.now())
    except FixtureErrors as errors:
        found += errors.errors
    if found:
        return errors_of(FixtureErrors(found))
    if "as" in query:
        world.reseed(state)
        call.parts.journal.clear(world.id)
    else:
        world.replace(state)
    return no_content()


def _text_of(content: bytes, known: tuple[State, ...], mask_key: str) -> tuple[str, list[FixtureError]]:
    """Return the text, with the secrets of known states restored, and the errors of masks that none of them has.

    Raises UnicodeDecodeError.
    """
    text = secrets.restored(content.decode("utf-8-sig"), _in_pieces(known), mask_key)
    return text, secrets.unknown(text)


def _in_pieces(states: Iterable[State]) -> Iterator[dict[str, Any]]:
    """Yield the documents of the states, the long sections in batches."""
    for state in states:
        yield head(state)
        for section, entries in sections_in_batches(state):
            yield {section: entries}


async def loaded(name: str, text: str, now: int) -> State:
    """Return the state that fixtures describe; long texts are parsed in a thread. Raises FixtureErrors."""
    return await background.run(len(text) > background.LARGE_TEXT, load, [Text(name, text)], now)


def errors_of(errors: FixtureErrors) -> web.Response:
    """Return the 400 response to invalid fixtures, with the location of every error."""
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
