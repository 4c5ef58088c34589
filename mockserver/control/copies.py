"""`GET /_mock/requests/{id}/curl` and `/test`: an exchange to send again, as a command and as a pytest function."""

from typing import Any, NamedTuple

import orjson
from aiohttp import web

from mockserver import masking
from mockserver.clock import iso
from mockserver.control import copied_text, secrets
from mockserver.control.faults import shown as shown_fault
from mockserver.control.requests import entry_of
from mockserver.control.resource import Call, Parts
from mockserver.infisical.access_tokens.access_token import AccessToken, verified
from mockserver.infisical.state import State
from mockserver.journal.entry import Entry
from mockserver.seeding.dump import dump
from mockserver.worlds.registry import DEFAULT

TEXT = "text/plain; charset=utf-8"
MAX_CHANGED = 256 * 1024
"""How many bytes of changed entries a copied test holds at most."""
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
    caller = _caller(entry, state, call.parts)
    base = f"{call.request.scheme}://{call.request.host}"
    return _text(copied_text.curl(_message(entry, strip=False), base, caller.name, has_token=bool(_bearer(entry))))


async def as_test(call: Call) -> web.Response:
    """Return a pytest function that uses the plugin: it makes the state that the request met, and sends it again."""
    entry, parts = entry_of(call), call.parts
    if isinstance(entry, web.Response):
        return entry
    state = _state_then(parts, entry)
    notes = [] if state is not None else ["The state that the request met is not kept any more."]
    changed: dict[str, Any] = {}
    if state is not None and state is not parts.worlds.default.seed:
        changed = _changed(parts, state)
        if len(orjson.dumps(changed)) > MAX_CHANGED:
            changed, notes = {}, [*notes, "Too much of the state had changed: this test begins with the fixtures."]
    if not entry.is_whole:
        notes.append(f"The journal kept {len(entry.body)} of the {entry.body_size} bytes of the body.")
    caller = _caller(entry, state or parts.worlds.default.seed, parts)
    if _bearer(entry) and not caller.name:
        notes.append("The token of the request is a secret that belongs to no identity: another text stands for it.")
    if entry.counted is not None:
        notes.append("The world limited requests by client address (rateLimits): the one of this test does not.")
    if entry.proxies:
        notes.append(f"The world trusted the proxies {', '.join(entry.proxies)}: this test does not.")
    fault = _fault(parts, entry)
    if entry.fault and fault is None:
        notes.append("The fault that fired is not armed any more, so this test cannot arm it.")
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


def _caller(entry: Entry, state: State, parts: Parts) -> _Caller:
    bearer = _bearer(entry)
    token: Any = state.access_tokens.get(bearer)
    if token is not None:
        owner = state.identities.get(token.identity_id)
        listed = dump(state)["accessTokens"]
        plain = next((each["token"] for each in listed if each["identity"] == token.identity_id and _plain(each)), "")
        places = [] if plain == bearer else [at for at, each in enumerate(listed) if each["token"] == bearer]
        return _Caller(owner.name if owner else "", places[0] if places else None)
    world = parts.worlds.find(entry.world) or parts.worlds.default
    token = verified(bearer, world.token_secret, entry.at) if bearer.count(".") == 2 else None
    owner = state.identities.get(token.identity_id) if isinstance(token, AccessToken) else None
    return _Caller(owner.name if owner else "")


def _plain(token: dict[str, Any]) -> bool:
    """Whether the plugin gives the token by the name of its identity: it is good at any time and place."""
    anywhere = {row["ipAddress"] for row in token["trustedIps"]} >= {"0.0.0.0/0", "::/0"}
    return anywhere and not (token["revoked"] or token["numUsesLimit"] or "expiresAt" in token)


def _changed(parts: Parts, state: State) -> dict[str, Any]:
    """The entries of the state that the default world's seed does not have like this, by section and key.

    Secrets are masked by their fingerprints; where a state is put back, those of its fixtures come back by themselves.
    """
    seed = _keyed(secrets.masked(dump(parts.worlds.default.seed), parts.mask_key))
    then = _keyed(secrets.masked(dump(state), parts.mask_key))
    found: dict[str, Any] = {}
    for section in _SECTIONS:
        keys = [*then[section], *(key for key in seed[section] if key not in then[section])]
        differing = {key: then[section].get(key) for key in keys if then[section].get(key) != seed[section].get(key)}
        if differing:
            found[section] = differing
    known = orjson.dumps(seed).decode()
    renamed: dict[str, Any] = orjson.loads(secrets.replaced(orjson.dumps(found).decode(), known, "a-secret-not-copied"))
    return renamed


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
