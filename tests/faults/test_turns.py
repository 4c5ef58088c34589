"""When faults play, over HTTP: once, n times, every nth, by chance; in parallel; in one world and in no other."""

import asyncio

import pytest

from tests.client import PAYMENTS, Client
from tests.conftest import Serve
from tests.faults.faulty import FAULTS, GET, TARGET, UPDATE, add, counts, faults, names, outcome

ROUNDS = 7
WHEN = {
    "once": ({}, "x......", True),
    "three times": ({"times": 3}, "xxx....", True),
    "every third": ({"every": 3}, "..x..x.", False),
    "every other, twice": ({"every": 2, "times": 2}, ".x.x...", True),
    "always": ({"every": 1}, "xxxxxxx", False),
    "certain": ({"probability": 1}, "xxxxxxx", False),
    "certain, twice": ({"probability": 1, "times": 2}, "xx.....", True),
    "a chance": ({"probability": 0.5, "seed": 42}, ".xxx...", False),
}
KINDS = {
    "status": ({"status": 500}, "PATCH", 500),
    "rate-limit": ({}, "PATCH", 429),
    "before-write": ({"where": "before-write"}, "PATCH", 0),
    "after-write": ({"where": "after-write"}, "PATCH", 0),
    "mid-body": ({"where": "mid-body"}, "PATCH", 0),
    "delay": ({"seconds": 0.03}, "PATCH", 200),
    "stale": ({}, "GET", 200),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("when", WHEN)
async def test_each_kind_plays_when_it_is_told(server: Client, kind: str, when: str):
    client = server
    fields, method, status = KINDS[kind]
    turns, expected, consumed = WHEN[when]
    await client.update({"allowedNames": "first"})
    await client.send("DELETE", "/_mock/requests", token=None)
    name = "drop" if "where" in fields else kind
    await add(client, name, operation=GET if method == "GET" else UPDATE, **fields, **turns)
    statuses = [await outcome(client, method=method) for _ in range(ROUNDS)]
    assert statuses == [status if each == "x" else 200 for each in expected]
    entries = (await client.get("/_mock/requests")).json["requests"]
    played = "".join("." if each["fault"] is None else "x" for each in reversed(entries))
    assert played == expected
    assert {each["fault"]["kind"] for each in entries if each["fault"]} == {name}
    seen = expected.rindex("x") + 1 if consumed else ROUNDS
    assert await counts(client) == [(seen, expected.count("x"), consumed)]


async def test_parallel_requests_are_counted_one_by_one(server: Client):
    await add(server, "status", status=500, every=3)
    await add(server, "rate-limit", times=10, every=2)
    statuses = await asyncio.gather(*(outcome(server, {"allowedNames": f"n{each}"}) for each in range(60)))
    assert sorted(statuses) == [200] * 30 + [429] * 10 + [500] * 20
    assert await counts(server) == [(60, 20, False), (20, 10, True)]


async def test_parallel_writes_that_are_dropped_behind_the_write_are_all_stored(server: Client):
    await add(server, "drop", where="after-write", every=2)
    statuses = await asyncio.gather(*(outcome(server, {"allowedNames": f"n{each}"}) for each in range(40)))
    assert (statuses.count(200), statuses.count(0)) == (20, 20)
    revisions = (await server.get("/_mock/worlds/default/revisions?limit=100")).json
    assert [each["revision"] for each in revisions["revisions"]] == list(range(40, 0, -1))
    assert len({each["requestId"] for each in revisions["revisions"]}) == 40


async def chances(client: Client, requests: int = 30, world: str = "default", **more: object) -> list[int]:
    await add(client, "status", world=world, status=500, probability=0.5, **more)
    path = TARGET if world == "default" else f"/w/{world}{TARGET}"
    return [await outcome(client, path=path) for _ in range(requests)]


async def test_the_chances_are_those_of_the_servers_seed(serve: Serve):
    one, again, other = await serve(seed=1), await serve(seed=1), await serve(seed=2)
    first = await chances(one)
    assert first == await chances(again) != await chances(other)
    await one.send("POST", "/_mock/reset", token=None)
    assert await chances(one) == first, "a reset begins again"
    await one.send("POST", "/_mock/worlds", {"id": "other"}, token=None)
    assert await chances(one, world="other") == first, "each world has them for itself"
    await one.send("DELETE", FAULTS, token=None)
    assert await chances(one) == first, "so does taking all faults out"


async def test_a_sequence_of_chance_can_be_had_again_by_the_seed_that_is_told(server: Client):
    first = await chances(server)
    (told,) = await faults(server)
    await server.send("DELETE", FAULTS, token=None)
    assert await chances(server, seed=told["seed"]) == first


async def test_the_faults_of_a_world_are_its_own(server: Client):
    for world in ("one", "other"):
        await server.send("POST", "/_mock/worlds", {"id": world}, token=None)
    await add(server, "status", world="one", status=500)
    await add(server, "drop", world="other", where="after-write")
    assert await faults(server) == []
    assert (await server.update({"allowedNames": "a"})).status == 200
    assert await outcome(server, path=f"/w/other{TARGET}") == 0
    assert await counts(server, "one") == [(0, 0, False)]
    assert await outcome(server, path=f"/w/one{TARGET}") == 500
    assert (await server.update({"allowedNames": "a"}, headers={"Mock-World": "one"})).status == 200
    assert await counts(server, "other") == [(1, 1, True)]


async def test_a_world_that_is_made_from_another_has_none_of_its_faults(server: Client):
    await add(server, "status", status=500, every=1)
    await server.send("POST", "/_mock/worlds", {"id": "copy", "from": "default"}, token=None)
    assert await faults(server, "copy") == []
    assert await outcome(server, path=f"/w/copy{TARGET}") == 200


@pytest.mark.parametrize("path", ["/_mock/reset", "/_mock/worlds/default/reset"])
async def test_a_reset_drops_the_faults(server: Client, path: str):
    await add(server, "status", status=500, every=1)
    assert await outcome(server) == 500
    await server.send("POST", path, token=None)
    assert await faults(server) == []
    assert await outcome(server) == 200


async def test_another_state_leaves_the_faults(server: Client):
    await add(server, "status", status=500)
    state = await server.state()
    assert (await server.send("PUT", "/_mock/worlds/default/state", state, token=None)).status == 204
    assert await outcome(server) == 500


async def test_faults_are_taken_out_one_by_one_or_all_at_once(server: Client):
    for status in (400, 404, 500):
        await add(server, "status", status=status, every=1)
    assert (await server.send("DELETE", f"{FAULTS}/fault-1", token=None)).status == 204
    assert await outcome(server) == 404
    gone = await server.send("DELETE", f"{FAULTS}/fault-1", token=None)
    assert (gone.status, gone.error) == (404, "NotFound")
    assert [each["id"] for each in await faults(server)] == ["fault-2", "fault-3"]
    assert (await server.send("DELETE", FAULTS, token=None)).status == 204
    assert await faults(server) == []
    assert await outcome(server) == 200
    assert (await server.send("DELETE", FAULTS, token=None)).status == 204


async def test_the_listing_says_what_was_asked_for_and_what_has_become_of_it(server: Client):
    made = [
        await add(server, "delay", seconds={"from": 0.01, "to": 0.02}, operation=UPDATE, seed=9),
        await add(server, "status", status=404, every=4, identityId=PAYMENTS),
        await add(server, "rate-limit", retryAfter=7, times=2),
        await add(server, "drop", where="mid-body", probability=0.25, seed=1),
        await add(server, "stale"),
    ]
    none = {"seen": 0, "played": 0, "consumed": False}
    assert made == [
        {
            "id": "fault-1",
            "kind": "delay",
            "operation": UPDATE,
            "seconds": {"from": 0.01, "to": 0.02},
            "times": 1,
            "every": 1,
            "seed": 9,
            **none,
        },
        {"id": "fault-2", "kind": "status", "status": 404, "identityId": PAYMENTS, "every": 4, **none},
        {"id": "fault-3", "kind": "rate-limit", "retryAfter": 7, "times": 2, "every": 1, **none},
        {"id": "fault-4", "kind": "drop", "where": "mid-body", "every": 1, "probability": 0.25, "seed": 1, **none},
        {"id": "fault-5", "kind": "stale", "times": 1, "every": 1, **none},
    ]
    assert await faults(server) == made
    await server.update({"allowedNames": "a"})
    assert (await faults(server))[0] == {**made[0], "seen": 1, "played": 1, "consumed": True}
    assert await names(server) == "a"
