"""Each kind of fault, as a client meets it and as the journal tells it, in both profiles."""

import json

import pytest

from mockserver.rules.profile import Profile
from tests.client import BARE, IDENTITIES, PAYMENTS, Client, head, in_envelope, request
from tests.conftest import Serve
from tests.faults.faulty import (
    ERRORS,
    FAULTS,
    GET,
    TARGET,
    UPDATE,
    add,
    counts,
    envelope,
    faults,
    latest,
    names,
    outcome,
)


@pytest.fixture
async def client(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(profile=profile)


@pytest.mark.parametrize(("status", "error"), ERRORS.items())
async def test_a_status_is_answered_in_the_vendors_shape_and_nothing_is_stored(client: Client, status: int, error: str):
    before = await names(client)
    made = await add(client, "status", operation=UPDATE, status=status)
    answer = in_envelope(await client.update({"allowedNames": "other"}))
    assert (*envelope(answer), answer.rule) == (status, error, "mock.fault")
    assert "Mock-Breach" not in answer.headers
    assert isinstance(answer.json["message"], list) is (status == 422)
    assert b"fault" not in answer.content, "nothing of ours in the vendor's body"
    assert await names(client) == before
    entry = await latest(client)
    assert (entry["status"], entry["rule"], entry["fault"]) == (
        status,
        "mock.fault",
        {"id": made["id"], "kind": "status"},
    )
    assert entry["reason"] == f"fault-1: a {status} was asked for"
    assert entry["steps"] == []
    assert (await client.update({"allowedNames": "other"})).status == 200
    assert await names(client) == "other"


async def test_a_forced_422_has_a_list_of_issues(client: Client):
    await add(client, "status", status=422)
    assert (await client.update({"allowedNames": "a"})).issues == [("custom", ())]


@pytest.mark.parametrize("token", ["acme-admin-token", "no-token", None])
async def test_a_status_comes_before_the_token_is_looked_at(client: Client, token: str | None):
    await add(client, "status", status=404)
    assert (await client.update({"allowedNames": "a"}, token=token)).rule == "mock.fault"


@pytest.mark.parametrize(("more", "seconds"), [({}, 1), ({"retryAfter": 0}, 0), ({"retryAfter": 30}, 30)])
async def test_a_rate_limit_says_when_to_come_back(client: Client, more: dict[str, int], seconds: int):
    before = await names(client)
    made = await add(client, "rate-limit", operation=UPDATE, times=2, **more)
    assert made["retryAfter"] == seconds
    for _ in range(2):
        answer = in_envelope(await client.update({"allowedNames": "other"}))
        assert (*envelope(answer), answer.rule) == (429, "RateLimitExceeded", "mock.fault")
        assert answer.headers["Retry-After"] == str(seconds)
        assert f" {seconds} " in answer.json["message"]
    assert await names(client) == before
    assert (await client.update({"allowedNames": "other"})).status == 200


async def test_a_drop_before_the_write_answers_nothing_and_stores_nothing(client: Client):
    before = await client.state()
    await add(client, "drop", where="before-write")
    async with client.wire() as wire:
        await wire.send(request(b'{"allowedNames": "other"}'))
        assert await wire.answer() is None
        assert await wire.is_closed()
    assert await client.state() == before
    entry = await latest(client)
    assert (entry["status"], entry["rule"], entry["fault"]) == (0, "mock.fault", {"id": "fault-1", "kind": "drop"})
    assert entry["response"] == {"status": 0, "contentType": "application/json; charset=utf-8", "body": None}
    assert entry["reason"] == "fault-1: the connection was dropped before anything was done"


async def test_a_drop_after_the_write_answers_nothing_and_has_stored_everything(client: Client):
    await add(client, "drop", where="after-write", operation=UPDATE)
    async with client.wire() as wire:
        await wire.send(request(b'{"allowedNames": "other"}'))
        assert await wire.answer() is None
    assert await names(client) == "other"
    (change,) = (await client.get("/_mock/worlds/default/revisions")).json["revisions"]
    entry = await latest(client)
    assert change["requestId"] == entry["id"]
    assert (entry["status"], entry["rule"], entry["fault"]) == (0, "mock.fault", {"id": "fault-1", "kind": "drop"})
    assert entry["response"]["body"] is None
    assert entry["reason"] == "fault-1: the connection was dropped when the operation had been carried out (200)"
    assert {step["verdict"] for step in entry["steps"]} == {"held"}


async def test_a_body_that_is_cut_off_comes_half_and_what_it_tells_of_is_stored(client: Client):
    whole = await client.update({"allowedNames": "other"})
    await add(client, "drop", where="mid-body")
    async with client.wire() as wire:
        await wire.send(request(b'{"allowedNames": "other"}'))
        raw = await wire._reader.read()  # until the server closes
    first, _, body = raw.partition(b"\r\n\r\n")
    assert first.startswith(b"HTTP/1.1 200 OK\r\n")
    assert f"Content-Length: {len(whole.content)}\r\n".encode() in first
    assert b"Mock-Rule: accepted\r\n" in first
    assert len(body) == len(whole.content) // 2
    assert whole.content.startswith(body[:100])
    assert await names(client) == "other"
    entry = await latest(client)
    assert (entry["status"], entry["rule"], entry["fault"]) == (200, "accepted", {"id": "fault-1", "kind": "drop"})
    assert isinstance(entry["response"]["body"], str), "half a JSON object is none"
    assert entry["reason"] == "fault-1: the connection was dropped half-way through the body"


async def test_half_a_secret_does_not_come_into_the_journal(client: Client):
    await client.update({"tokenReviewerJwt": "reviewer-good", "allowedNames": "x" * 400})
    await add(client, "drop", where="mid-body", times=5)
    for name in ("getKubernetesAuth", "loginWithKubernetesAuth"):
        method = "GET" if name == "getKubernetesAuth" else "POST"
        body = None if method == "GET" else {"identityId": PAYMENTS, "jwt": "sa-payments-api"}
        path = TARGET if method == "GET" else "/api/v1/auth/kubernetes-auth/login"
        assert await outcome(client, body, path, method) == 0
        text = json.dumps((await latest(client))["response"])
        assert "reviewer-good" not in text
        assert "eyJ" not in text


@pytest.mark.parametrize("where", ["after-write", "mid-body"])
async def test_what_is_refused_is_answered_in_spite_of_a_fault_behind_the_operation(client: Client, where: str):
    await add(client, "drop", where=where, operation=UPDATE)
    assert (await client.update({"allowedNames": 7})).status == 422
    assert (await client.update({"allowedNames": "a"}, token="no")).status == 403
    assert (await client.update({"allowedNames": "a"}, BARE)).error == "BadRequest"
    assert await counts(client) == [(0, 0, False)]
    assert await outcome(client) == 0
    assert await counts(client) == [(1, 1, True)]


async def test_a_connection_that_was_used_before_is_dropped_too(client: Client):
    async with client.wire() as wire:
        await wire.send(request())
        assert (await wire.answer()).status == 200
        await add(client, "drop", where="before-write")
        await wire.send(request() + request())
        assert await wire.answer() is None, "what waits behind it on the connection is not answered either"
    assert (await client.update({"allowedNames": "a"})).status == 200


async def test_a_drop_of_an_unread_body_is_one(client: Client):
    await add(client, "drop", where="before-write")
    async with client.wire() as wire:
        await wire.send(head(Content_Length="1000000") + b'{"allowedNames": "')
        assert await wire.answer() is None


async def test_a_stale_read_answers_from_the_revision_before(client: Client):
    first = await names(client)
    await add(client, "stale", operation=GET, times=2)
    read = IDENTITIES + PAYMENTS
    assert (await client.send("GET", read)).record["allowedNames"] == first, "a world without a past has nothing stale"
    assert await counts(client) == [(0, 0, False)]
    await client.update({"allowedNames": "second"})
    await client.update({"allowedNames": "third"})
    for _ in range(2):
        answer = await client.send("GET", read)
        assert (answer.record["allowedNames"], answer.rule) == ("second", "accepted")
        entry = await latest(client)
        assert (entry["status"], entry["fault"]) == (200, {"id": "fault-1", "kind": "stale"})
    assert (await client.send("GET", read)).record["allowedNames"] == "third"
    assert await names(client) == "third"


async def test_any_read_can_be_stale_and_no_write_is(client: Client):
    await client.update({"allowedNames": "second"})
    await add(client, "stale", every=1)
    assert (await client.update({"allowedNames": "third"})).status == 200
    assert await counts(client) == [(0, 0, False)]
    assert (await client.send("GET", TARGET)).record["allowedNames"] == "second"
    wanted = {"search": {"name": {"$eq": "late"}}}
    new = {"name": "late", "organizationId": "0a000000-0000-4000-8000-000000000001", "role": "no-access"}
    assert (await client.send("POST", "/api/v1/identities", new)).status == 200
    found = await client.send("POST", "/api/v1/identities/search", wanted)
    assert (found.status, found.json["totalCount"]) == (200, 0)
    assert await counts(client) == [(2, 2, False)]
    await client.send("DELETE", FAULTS, token=None)
    assert (await client.send("POST", "/api/v1/identities/search", wanted)).json["totalCount"] == 1


async def test_a_stale_read_of_what_is_gone_still_shows_it(client: Client):
    await client.send("DELETE", TARGET)
    assert (await client.send("GET", TARGET)).status == 404
    await add(client, "stale")
    assert (await client.send("GET", TARGET)).status == 200
    assert (await client.send("GET", TARGET)).status == 404


async def test_a_delay_lets_the_request_through_and_is_told(client: Client):
    await add(client, "delay", seconds=0.12, operation=UPDATE)
    answer = await client.update({"allowedNames": "other"})
    assert (answer.status, answer.rule) == (200, "accepted")
    entry = await latest(client)
    assert entry["milliseconds"] >= 120
    assert entry["fault"] == {"id": "fault-1", "kind": "delay"}
    assert (await client.update({"allowedNames": "a"})).status == 200
    assert (await latest(client))["fault"] is None


@pytest.mark.parametrize("kind", ["delay", "status", "rate-limit", "drop", "stale"])
async def test_a_fault_leaves_other_operations_and_other_identities_alone(client: Client, kind: str):
    fields = {"delay": {"seconds": 60}, "status": {"status": 500}, "drop": {"where": "before-write"}}.get(kind, {})
    await add(client, kind, operation=GET, identityId=BARE.upper(), **fields)
    await client.update({"allowedNames": "a"})
    assert (await client.send("GET", TARGET)).status == 200
    assert (await client.send("GET", "/api/status", token=None)).status == 200
    assert await counts(client) == [(0, 0, False)]
    assert (await faults(client))[0]["identityId"] == BARE


async def test_an_identity_is_told_by_its_id_in_any_case(client: Client):
    await add(client, "status", status=500, identityId="1D000000-0000-4000-8000-00000000000A")
    assert (await client.update({"allowedNames": "a"})).status == 200
    assert await outcome(client, {"allowedNames": "a"}, f"{IDENTITIES}1d000000-0000-4000-8000-00000000000A") == 500


async def test_one_fault_at_most_plays_on_a_request(client: Client):
    await add(client, "delay", seconds=0.01)
    await add(client, "drop", where="after-write")
    assert await outcome(client) == 200
    assert await counts(client) == [(1, 1, True), (0, 0, False)]
    assert await outcome(client) == 0


async def test_what_is_no_operation_meets_no_fault(client: Client):
    await add(client, "status", status=500)
    assert (await client.send("GET", "/api/nowhere")).rule == "route.unknown"
    assert (await client.send("PUT", TARGET)).rule == "route.method"
    assert (await client.send("GET", FAULTS)).status == 200
    assert await counts(client) == [(0, 0, False)]


async def test_the_head_of_a_read_is_cut_off_behind_its_head(live: Client):
    await add(live, "drop", where="mid-body")
    async with live.wire() as wire:
        await wire.send(head("HEAD"))
        raw = await wire._reader.read()
    assert raw.startswith(b"HTTP/1.1 200 OK\r\n")
    assert raw.endswith(b"\r\n\r\n")
