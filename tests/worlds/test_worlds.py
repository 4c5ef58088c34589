"""Worlds over HTTP: made, told apart, reset, dropped; what is refused, and that it changes nothing."""

import asyncio
import json
import socket
from io import BytesIO
from typing import Any

import pytest

from mockserver.clock import iso
from mockserver.rules.profile import Profile
from tests.api.test_tokens import signed
from tests.client import ADMIN, IDENTITIES, PAYMENTS, Answer, Client
from tests.conftest import Serve

WORLDS = "/_mock/worlds"
FIXTURES = """
version: 1
organizations: [{id: 0a000000-0000-4000-8000-000000000001, name: Own, slug: own}]
identities: [{id: 1d000000-0000-4000-8000-000000000001, organization: own, name: mine, role: admin, kubernetesAuth: {}}]
accessTokens: [{token: own-token, identity: mine}]
"""
MINE = "1d000000-0000-4000-8000-000000000001"


async def made(client: Client, **body: Any) -> dict[str, Any]:
    answer = await client.send("POST", WORLDS, body, token=None)
    assert answer.status == 201, answer.content
    return answer.json


async def control(client: Client, method: str, path: str, *body: Any) -> Answer:
    return await client.send(method, path, *body, token=None)


async def names(client: Client, world: str) -> str:
    """`allowedNames` of the identity payments in that world."""
    return (await client.get(f"/w/{world}{IDENTITIES}{PAYMENTS}", token=ADMIN)).record["allowedNames"]


@pytest.mark.parametrize(
    ("body", "generation"),
    [
        ({}, "2026-08"),
        ({"profile": "contract"}, "2026-08"),
        ({"profile": "live"}, "2026-10"),
        ({"asOf": "2026-09"}, "2026-09"),
        ({"asOf": "2026-09-15"}, "2026-08"),
        ({"asOf": "v0.166.7", "profile": "contract"}, "2026-10"),
        ({"asOf": "0.159.23", "profile": "live"}, "2026-05"),
    ],
)
async def test_a_world_is_of_the_day_that_it_is_told(serve: Serve, body: dict[str, Any], generation: str):
    server = await serve(as_of=None)
    assert (await made(server, **body))["generation"] == generation


async def test_a_world_from_another_one_is_of_its_day(server: Client):
    await made(server, id="old", profile="live", asOf="2026-05")
    assert (await made(server, **{"from": "old"}))["generation"] == "2026-05"
    assert (await made(server, **{"from": "old", "asOf": "2026-09"}))["generation"] == "2026-09"
    assert (await made(server, **{"from": "old", "profile": "contract"}))["generation"] == "2026-08"


async def test_a_server_of_a_day_has_worlds_of_that_day_in_both_profiles(serve: Serve):
    client = await serve(as_of="2026-09-20")
    assert (await made(client, profile="live"))["generation"] == "2026-09"
    assert (await made(client))["generation"] == "2026-09"


@pytest.mark.parametrize("value", ["2026-04", "2026-04-30", "v0.159.22", "", "tomorrow", 202610, None, [], {}, True])
async def test_a_world_of_no_day_of_the_service_is_told_all_that_are_valid(server: Client, value: Any):
    answer = await control(server, "POST", WORLDS, {"asOf": value})
    assert (answer.status, answer.json["error"]) == (400, "BadWorld")
    assert answer.json["errors"][0]["pointer"] == "/asOf"
    assert all(each in answer.json["message"] for each in ("2026-05", "2026-08", "2026-09", "2026-10"))


async def test_a_world_says_with_which_status_it_rejects_an_expired_token(server: Client):
    path, body = "/api/v1/identities/details", {"accessToken": signed(exp=946_684_800)}
    for world, status, rule in (("a", 401, "token.expired-unauthorized"), ("b", 403, "token.expired")):
        assert (await made(server, id=world, tokenExpiryStatus=status))["tokenExpiryStatus"] == status
        for token in ("acme-expired-token", signed(exp=946_684_800)):
            answer = await server.get(f"/w/{world}{path}", token=token)
            assert (answer.status, answer.json["error"], answer.rule) == (status, "TokenError", rule)
            steps = (await server.get(f"/_mock/requests/{answer.headers['Mock-Request-Id']}/explain")).json
            assert steps["rule"] == rule
        for operation in ("renew", "revoke"):
            answer = await server.send("POST", f"/w/{world}/api/v1/auth/token/{operation}", body, token=None)
            assert (answer.status, answer.json["error"], answer.rule) == (status, "TokenError", rule)
    assert (await made(server, **{"from": "a"}))["tokenExpiryStatus"] == 401
    assert (await made(server))["tokenExpiryStatus"] == 403


@pytest.mark.parametrize("value", [400, "401", None, True, 401.5])
async def test_an_expired_token_has_one_of_two_statuses(server: Client, value: Any):
    answer = await control(server, "POST", WORLDS, {"tokenExpiryStatus": value})
    assert answer.status == 400
    assert answer.json["errors"][0]["pointer"] == "/tokenExpiryStatus"
    assert "401" in answer.json["message"]
    assert "403" in answer.json["message"]


async def test_journal_and_explanation_name_the_generation(server: Client):
    world = await made(server, asOf="2026-09")
    answer = await server.send("PATCH", f"/w/{world['id']}{IDENTITIES}{PAYMENTS}", {"accessTokenMaxTTL": 1})
    path = f"/_mock/requests/{answer.headers['Mock-Request-Id']}"
    assert (await server.get(path)).json["generation"] == "2026-09"
    assert (await server.get(f"{path}/explain")).json["generation"] == "2026-09"


async def test_a_world_is_told_what_it_is_and_where(server: Client):
    frozen = await made(server, id="one", profile="live", now="2026-01-02T03:04:05.678Z")
    assert frozen == {
        "id": "one",
        "baseUrl": f"{server.url}/w/one",
        "profile": "live",
        "generation": "2026-08",
        "tokenExpiryStatus": 403,
        "now": "2026-01-02T03:04:05.678Z",
        "frozen": True,
        "revision": 0,
        "identities": len((await server.state())["identities"]),
    }
    unnamed = await made(server)
    assert unnamed["profile"] == "contract"
    assert not unnamed["frozen"]
    assert unnamed["baseUrl"].endswith(unnamed["id"])
    listed = (await server.get(WORLDS)).json
    assert [each["id"] for each in listed["worlds"]] == ["default", "one", unnamed["id"]]
    assert (await server.get(f"{WORLDS}/one")).json == frozen
    assert listed["worlds"][0]["baseUrl"] == server.url
    assert (await server.get("/_mock/health")).json["worlds"] == 3


@pytest.mark.parametrize("by", ["path", "header", "default"])
async def test_a_request_belongs_to_the_world_that_it_names(server: Client, by: str):
    await made(server, id="one")
    path, headers = f"{IDENTITIES}{PAYMENTS}", {}
    if by == "path":
        path = f"/w/one{path}"
    if by == "header":
        headers = {"Mock-World": "one"}
    answer = await server.send("PATCH", path, {"allowedNames": by}, headers=headers)
    world = "default" if by == "default" else "one"
    assert (answer.status, answer.headers["Mock-World"]) == (200, world)
    other = {"one": "default", "default": "one"}[world]
    assert await names(server, world) == by
    assert await names(server, other) != by


async def test_the_path_wins_over_the_header(server: Client):
    await made(server, id="one")
    await made(server, id="two")
    answer = await server.get("/w/one/api/status", headers={"Mock-World": "two"})
    assert answer.headers["Mock-World"] == "one"


async def test_a_world_has_a_profile_of_its_own(server: Client):
    await made(server, id="live", profile="live")
    body = {"identityId": PAYMENTS, "allowedNames": "x"}
    assert (await server.update(body)).status == 422
    answer = await server.send("PATCH", f"/w/live{IDENTITIES}{PAYMENTS}", body)
    assert (answer.status, answer.headers["Mock-Breach"]) == (200, "1")


async def test_a_world_from_another_begins_where_that_one_stands(server: Client):
    await made(
        server, id="one", now="2026-01-01T00:00:00Z", profile="live", tokenSecret="one-secret-of-thirty-two-letters"
    )
    await server.send("PATCH", f"/w/one{IDENTITIES}{PAYMENTS}", {"allowedNames": "one"})
    copy = await made(server, id="two", **{"from": "one"})
    assert (copy["profile"], copy["now"], copy["revision"]) == ("live", "2026-01-01T00:00:00.000Z", 0)
    assert await names(server, "two") == "one"
    await server.send("PATCH", f"/w/two{IDENTITIES}{PAYMENTS}", {"allowedNames": "two"})
    assert (await names(server, "one"), await names(server, "two")) == ("one", "two")
    await control(server, "POST", f"{WORLDS}/two/reset")
    assert await names(server, "two") == "one"


@pytest.mark.parametrize("fixtures", [FIXTURES, {"version": 1, "organizations": []}], ids=["YAML", "an object"])
async def test_a_world_may_have_fixtures_of_its_own(server: Client, fixtures: Any):
    world = await made(server, id="own", fixtures=fixtures)
    assert world["identities"] == (1 if isinstance(fixtures, str) else 0)
    answer = await server.get(f"/w/own{IDENTITIES}{MINE}", token="own-token")
    assert answer.status == (200 if isinstance(fixtures, str) else 403)


async def test_a_token_of_one_world_is_no_good_in_one_of_another_secret(server: Client):
    await made(server, id="one", tokenSecret="one-secret-of-thirty-two-letters")
    body = {"clientId": "c1000000-0000-4000-8000-000000000001", "clientSecret": "ops-admin-secret"}
    login = await server.send("POST", "/w/one/api/v1/auth/universal-auth/login", body, token=None)
    token = login.json["accessToken"]
    assert (await server.get(f"/w/one{IDENTITIES}{PAYMENTS}", token=token)).status == 200
    assert (await server.get(f"{IDENTITIES}{PAYMENTS}", token=token)).rule == "token.signature"


REFUSED: dict[str, tuple[Any, int, str]] = {
    "an id that is taken": ({"id": "one"}, 409, "/id"),
    "an id with a slash": ({"id": "a/b"}, 400, "/id"),
    "an id of a wrong type": ({"id": 7}, 400, "/id"),
    "an id that is too long": ({"id": "a" * 65}, 400, "/id"),
    "an empty id": ({"id": ""}, 400, "/id"),
    "from nowhere": ({"from": "nowhere"}, 404, "/from"),
    "from a world and from fixtures": ({"from": "one", "fixtures": FIXTURES}, 400, "/from"),
    "a time without a zone": ({"now": "2026-01-01T00:00:00"}, 400, "/now"),
    "a time that is none": ({"now": "yesterday"}, 400, "/now"),
    "a time before 1970": ({"now": "1969-12-31T23:59:59Z"}, 400, "/now"),
    "a time past the year 9999": ({"now": "9999-12-31T23:59:59-10:00"}, 400, "/now"),
    "a profile that is none": ({"profile": "strict"}, 400, "/profile"),
    "a secret that is too short": ({"tokenSecret": "x" * 31}, 400, "/tokenSecret"),
    "an unknown property": ({"name": "x"}, 400, ""),
    "a list": ([], 400, ""),
    "null": (None, 400, ""),
}


@pytest.mark.parametrize(("body", "status", "pointer"), REFUSED.values(), ids=REFUSED)
async def test_a_world_that_cannot_be_made_is_refused_at_its_place(
    server: Client, body: Any, status: int, pointer: str
):
    await made(server, id="one")
    answer = await control(server, "POST", WORLDS, body)
    assert answer.status == status, answer.content
    assert answer.json["errors"][0]["pointer"] == pointer
    assert answer.json["errors"][0]["reason"]
    assert len((await server.get(WORLDS)).json["worlds"]) == 2


async def test_fixtures_that_cannot_be_loaded_are_refused_with_every_error(server: Client):
    answer = await control(server, "POST", WORLDS, {"fixtures": "version: 1\nidentities: [{name: 1}]\nplan: {}\n"})
    assert (answer.status, answer.json["error"]) == (400, "InvalidFixtures")
    assert {each["path"] for each in answer.json["errors"]} >= {"identities[0].name", "plan"}
    assert {each["pointer"] for each in answer.json["errors"]} >= {"/identities/0/name", "/plan"}
    assert all(each["line"] >= 1 and each["column"] >= 1 for each in answer.json["errors"])
    assert (await server.get("/_mock/health")).json["worlds"] == 1


@pytest.mark.parametrize("body", [b"{", b"\xff", b'{"id": "a", "id": 1}x'], ids=["cut", "no UTF-8", "more behind it"])
async def test_a_body_that_is_no_json_is_refused(server: Client, body: bytes):
    answer = await server.send("POST", WORLDS, data=body, token=None)
    assert (answer.status, answer.json["error"]) == (400, "NotJson")


async def test_there_is_a_bound_on_the_number_of_worlds(serve: Serve):
    client = await serve(max_worlds=2)
    await made(client, id="one")
    answer = await control(client, "POST", WORLDS, {"id": "two"})
    assert (answer.status, answer.json["error"]) == (429, "TooManyWorlds")
    assert "--max-worlds" in answer.json["message"]
    await control(client, "DELETE", f"{WORLDS}/one")
    await made(client, id="two")


async def test_a_world_that_nobody_asks_for_is_dropped_and_says_so(serve: Serve):
    client = await serve(world_idle=0.2, max_worlds=3)
    for name in ("idle", "busy"):
        await made(client, id=name)
    for _ in range(5):
        await asyncio.sleep(0.06)
        assert (await client.get("/w/busy/api/status")).status == 200
    answer = await client.get("/w/idle/api/status")
    assert (answer.status, answer.rule) == (404, "world.unknown")
    assert "nobody had asked for it for 0.2 seconds" in answer.json["message"]
    assert "0.2 seconds" in (await client.get(f"{WORLDS}/idle")).json["message"]
    assert (await client.get("/api/status")).status == 200
    await made(client, id="idle")


async def test_where_there_is_no_room_the_idle_ones_make_it(serve: Serve):
    client = await serve(world_idle=0.1, max_worlds=2)
    await made(client, id="one")
    await asyncio.sleep(0.15)
    await made(client, id="two")
    assert [each["id"] for each in (await client.get(WORLDS)).json["worlds"]] == ["default", "two"]


async def test_a_deleted_world_is_gone_and_says_so(server: Client):
    await made(server, id="one")
    assert (await control(server, "DELETE", f"{WORLDS}/one")).status == 204
    assert "it was deleted" in (await server.get("/w/one/api/status")).json["message"]
    assert (await control(server, "DELETE", f"{WORLDS}/one")).status == 404
    assert (await control(server, "DELETE", f"{WORLDS}/default")).status == 409
    assert (await server.get("/api/status")).status == 200


async def test_the_reset_of_a_world_leaves_the_others_alone(server: Client):
    await made(server, id="one", now="2026-01-01T00:00:00Z")
    for world in ("one", "default"):
        await server.send("PATCH", f"/w/{world}{IDENTITIES}{PAYMENTS}", {"allowedNames": "changed"})
    await control(server, "PUT", f"{WORLDS}/one/clock", {"advance": 60})
    assert (await control(server, "POST", f"{WORLDS}/one/reset")).status == 204
    assert (await names(server, "one"), await names(server, "default")) == ("api", "changed")
    shown = (await server.get(f"{WORLDS}/one")).json
    assert (shown["now"], shown["revision"]) == ("2026-01-01T00:00:00.000Z", 0)
    journal = (await server.get("/_mock/requests")).json["requests"]
    assert {each["world"] for each in journal if each["method"] == "PATCH"} == {"default"}


async def test_the_reset_of_everything_leaves_one_world_as_at_the_start(server: Client):
    before = await server.state()
    await made(server, id="one")
    await server.update({"allowedNames": "changed"})
    await control(server, "PUT", f"{WORLDS}/default/clock", {"now": "2099-01-01T00:00:00Z"})
    await control(server, "POST", "/_mock/reset")
    assert await server.state() == before
    assert [each["id"] for each in (await server.get(WORLDS)).json["worlds"]] == ["default"]
    assert not (await server.get(f"{WORLDS}/default")).json["frozen"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/reset"),
        ("GET", "/state"),
        ("PUT", "/state"),
        ("GET", "/clock"),
        ("PUT", "/clock"),
        ("DELETE", "/clock"),
        ("GET", "/snapshots"),
        ("POST", "/snapshots"),
        ("POST", "/snapshots/x/restore"),
        ("DELETE", "/snapshots/x"),
        ("GET", "/revisions"),
    ],
)
async def test_a_world_that_is_not_there_is_404_everywhere(server: Client, method: str, path: str):
    answer = await control(server, method, f"{WORLDS}/nowhere{path}")
    assert (answer.status, answer.json["error"]) == (404, "NotFound")
    [error] = answer.json["errors"]
    assert error["pointer"] == "/world"
    assert "nowhere" in error["reason"]


async def test_a_hundred_writers_of_one_world_lose_nothing(server: Client):
    await made(server, id="one")
    path = f"/w/one{IDENTITIES}{PAYMENTS}"

    async def write(number: int) -> Answer:
        return await server.send("PATCH", path, {"allowedNames": f"name-{number}", "accessTokenTTL": number})

    async def read() -> tuple[str, int]:
        record = (await server.get(path, token=ADMIN)).record
        return record["allowedNames"], record["accessTokenTTL"]

    before = await read()
    reads = [asyncio.create_task(read()) for _ in range(100)]
    answers = await asyncio.gather(*map(write, range(1, 101)))
    whole = {before, *((f"name-{number}", number) for number in range(1, 101))}
    assert {await each for each in reads} <= whole  # no read mixes two writes
    for number, answer in enumerate(answers, 1):
        assert (answer.record["allowedNames"], answer.record["accessTokenTTL"]) == (f"name-{number}", number)
    told = (await server.get(f"{WORLDS}/one/revisions?limit=1000")).json
    assert [each["revision"] for each in told["revisions"]] == list(range(100, 0, -1))
    by_request = {each["requestId"]: each["changes"] for each in told["revisions"]}
    assert set(by_request) == {answer.headers["Mock-Request-Id"] for answer in answers}
    record = f"/identities/{PAYMENTS}/kubernetesAuth"
    for number, answer in enumerate(answers, 1):
        after = {each["pointer"]: each["after"] for each in by_request[answer.headers["Mock-Request-Id"]]}
        assert (after[f"{record}/allowedNames"], after[f"{record}/accessTokenTTL"]) == (f"name-{number}", number)
    journal = (await server.get("/_mock/requests?world=one&operation=updateKubernetesAuth&limit=1000")).json
    assert {each["id"] for each in journal["requests"]} == set(by_request)
    last = told["revisions"][0]["requestId"]
    stored = (await server.get(path, token=ADMIN)).record
    assert stored == next(each.record for each in answers if each.headers["Mock-Request-Id"] == last)


async def test_the_time_of_a_world_is_that_of_its_answers(serve: Serve, profile: Profile):
    client = await serve(profile=profile, clock=1_800_000_000_000)
    world = await made(client, id="one")
    assert (world["now"], world["frozen"]) == (iso(1_800_000_000_000), True)
    answer = await client.send("PATCH", f"/w/one{IDENTITIES}{PAYMENTS}", {"allowedNames": "x"})
    assert answer.record["updatedAt"] == iso(1_800_000_000_000)


OWN = {"fixtures": FIXTURES, "profile": "live", "tokenExpiryStatus": 401}


async def put(client: Client, name: str, *body: Any) -> Answer:
    """Bytes are sent as they are."""
    if body and isinstance(body[0], bytes):
        return await client.send("PUT", f"{WORLDS}/{name}", data=BytesIO(body[0]), token=None)
    return await control(client, "PUT", f"{WORLDS}/{name}", *body)


async def test_a_world_is_created_by_its_path_and_the_same_body_again_changes_nothing(server: Client):
    first = await put(server, "one", OWN)
    assert first.status == 201
    assert first.json["baseUrl"] == f"{server.url}/w/one"
    body = {"allowedNames": "api"}
    changed = await server.send("PATCH", f"/w/one{IDENTITIES}{MINE}", body, token="own-token")
    assert changed.status == 200
    again = await put(server, "one", dict(reversed(OWN.items())))
    assert (again.status, again.json["revision"]) == (200, 1)
    answer = await server.get(f"/w/one{IDENTITIES}{MINE}", token="own-token")
    assert answer.record["allowedNames"] == "api"
    assert again.json.keys() == first.json.keys()
    emptied = await server.send("PUT", f"{WORLDS}/one/state?as=seed", {"version": 1}, token=None)
    assert emptied.status == 204
    assert (await put(server, "one", OWN)).status == 200


SAME: dict[str, tuple[list[Any], list[Any]]] = {
    "no body and an empty object": ([], [{}]),
    "the id of the path": ([{"id": "one"}], [{}]),
    "another order of keys": ([{"now": "2026-01-01T00:00:00Z", "id": "one"}], [{"now": "2026-01-01T00:00:00Z"}]),
    "an integer as a float": ([{"tokenExpiryStatus": 401}], [b'{"tokenExpiryStatus": 401.0}']),
    "an integer in fixtures": (
        [b'{"fixtures": {"version": 1, "organizations": [], "unknownHosts": "ok"}}'],
        [b'{"fixtures": {"organizations": [], "unknownHosts": "ok", "version": 1.0}}'],
    ),
}
OTHER: dict[str, tuple[list[Any], list[Any]]] = {
    "a property more": ([{}], [{"profile": "contract"}]),
    "another value": ([{"now": "2026-01-01T00:00:00Z"}], [{"now": "2026-01-01T00:00:00.000Z"}]),
    "another order of a list": (
        [{"trustedProxies": ["10.0.0.0/8", "fd00::/8"]}],
        [{"trustedProxies": ["fd00::/8", "10.0.0.0/8"]}],
    ),
    "fixtures as a text and as an object": ([{"fixtures": '{"version": 1}'}], [{"fixtures": {"version": 1}}]),
    "a text that looks like a number": (
        [{"tokenSecret": "[1.0,------------------------------"}],
        [{"tokenSecret": "[1,--------------------------------"}],
    ),
}


@pytest.mark.parametrize(("first", "again"), SAME.values(), ids=SAME)
async def test_the_same_json_value_is_the_same_body(server: Client, first: list[Any], again: list[Any]):
    assert (await put(server, "one", *first)).status == 201
    assert (await put(server, "one", *again)).status == 200
    assert (await put(server, "one", *first)).status == 200


@pytest.mark.parametrize(("first", "again"), OTHER.values(), ids=OTHER)
async def test_another_body_is_a_conflict_and_changes_nothing(server: Client, first: list[Any], again: list[Any]):
    created = await put(server, "one", *first)
    assert created.status == 201
    answer = await put(server, "one", *again)
    assert (answer.status, answer.json["error"]) == (409, "BadWorld")
    assert "another body" in answer.json["message"]
    assert (await put(server, "one", *first)).status == 200


async def test_put_and_post_create_the_same_world(server: Client):
    await made(server, id="one", profile="live")
    assert (await put(server, "one", {"profile": "live"})).status == 200
    assert (await put(server, "one", {})).status == 409
    assert (await put(server, "two", {"profile": "live"})).status == 201
    assert (await control(server, "POST", WORLDS, {"id": "two", "profile": "live"})).status == 409


async def test_a_world_that_was_deleted_is_created_anew(server: Client):
    await put(server, "one", {"profile": "live"})
    await control(server, "DELETE", f"{WORLDS}/one")
    assert (await put(server, "one", {})).status == 201


NOT_PUT: dict[str, tuple[str, list[Any], int, str]] = {
    "default": ("default", [{}], 409, "BadWorld"),
    "default without a body": ("default", [], 409, "BadWorld"),
    "another id": ("one", [{"id": "two"}], 400, "BadWorld"),
    "an id with a slash": ("a%2Fb", [{}], 400, "BadWorld"),
    "an id that is too long": ("a" * 65, [{}], 400, "BadWorld"),
    "an unknown property": ("one", [{"name": "x"}], 400, "BadBody"),
    "null": ("one", [None], 400, "BadBody"),
    "from nowhere": ("one", [{"from": "nowhere"}], 404, "BadWorld"),
    "bad fixtures": ("one", [{"fixtures": {"version": 2}}], 400, "InvalidFixtures"),
}


@pytest.mark.parametrize(("name", "body", "status", "error"), NOT_PUT.values(), ids=NOT_PUT)
async def test_what_cannot_be_put_is_rejected(server: Client, name: str, body: list[Any], status: int, error: str):
    answer = await put(server, name, *body)
    assert (answer.status, answer.json["error"]) == (status, error), answer.content
    assert len((await control(server, "GET", WORLDS)).json["worlds"]) == 1


async def test_many_clients_that_put_one_world_get_one_world(server: Client):
    identities = [
        {"id": f"2d000000-0000-4000-8000-{number:012x}", "organization": "own", "name": f"load-{number}"}
        for number in range(15_000)
    ]
    organization = {"id": "0a000000-0000-4000-8000-000000000001", "name": "Own", "slug": "own"}
    body = {"fixtures": {"version": 1, "organizations": [organization], "identities": identities}}
    sent = json.dumps(body).encode()  # long enough to be read in a thread
    answers = await asyncio.gather(*(put(server, "one", sent) for _ in range(4)))
    assert sorted(each.status for each in answers) == [200, 200, 200, 201]
    assert {each.json["identities"] for each in answers} == {15_000}


async def test_the_limit_of_worlds_does_not_concern_a_world_that_is_there(serve: Serve):
    server = await serve(max_worlds=2)
    assert (await put(server, "one", {})).status == 201
    assert (await put(server, "one", {})).status == 200
    assert (await put(server, "two", {})).status == 429


async def test_a_request_to_an_unknown_world_is_told_which_server_rejects_it(server: Client):
    answer = await server.get(f"/w/nowhere{IDENTITIES}{PAYMENTS}")
    host = server.url.removeprefix("http://")
    assert (answer.status, answer.rule) == (404, "world.unknown")
    expected = f"There is no world 'nowhere' on the server {host}: create it first with PUT /_mock/worlds/{{world}}"
    assert answer.json["message"] == expected
    asked = await control(server, "GET", f"{WORLDS}/nowhere")
    assert f"on the server {host}" in asked.json["message"]
    await put(server, "one", {})
    await control(server, "DELETE", f"{WORLDS}/one")
    gone = await server.get(f"/w/one{IDENTITIES}{PAYMENTS}")
    assert gone.json["message"] == f"There is no world 'one' on the server {host}: it was deleted"


async def test_a_server_on_all_addresses_is_named_by_its_machine(serve: Serve):
    server = await serve(host="0.0.0.0")
    message = (await server.get(f"/w/nowhere{IDENTITIES}{PAYMENTS}")).json["message"]
    assert f"on the server {socket.gethostname()}:" in message
