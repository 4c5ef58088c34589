"""Lists of a large organization are made, checked and encoded in turns: the same answers, and updates in between."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from mockserver import steps
from mockserver.api import long_bodies
from mockserver.api.identities.list import OPERATION as LIST
from mockserver.api.operation import Call, Outcome
from mockserver.api.operations import OPERATIONS
from mockserver.http import turns
from mockserver.rules.profile import Profile
from mockserver.steps import LongList, Steps
from tests.client import ADMIN, STATE, Answer, Client
from tests.conftest import Serve

ACME = "0a000000-0000-4000-8000-000000000001"
PATH = "/api/v1/identities"
WITH_TOKENS = "2e000000-0000-4000-8000-000000000001"
TOKENS = f"/api/v1/auth/token-auth/identities/{WITH_TOKENS}/tokens"
SECRETS = "/api/v1/auth/universal-auth/identities/1d000000-0000-4000-8000-000000000020/client-secrets"


@pytest.fixture
def small_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every list is long, and made in many turns."""
    monkeypatch.setattr(long_bodies, "AT_ONCE", 0)
    monkeypatch.setattr(long_bodies, "SENT_AT_ONCE", 0)
    monkeypatch.setattr(steps.batched, "__defaults__", (2,))
    monkeypatch.setattr(steps, "_SORTED_AT_ONCE", 3)
    monkeypatch.setattr(turns, "TURN_SECONDS", -1)


async def crowd(serve: Serve, **settings: Any) -> Client:
    """A server with the bundled world, in which some names, roles and times of login occur several times."""
    server = await serve(clock=1_800_000_000_000, **settings)
    state = await server.state()
    state["identities"] += [
        {
            "id": f"2d000000-0000-4000-8000-{number:012x}",
            "organization": ACME,
            "name": f"{'load' if number % 3 else 'Load'}-{number % 7}",
            "role": ("member", "no-access", "admin")[number % 3],
            "createdAt": f"2026-01-0{1 + number % 4}T00:00:00.000Z",
        }
        for number in range(40)
    ]
    state["identities"].append(
        {"id": WITH_TOKENS, "organization": ACME, "name": "with-tokens", "role": "member", "tokenAuth": {}}
    )
    assert (await server.send("PUT", STATE, state, token=None)).status == 204
    for number in range(7):
        made = await server.send("POST", TOKENS, {"name": f"token-{number}"}, token=ADMIN)
        assert made.status == 200, made.content
    return server


def searches(version: str) -> Iterator[tuple[str, str, Any]]:
    for order in ({}, {"orderBy": "role"}, {"orderBy": "name"}, {"orderBy": "role", "orderDirection": "desc"}):
        for page in ({}, {"limit": 7, "offset": 11}, {"limit": 5, "offset": 2000}, {"orderDirection": "desc"}):
            yield "POST", f"/api/{version}/identities/search", {**order, **page}
    yield "POST", f"/api/{version}/identities/search", {"search": {"name": {"$contains": "load"}}}
    yield "POST", f"/api/{version}/identities/search", {"search": {"name": {"$eq": "nobody"}}}


REQUESTS: tuple[tuple[str, str, Any], ...] = (
    ("GET", f"{PATH}?orgId={ACME}", None),
    *searches("v1"),
    ("POST", "/api/v1/identities/search", {"limit": 0, "orderBy": "role"}),
    *searches("v2"),
    ("POST", "/api/v2/identities/search", {"orderBy": "lastLogin", "orderDirection": "desc"}),
    ("POST", "/api/v2/identities/search/count", {}),
    ("GET", "/api/v1/identity-templates/7e000000-0000-4000-8000-000000000001/usage", None),
    ("GET", TOKENS, None),
    ("GET", f"{TOKENS}?offset=2&limit=3", None),
    ("GET", f"{TOKENS}?offset=20", None),
    ("GET", SECRETS, None),
)


async def asked(server: Client) -> list[tuple[int, bytes]]:
    answers = []
    for method, path, body in REQUESTS:
        sent = {} if body is None else {"json": body}
        answer = await server.send(method, path, token=ADMIN, **sent)
        if answer.status == 200:
            assert int(answer.headers["Content-Length"]) == len(answer.content)
            answers.append((answer.status, answer.content))
        else:
            answers.append((answer.status, answer.rule.encode()))
    return answers


@pytest.mark.parametrize("as_of", ["2026-08", None], ids=str)
async def test_they_are_the_same_in_turns(
    serve: Serve, profile: Profile, as_of: str | None, request: pytest.FixtureRequest
):
    server = await crowd(serve, profile=profile, as_of=as_of)
    whole = await asked(server)
    refused = [path for (_, path, _), (status, _) in zip(REQUESTS, whole, strict=True) if status != 200]
    assert refused == [each for each in refused if "identity-templates" in each], "they are not in every generation"
    request.getfixturevalue("small_turns")
    assert await asked(server) == whole


@pytest.mark.usefixtures("small_turns")
async def test_updates_go_on_meanwhile_and_are_not_in_it(serve: Serve):
    server = await crowd(serve)
    await server.update({"allowedNames": "before"})
    before = (await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)).json

    async def deleted() -> list[Answer]:
        paths = [f"{PATH}/2d000000-0000-4000-8000-{number:012x}" for number in range(10)]
        return [await server.send("DELETE", each, token=ADMIN) for each in paths]

    listed, answers = await asyncio.gather(server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN), deleted())
    assert {each.status for each in answers} == {200}
    assert listed.json in (before, {**before, "identities": before["identities"]})
    after = (await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)).json
    assert after["totalCount"] == before["totalCount"] - 10


@pytest.mark.usefixtures("small_turns")
async def test_head_says_how_long_it_is_and_the_connection_goes_on(serve: Serve):
    server = await crowd(serve, profile="live")
    path = f"{PATH}?orgId={ACME}"
    whole = await server.send("GET", path, token=ADMIN)
    answer = await server.send("HEAD", path, token=ADMIN)
    assert (answer.status, answer.content) == (200, b"")
    assert answer.headers["Content-Length"] == str(len(whole.content))


@pytest.mark.usefixtures("small_turns")
async def test_the_journal_keeps_the_beginning_of_a_body_that_is_sent_in_pieces(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
):
    server = await crowd(serve)
    monkeypatch.setattr(long_bodies, "KEPT_BODY", 30)
    answer = await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)
    entry = (await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}")).json
    assert entry["response"]["body"] == answer.content[:30].decode()
    assert entry["response"]["bodySize"] == len(answer.content)
    archive = (await server.get("/_mock/requests.har")).json["log"]["entries"]
    assert archive[-1]["response"]["bodySize"] == archive[-1]["response"]["content"]["size"] == len(answer.content)
    monkeypatch.setattr(long_bodies, "SENT_AT_ONCE", 1_000_000)
    answer = await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)
    entry = (await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}")).json
    assert entry["response"]["body"] == answer.json


def broken(call: Call) -> Outcome:
    outcome = LIST.handle(call)
    steps_of = outcome.body.steps

    def wrong() -> Steps[LongList]:
        body = yield from steps_of
        return body._replace(batches=_wrong(body.batches))

    return replace(outcome, body=long_bodies.LongBody(wrong()))


def _wrong(batches: Iterator[list[Any]]) -> Iterator[list[Any]]:
    count = 0
    for batch in batches:
        for each in batch:
            if count in (5, 9):
                each["role"] = 7
            count += 1
        yield batch


@pytest.mark.usefixtures("small_turns")
async def test_an_entry_that_breaks_the_contract_is_found_where_it_stands(serve: Serve):
    operations = tuple(replace(each, handle=broken) if each is LIST else each for each in OPERATIONS)
    server = await crowd(serve, operations=operations)
    answer = await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)
    assert (answer.status, answer.rule) == (500, "mock.response-contract")
    entry = (await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}")).json
    assert [each["pointer"] for each in entry["responseBreaches"]] == ["/identities/5/role", "/identities/9/role"]


@pytest.mark.usefixtures("small_turns")
async def test_of_several_at_once_one_takes_a_turn_at_a_time(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    server = await crowd(serve)
    whole = (await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)).content
    at_work, most = 0, 0
    turn = turns._turn

    def counted(made: Iterator[Any]) -> tuple[list[Any], bool]:
        nonlocal at_work, most
        at_work += 1
        asyncio.get_running_loop().call_soon(ended)
        most = max(most, at_work)
        return turn(made)

    def ended() -> None:
        nonlocal at_work
        at_work -= 1

    monkeypatch.setattr(turns, "_turn", counted)
    answers = await asyncio.gather(*(server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN) for _ in range(5)))
    assert {each.content for each in answers} == {whole}
    assert most == 1, "as many turns between two turns of the loop"


@pytest.mark.usefixtures("small_turns")
async def test_a_client_that_leaves_ends_the_work(serve: Serve, monkeypatch: pytest.MonkeyPatch):
    server = await crowd(serve)
    made, begun = 0, asyncio.Event()

    def endless(*_: object) -> Iterator[bytes]:
        nonlocal made
        begun.set()
        while True:
            made += 1
            yield b"{}"

    monkeypatch.setattr(long_bodies, "_checked", endless)
    _, writer = await asyncio.open_connection("127.0.0.1", server.port)
    head = f"GET {PATH}?orgId={ACME} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {ADMIN}\r\n\r\n"
    writer.write(head.encode())
    async with asyncio.timeout(10):
        await begun.wait()
        writer.transport.abort()
        count = -1
        while count != made:
            count = made
            await asyncio.sleep(0.1)
    assert (await server.update({"allowedNames": "a"})).status == 200


@pytest.mark.usefixtures("small_turns")
async def test_a_fault_drops_the_connection_half_way_through_the_list(serve: Serve):
    server = await crowd(serve)
    whole = await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)
    fault = {"operation": LIST.id, "kind": "drop", "where": "mid-body"}
    assert (await server.send("POST", "/_mock/worlds/default/faults", fault, token=None)).status == 201
    with pytest.raises(aiohttp.ClientPayloadError):
        await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)
    line = (await server.get("/_mock/requests?limit=1")).json["requests"][0]
    entry = (await server.get(f"/_mock/requests/{line['id']}")).json
    assert len(entry["response"]["body"]) == len(whole.content) // 2
    assert (await server.send("GET", f"{PATH}?orgId={ACME}", token=ADMIN)).status == 200
