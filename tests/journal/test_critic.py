"""The critic of clients: each habit with a request that shows it and one that does not; and what it may never do."""

from typing import Any

import pytest

from mockserver.api.replies import Reply
from mockserver.journal.client_history import POLLS
from mockserver.journal.critic import WARNINGS, warnings
from mockserver.journal.entry import Entry
from mockserver.journal.journal import Journal
from tests.client import BARE, IDENTITIES, PAYMENTS, Client
from tests.conftest import Serve

READ = IDENTITIES + PAYMENTS
UNIVERSAL = "/api/v1/auth/universal-auth/identities/1d000000-0000-4000-8000-000000000020"
SETTINGS = ("accessTokenTTL", "accessTokenMaxTTL", "accessTokenNumUsesLimit", "allowedNames", "allowedNamespaces")


async def codes(client: Client, answer) -> list[str]:
    return [each["code"] for each in (await client.journalled(answer))["warningList"]]


def test_each_habit_has_a_code_and_a_sentence():
    assert [each.code for each in WARNINGS] == [
        "unknown-properties",
        "whole-object",
        "trusted-ip-prefix",
        "reviewer-jwt-erased",
        "hasty-retry",
        "rate-limit",
        "expired-token",
        "polling",
    ]
    assert all(each.says[0].isupper() and each.says.endswith(".") for each in WARNINGS)


@pytest.mark.parametrize(
    ("first", "second", "found"),
    [
        pytest.param(None, {"allowedNames": "b"}, [], id="one field"),
        pytest.param(None, {"nope": 1, "allowedNames": "b"}, ["unknown-properties"], id="unknown property"),
        pytest.param(
            None,
            {"accessTokenTrustedIps": [{"ipAddress": "::1", "type": "ipv6"}]},
            ["unknown-properties"],
            id="unknown property, deep inside",
        ),
        pytest.param({"tokenReviewerJwt": "x"}, {"tokenReviewerJwt": None}, ["reviewer-jwt-erased"], id="null erases"),
        pytest.param(None, {"tokenReviewerJwt": None}, [], id="null where none is stored"),
        pytest.param({"tokenReviewerJwt": "x"}, {"tokenReviewerJwt": ""}, [], id="an empty one keeps"),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}]},
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0"}]},
            ["trusted-ip-prefix"],
            id="prefix lost",
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}]},
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.0/8"}]},
            [],
            id="prefix kept",
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.1"}]},
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.1"}]},
            [],
            id="there was no prefix",
        ),
        pytest.param(
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.1/32"}]},
            {"accessTokenTrustedIps": [{"ipAddress": "10.0.0.1"}]},
            [],
            id="a prefix that means one host",
        ),
    ],
)
async def test_what_an_update_shows(server: Client, first: Any, second: Any, found: list[str]):
    if first is not None:
        assert (await server.update(first)).status == 200
    assert await codes(server, await server.update(second)) == found


@pytest.mark.parametrize(("changed", "found"), [(0, True), (1, True), (2, False), (5, False)])
async def test_a_whole_object_is_most_of_it_as_it_is_stored(server: Client, changed: int, found: bool):
    record = (await server.send("GET", READ)).record
    body = {name: record[name] for name in SETTINGS}
    for name in SETTINGS[:changed]:
        body[name] = f"{body[name]}x" if isinstance(body[name], str) else body[name] + 1
    answer = await server.update(body)
    assert answer.status == 200
    assert ("whole-object" in await codes(server, answer)) is found


async def test_the_other_auth_methods_are_looked_at_too(server: Client):
    record = (await server.send("GET", UNIVERSAL)).json["identityUniversalAuth"]
    names = ("accessTokenTTL", "accessTokenMaxTTL", "accessTokenNumUsesLimit", "lockoutThreshold")
    answer = await server.send("PATCH", UNIVERSAL, {name: record[name] for name in names})
    assert answer.status == 200, answer.content
    assert await codes(server, answer) == ["whole-object"]


async def test_in_profile_live_what_is_let_through_is_warned_of(live: Client):
    answer = await live.update({"nope": 1, "allowedNames": "b"})
    assert answer.status == 200
    (warning,) = (await live.journalled(answer))["warningList"]
    assert warning["code"] == "unknown-properties"
    assert "nope" in warning["reason"]


async def test_an_expired_token_is_warned_of(server: Client):
    assert await codes(server, await server.update({}, token="acme-expired-token")) == ["expired-token"]
    assert await codes(server, await server.update({}, token="nobody")) == []


async def test_the_fifth_identical_get_in_a_row_is_a_poll(server: Client):
    found = [await codes(server, await server.send("GET", READ)) for _ in range(POLLS + 1)]
    assert found == [[]] * (POLLS - 1) + [["polling"]] * 2


@pytest.mark.parametrize("between", ["another GET", "a write", "another caller", "time", "a reset"])
async def test_what_stands_between_makes_it_no_poll(server: Client, between: str):
    for _ in range(POLLS - 1):
        await server.send("GET", READ)
    token = "acme-admin-token"
    match between:
        case "another GET":
            await server.send("GET", IDENTITIES + BARE)
        case "a write":
            await server.update({"allowedNames": "b"})
        case "another caller":
            token = "acme-member-token"
        case "time":
            await server.send("PUT", "/_mock/worlds/default/clock", {"advance": 60}, token=None)
        case "a reset":
            await server.send("POST", "/_mock/worlds/default/reset", token=None)
    assert await codes(server, await server.send("GET", READ, token=token)) == []


async def test_whoever_waits_for_the_server_does_not_poll(server: Client):
    answers = [await server.get("/api/status") for _ in range(POLLS + 2)]
    assert await codes(server, answers[-1]) == []


@pytest.fixture
async def limited(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A server that has just answered an update with 429, Retry-After 30."""
    client = await serve(clock=1_800_000_000_000)
    vendor = client.mock.vendor
    hold = vendor._held_to_contract
    body = {"reqId": "req-00000000000000", "statusCode": 429, "message": "slow down", "error": "RateLimitExceeded"}
    monkeypatch.setattr(
        vendor, "_held_to_contract", lambda *_: Reply(429, body, "fault", headers={"retry-after": "30"})
    )
    assert (await client.update({"allowedNames": "b"})).status == 429
    monkeypatch.setattr(vendor, "_held_to_contract", hold)
    return client


async def test_a_retry_before_its_time_is_hasty(limited: Client):
    answer = await limited.update({"allowedNames": "b"})
    (warning,) = (await limited.journalled(answer))["warningList"]
    assert warning["code"] == "hasty-retry"
    assert "asked to wait 30 s" in warning["reason"]
    assert await codes(limited, await limited.update({"allowedNames": "b"})) == []


@pytest.mark.parametrize("how", ["waits", "another path", "another caller"])
async def test_a_retry_in_time_is_none(limited: Client, how: str):
    if how == "waits":
        await limited.send("PUT", "/_mock/worlds/default/clock", {"advance": 30}, token=None)
    identity = BARE if how == "another path" else PAYMENTS
    token = "acme-member-token" if how == "another caller" else "acme-admin-token"
    assert "hasty-retry" not in await codes(limited, await limited.update({"allowedNames": "b"}, identity, token=token))


async def test_a_warning_stays_when_what_came_before_has_gone(serve: Serve):
    client = await serve(journal_size=1)
    await client.update({"tokenReviewerJwt": "x"})
    assert await codes(client, await client.update({"tokenReviewerJwt": None})) == ["reviewer-jwt-erased"]
    for _ in range(POLLS):
        answer = await client.send("GET", READ)
    assert await codes(client, answer) == ["polling"]


async def test_warnings_are_never_in_the_answer(server: Client):
    await server.update({"tokenReviewerJwt": "x"})
    answer = await server.update({"tokenReviewerJwt": None})
    assert b"warn" not in answer.content.lower()
    assert not [name for name in answer.headers if "warn" in name.lower()]


async def test_lines_count_them_and_the_listing_is_filtered_by_them(server: Client):
    await server.update({"tokenReviewerJwt": "x"})
    erased = await server.update({"tokenReviewerJwt": None})
    lines = (await server.get("/_mock/requests?warnings=true")).json["requests"]
    assert [(each["id"], each["warnings"]) for each in lines] == [(erased.headers["Mock-Request-Id"], 1)]
    lines = (await server.get("/_mock/requests?warnings=false")).json["requests"]
    assert [each["warnings"] for each in lines] == [0]
    assert (await server.get("/_mock/requests?warnings=maybe")).error == "BadQuery"


async def test_a_secret_as_a_property_is_masked_in_the_warning(server: Client):
    token = "eyJhbGciOiJIUzI1NiJ9.eyJhIjoxfQ.c2lnbmF0dXJl"
    (warning,) = (await server.journalled(await server.update({token: 1})))["warningList"]
    assert token not in warning["reason"]


def test_what_is_remembered_of_clients_has_a_bound():
    from types import SimpleNamespace

    from mockserver.journal.client_history import MAX_CLIENTS, note, note_limit

    world = SimpleNamespace(habits=None)
    for number in range(MAX_CLIENTS * 3):
        entry = Entry("req-1", 0, "GET", f"/{number}", b'[["Authorization","%d"]]' % number)
        note(world, entry, str(number), 0.0)
        note_limit(world, entry, {})
    assert len(world.habits.gets) == len(world.habits.limits) == MAX_CLIENTS


def test_the_journal_counts_evictions_by_world_within_a_bound(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mockserver.journal.journal.COUNTED_WORLDS", 2)
    journal = Journal(1)
    for number, world in enumerate(["a", "a", "b", "c", "d", "a"]):
        journal.record(Entry(f"req-{number}", number * 10, "GET", "/", b"[]", world))
    assert journal.evicted == 5
    assert journal.evicted_from() == 5
    assert journal.evicted_from("a") == 2 + 2  # of c and d nobody knows apart
    assert journal.evicted_from("b") == 1 + 2
    assert journal.evicted_from("b", since=25) == 2
    assert journal.evicted_from("a", since=41) == 0
    assert warnings(next(journal.newest_first())) == []


def test_evictions_of_deleted_worlds_count_for_no_other_world_and_take_no_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mockserver.journal.journal.COUNTED_WORLDS", 2500)
    journal = Journal(1)
    journal.has_world = {"kept"}.__contains__
    for number in range(5000):
        for world in ("kept", f"test-{number}"):
            journal.record(Entry(f"req-{number}", number * 10, "GET", "/", b"[]", world))
    assert journal.evicted == journal.evicted_from() == 9999
    assert journal.evicted_from(since=49_991) == 0
    assert journal.evicted_from("kept") == 5000
    assert journal.evicted_from("new") == 0
    assert len(journal._gone) <= 1001
