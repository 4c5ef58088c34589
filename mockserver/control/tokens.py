"""`GET /_mock/worlds/{world}/tokens`: the tokens and client secrets that are in force, and what is left of them."""

from collections.abc import Iterator
from typing import Any

from aiohttp import web

from mockserver.clock import iso
from mockserver.control.resource import Call, json_response, problem
from mockserver.control.world_handler import with_world
from mockserver.http.turns import result_of
from mockserver.infisical.state import State
from mockserver.steps import Steps, batched
from mockserver.worlds.world import World

MAX_ROWS = 10_000


@with_world
async def listing(call: Call, world: World) -> web.Response:
    """Return a row for each fixture token, Token Auth token and client secret; the secrets themselves are left out.

    Tokens that a login issued are signed and kept nowhere, so they are not listed. `identity` names one
    identity, and may be repeated.
    """
    query = call.request.query
    unknown = set(query) - {"identity"}
    if unknown:
        return problem(400, "BadQuery", f"No such filter: {', '.join(sorted(unknown))}")
    state, now = world.state, world.clock.now()
    wanted = {each.lower() for each in query.getall("identity", ())}
    return json_response({"tokens": await result_of(_listed(state, now, wanted))})


def _listed(state: State, now: int, wanted: set[str]) -> Steps[list[dict[str, Any]]]:
    rows: list[dict[str, Any]] = []
    for batch in batched(_rows(state, now)):
        rows += [each for each in batch if not wanted or each["identityId"] in wanted]
        if len(rows) >= MAX_ROWS:
            break
        yield
    return rows[:MAX_ROWS]


def _rows(state: State, now: int) -> Iterator[dict[str, Any]]:
    for each in state.access_tokens.values():
        row = _row("fixture token", each.identity_id, now, each.expires_at, each.num_uses_limit)
        yield _used(row, state.token_uses.get(each.id, 0), revoked=each.revoked or each.id in state.revocations.tokens)
    for tokens in state.token_auths.tokens.values():
        for issued in tokens.values():
            end = issued.created_at + issued.ttl * 1000 if issued.ttl else None
            row = _row(
                "Token Auth token", issued.identity_id, now, end, issued.num_uses_limit, issued.name or issued.id
            )
            gone = issued.revoked or issued.id in state.revocations.tokens
            yield _used(row, state.token_uses.get(issued.id, 0), revoked=gone)
    for identity_id, secrets in state.universal_auths.secrets.items():
        for secret in secrets.values():
            end = secret.created_at + secret.ttl * 1000 if secret.ttl else None
            row = _row("client secret", identity_id, now, end, secret.num_uses_limit, secret.description or secret.id)
            yield _used(row, secret.num_uses, revoked=secret.revoked)


def _row(kind: str, identity: str, now: int, end: int | None, limit: int, name: str = "") -> dict[str, Any]:
    return {
        "identityId": identity,
        "kind": kind,
        "name": name or None,
        "expiresAt": None if end is None else iso(end),
        "secondsLeft": None if end is None else max(0, (end - now) // 1000),
        "usesLimit": limit or None,
    }


def _used(row: dict[str, Any], uses: int, *, revoked: bool) -> dict[str, Any]:
    limit = row["usesLimit"]
    left = None if limit is None else max(0, limit - uses)
    return {**row, "uses": uses, "usesLeft": left, "revoked": revoked, "inForce": _in_force(row, left, revoked=revoked)}


def _in_force(row: dict[str, Any], left: int | None, *, revoked: bool) -> bool:
    return not revoked and row["secondsLeft"] != 0 and left != 0
