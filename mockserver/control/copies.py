"""`GET /_mock/requests/{id}/curl` and `/test`: an exchange to send again, as a command and as a pytest function."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson
from aiohttp import web
from rpds import HashTrieMap

from mockserver import masking
from mockserver.clock import iso
from mockserver.control import background, copied_text, secrets
from mockserver.control.faults import shown as shown_fault
from mockserver.control.requests import entry_of
from mockserver.control.resource import Call, Parts
from mockserver.infisical.access_tokens.access_token import AccessToken, verified
from mockserver.infisical.state import State
from mockserver.journal.entry import Entry
from mockserver.seeding.dump import access_token_entries, dump, sections_in_batches
from mockserver.worlds.changes import differing
from mockserver.worlds.registry import DEFAULT

TEXT = "text/plain; charset=utf-8"
MAX_CHANGED = 256 * 1024
"""How many bytes of changed entries a copied test holds at most."""
_LEAST_ENTRY = 40
"""How many bytes of these an entry takes at least: its id, and that it is gone."""
_SECTIONS = ("organizations", "clusters", "gateways", "gatewayPools", "identities")
_LEFT_OUT = frozenset(
    (
        *("host", "user-agent", "accept", "accept-encoding", "connection", "content-length", "transfer-encoding"),
        *("keep-alive", "expect", "cookie", "authorization", "mock-world"),
    )
)
"""Headers that the sender of the copy writes itself, or that hold a secret."""


class _Caller(NamedTuple):
    """Who sent the request: the name of the identity, and its fixture token's place among those of the state.

    The place is None where the plugin gives the token by that name.
    """

    name: str = ""
    place: int | None = None


async def as_curl(call: Call) -> web.Response:
    """Return the request as a curl command. `$TOKEN` stands for the access token, which is a secret."""
    entry = entry_of(call)
    if isinstance(entry, web.Response):
        return entry
    state = _state_then(call.parts, entry) or call.parts.worlds.default.state
    is_large = len(state.access_tokens) > background.LARGE_STATE
    caller = await background.run(is_large, _caller, entry, state, _token_secret(call.parts, entry))
    base = f"{call.request.scheme}://{call.request.host}"
    return _text(copied_text.curl(_message(entry, strip=False), base, caller.name, has_token=bool(_bearer(entry))))


async def as_test(call: Call) -> web.Response:
    """Return a pytest function that uses the plugin: it makes the state that the request met, and sends it again."""
    entry, parts = entry_of(call), call.parts
    if isinstance(entry, web.Response):
        return entry
    state, seed = _state_then(parts, entry), parts.worlds.default.seed
    is_large = max(_size(seed), _size(seed if state is None else state)) > background.LARGE_STATE
    notes, changed = list[str](), dict[str, Any]()
    if state is None:
        notes.append("The state that the request met is not kept any more.")
    elif state is not seed:
        found = await background.run(is_large, _changed, seed, state, parts.mask_key)
        if found is None:
            notes.append("Too much of the state had changed: this test begins with the fixtures.")
        else:
            changed = found
    caller = await background.run(is_large, _caller, entry, state or seed, _token_secret(parts, entry))
    fault = _fault(parts, entry)
    notes += _notes(entry, caller, armed=fault is not None)
    return _text(
        copied_text.pytest_function(
            copied_text.Copied(
                _message(entry, strip=True),
                operation=entry.operation,
                world=entry.world,
                profile=entry.profile,
                generation=entry.generation,
                now=iso(entry.at),
                status=entry.status,
                rule=entry.rule,
                caller=caller.name,
                place=caller.place,
                has_token=bool(_bearer(entry)),
                changed=changed,
                fault=fault,
                notes=tuple(notes),
                base=f"{call.request.scheme}://{call.request.host}",
            )
        )
    )


def _notes(entry: Entry, caller: _Caller, *, armed: bool) -> Iterator[str]:
    """Yield what the copy cannot have of the exchange. `armed` says that the fault that fired, if one did, is there."""
    if not entry.is_whole:
        yield f"The journal kept {len(entry.body)} of the {entry.body_size} bytes of the body."
    if _bearer(entry) and not caller.name:
        yield "The token of the request is a secret that belongs to no identity: another text stands for it."
    if entry.counted is not None:
        yield "The world limited requests by client address (rateLimits): the one of this test does not."
    if entry.proxies:
        yield f"The world trusted the proxies {', '.join(entry.proxies)}: this test does not."
    if entry.fault and not armed:
        yield "The fault that fired is not armed any more, so this test cannot arm it."


def _text(text: str) -> web.Response:
    return web.Response(body=text.encode("utf-8", "replace"), headers={"Content-Type": TEXT})


def _message(entry: Entry, *, strip: bool) -> copied_text.Message:
    """The request, secrets masked; without the world in its path if `strip`."""
    headers = masking.headers(
        (name, value) for name, value in orjson.loads(entry.headers) if name.lower() not in _LEFT_OUT
    )
    target = masking.text(entry.target)
    prefix = f"/w/{entry.world}"
    if strip and target.startswith(f"{prefix}/"):
        target = target[len(prefix) :]
    elif not strip and entry.world != DEFAULT and not target.startswith(f"{prefix}/"):
        headers = [["Mock-World", entry.world], *headers]
    body = masking.body(entry.body) if entry.body else None
    return copied_text.Message(entry.method, target, headers, body, entry.body_size)


def _bearer(entry: Entry) -> str:
    """The credential of the `Authorization` header; empty if none was sent."""
    sent = next((value for name, value in orjson.loads(entry.headers) if name.lower() == "authorization"), "")
    return str(sent).partition(" ")[2].strip()


def _state_then(parts: Parts, entry: Entry) -> State | None:
    """The world's state as the request met it; None if it is not kept any more."""
    world = parts.worlds.find(entry.world)
    if world is None or world.life != entry.life:
        return None
    return world.state_at(entry.revision)


def _size(state: State) -> int:
    return max(len(state.identities), len(state.access_tokens))


def _token_secret(parts: Parts, entry: Entry) -> str:
    """Return the key of the access tokens of the entry's world, if it is still there."""
    return (parts.worlds.find(entry.world) or parts.worlds.default).token_secret


def _caller(entry: Entry, state: State, token_secret: str) -> _Caller:
    bearer = _bearer(entry)
    token: Any = state.access_tokens.get(bearer)
    if token is not None:
        owner = state.identities.get(token.identity_id)
        listed = access_token_entries(state)
        plain = next((each["token"] for each in listed if each["identity"] == token.identity_id and _plain(each)), "")
        places = [] if plain == bearer else [at for at, each in enumerate(listed) if each["token"] == bearer]
        return _Caller(owner.name if owner else "", places[0] if places else None)
    token = verified(bearer, token_secret, entry.at) if bearer.count(".") == 2 else None
    owner = state.identities.get(token.identity_id) if isinstance(token, AccessToken) else None
    return _Caller(owner.name if owner else "")


def _plain(token: dict[str, Any]) -> bool:
    """Whether the plugin gives the token by the name of its identity: it is good at any time and place."""
    anywhere = {row["ipAddress"] for row in token["trustedIps"]} >= {"0.0.0.0/0", "::/0"}
    return anywhere and not (token["revoked"] or token["numUsesLimit"] or "expiresAt" in token)


def _changed(seed: State, state: State, mask_key: str) -> dict[str, Any] | None:
    """Return the entries of the state that differ from those of the seed, by section and key; None if it is too much.

    Secrets are masked by their fingerprints; where a state is put back, those of its fixtures come back by themselves.
    """
    ids = differing(seed, state)
    if len(ids) * _LEAST_ENTRY > MAX_CHANGED:
        return None
    before, then = (_keyed(secrets.masked(dump(_with_only(each, ids)), mask_key)) for each in (seed, state))
    found: dict[str, Any] = {}
    for section in _SECTIONS:
        keys = [*then[section], *(key for key in before[section] if key not in then[section])]
        changed = {key: then[section].get(key) for key in keys if then[section].get(key) != before[section].get(key)}
        if changed:
            found[section] = changed
    text = orjson.dumps(found).decode()
    known = secrets.fingerprints(orjson.dumps(before).decode())
    known |= _fingerprints_of(seed, secrets.fingerprints(text) - known, mask_key)
    text = secrets.replaced(text, known, "a-secret-not-copied")
    renamed: dict[str, Any] = orjson.loads(text)
    return renamed if len(text.encode()) <= MAX_CHANGED else None


def _with_only(state: State, ids: set[str]) -> State:
    """Return the state with only those of its identities, and without access tokens."""
    identities = HashTrieMap({each: state.identities[each] for each in ids if each in state.identities})
    return state._replace(identities=identities, access_tokens={})


def _fingerprints_of(seed: State, wanted: set[str], mask_key: str) -> set[str]:
    """Return those of the wanted fingerprints that an identity of the seed has."""
    found: set[str] = set()
    for section, entries in sections_in_batches(seed) if wanted else ():
        if section == "identities" and not wanted <= found:
            text = orjson.dumps(secrets.masked({section: entries}, mask_key)).decode()
            found |= wanted & secrets.fingerprints(text)
    return found


def _keyed(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {section: {each.get("id", each["name"]): each for each in document[section]} for section in _SECTIONS}


def _fault(parts: Parts, entry: Entry) -> dict[str, Any] | None:
    """What arms the fault that fired on this exchange, if the world still has it."""
    world = parts.worlds.find(entry.world)
    name = entry.fault.partition(" ")[0]
    armed = next((each for each in (world.faults if world else None) or () if each.id == name), None)
    if armed is None:
        return None
    kept = ("kind", "operation", "identityId", "seconds", "status", "retryAfter", "where")
    shown = shown_fault(armed)
    return {key: shown[key] for key in kept if key in shown}
