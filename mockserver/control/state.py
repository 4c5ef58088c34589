"""`/_mock/worlds/{world}/state`: the state of a world in the fixture format."""

from functools import partial
from typing import Any

import yaml
from aiohttp import web
from rpds import HashTrieMap

from mockserver.control import background, secrets
from mockserver.control.resource import JSON, YAML, Call, json_response, no_content, problem
from mockserver.control.world_handler import with_world
from mockserver.errors import FixtureError, FixtureErrors
from mockserver.http.json_encoding import encoded
from mockserver.http.request_body import read
from mockserver.infisical.state import State
from mockserver.seeding.dump import dump, sections_in_batches
from mockserver.seeding.load import load
from mockserver.seeding.yaml_reader import Text
from mockserver.worlds.world import World

MAX_STATE = 64 * 1024 * 1024


@with_world
async def show(call: Call, world: World) -> web.Response:
    """Return the state as JSON or, by `Accept`, as YAML. Secrets are masked unless the query is `secrets=clear`."""
    query = call.request.query
    if set(query) - {"secrets"} or query.get("secrets", "clear") != "clear":
        return problem(400, "BadQuery", "The only query parameter is secrets=clear")
    state, mask_key = shown_state(world), None if "secrets" in query else call.parts.mask_key
    is_large = len(state.identities) > background.LARGE_STATE
    if "yaml" in call.request.headers.get("Accept", ""):
        written = _as_yaml
    else:
        written = _as_json_in_pieces if is_large else _as_json
    return await background.run(is_large, written, state, mask_key)


def shown_state(world: World) -> State:
    """Return the state with the rate limits that are in force, also where the world has them from elsewhere."""
    state, limits = world.state, world.default_rate_limits
    return state if limits is None or state.rate_limits is not None else state._replace(rate_limits=limits)


def _as_json(state: State, mask_key: str | None) -> web.Response:
    return json_response(_document(state, mask_key))


def _as_json_in_pieces(state: State, mask_key: str | None) -> web.Response:
    """Return the same response, encoded in pieces: the encoder lets no other thread go on before it ends."""
    head = _document(state._replace(identities=HashTrieMap(), access_tokens={}), mask_key)
    sections: dict[str, list[bytes]] = {"identities": [], "accessTokens": []}
    for name in sections:
        assert head.pop(name) == [], "the long sections are the last ones"
    for name, entries in sections_in_batches(state):
        if entries:
            piece = {name: entries} if mask_key is None else secrets.masked({name: entries}, mask_key)
            sections[name].append(encoded(piece[name])[1:-1])
    found = [encoded(head)[:-1]]
    for name, pieces in sections.items():
        found += (b',"%s":[' % name.encode(), b",".join(pieces), b"]")
    return web.Response(body=b"".join((*found, b"}")), headers={"Content-Type": JSON})


def _as_yaml(state: State, mask_key: str | None) -> web.Response:
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(_document(state, mask_key), Dumper=dumper, sort_keys=False, allow_unicode=True)
    return web.Response(body=text.encode(), headers={"Content-Type": YAML})


def _document(state: State, mask_key: str | None) -> dict[str, Any]:
    return dump(state) if mask_key is None else secrets.masked(dump(state), mask_key)


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
    text = secrets.restored(content.decode("utf-8-sig"), map(dump, known), mask_key)
    return text, secrets.unknown(text)


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
