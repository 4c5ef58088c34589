"""`/_mock/requests`: what came in, what went out, and why; by filters, within bounds."""

from io import StringIO

import pytest

from tests.client import ADMIN, IDENTITIES, PAYMENTS, STRANGER, Client
from tests.conftest import Serve

FROZEN = 1_800_000_000_000


@pytest.fixture
async def told(serve: Serve) -> Client:
    """A server that has answered a 200, a 404, a 422 and a request to no route."""
    client = await serve(clock=FROZEN)
    await client.update({"allowedNames": "a"})
    await client.update({"allowedNames": "b"}, STRANGER)
    await client.update({"allowedNames": 7})
    await client.send("GET", "/nowhere")
    return client


async def listed(client: Client, query: str = "") -> list[int]:
    return [each["status"] for each in (await client.get(f"/_mock/requests{query}")).json["requests"]]


async def test_the_latest_exchange_stands_first(told: Client):
    assert await listed(told) == [404, 422, 404, 200]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("?status=404", [404, 404], id="status"),
        pytest.param("?status=418", [], id="a status that nobody answered"),
        pytest.param("?operation=updateKubernetesAuth", [422, 404, 200], id="operation"),
        pytest.param("?operation=updateKubernetesAuth&status=404", [404], id="both"),
        pytest.param("?world=default", [404, 422, 404, 200], id="world"),
        pytest.param("?rule=identity.unknown", [404], id="rule"),
        pytest.param("?warnings=true", [], id="nothing to warn of"),
        pytest.param("?warnings=false", [404, 422, 404, 200], id="everything that is not warned of"),
        pytest.param("?limit=2", [404, 422], id="limit"),
        pytest.param("?limit=0", [], id="limit 0"),
        pytest.param("?limit=1000", [404, 422, 404, 200], id="the highest limit"),
        pytest.param("?since=2027-01-15T08:00:00Z", [404, 422, 404, 200], id="since that very moment"),
        pytest.param("?since=2027-01-15T09:00:00%2B01:00", [404, 422, 404, 200], id="since, in another zone"),
        pytest.param("?since=2027-01-15T09:00:00+01:00", [404, 422, 404, 200], id="since, the plus not escaped"),
        pytest.param("?since=2027-01-15T08:00:00.001Z", [], id="since a moment later"),
    ],
)
async def test_filters_choose(told: Client, query: str, found: list[int]):
    assert await listed(told, query) == found


@pytest.mark.parametrize(
    ("query", "pointer", "near"),
    [
        ("world=defautl", "/world", "default"),
        ("operation=updateKubernetesAut", "/operation", "updateKubernetesAuth"),
        ("rule=route.unknwn", "/rule", "route.unknown"),
        ("status=4222", "/status", 422),
        ("status=99", "/status", None),
        ("warning=hasty-retries", "/warning", "hasty-retry"),
    ],
)
async def test_a_filter_for_what_does_not_exist_is_refused(told: Client, query: str, pointer: str, near: str | int):
    for call in ("requests", "requests.har", *(["events"] if pointer in ("/world", "/operation") else ())):
        answer = await told.get(f"/_mock/{call}?{query}")
        assert (answer.status, answer.error) == (400, "UnknownName")
        assert (answer.json["pointer"], answer.json["didYouMean"]) == (pointer, near)


async def test_a_filter_that_does_not_exist_is_refused_with_the_nearest(told: Client):
    answer = await told.get("/_mock/requests?opertion=updateKubernetesAuth")
    assert (answer.status, answer.error) == (400, "BadQuery")
    assert "Did you mean 'operation'?" in answer.json["message"]


@pytest.mark.parametrize(
    "query",
    [
        "limit=-1",
        "limit=1001",
        "limit=x",
        "limit=" + "9" * 5000,
        "status=x",
        "since=x",
        "since=2027-01-15",
        "since=",
        "warnings=",
        "warnings=yes",
        "more=1",
    ],
)
async def test_a_filter_that_cannot_be_read_is_refused(told: Client, query: str):
    answer = await told.get(f"/_mock/requests?{query}")
    assert (answer.status, answer.error) == (400, "BadQuery")


async def test_a_line_of_the_listing_says_what_happened(told: Client):
    line = (await told.get("/_mock/requests?status=200")).json["requests"][0]
    assert line.pop("milliseconds") > 0
    assert line.pop("id").startswith("req-")
    assert line == {
        "at": "2027-01-15T08:00:00.000Z",
        "world": "default",
        "operation": "updateKubernetesAuth",
        "method": "PATCH",
        "path": IDENTITIES + PAYMENTS,
        "status": 200,
        "rule": "accepted",
        "fault": None,
        "breaches": 0,
        "warnings": 0,
    }


async def test_an_exchange_shows_both_messages_and_each_step_of_the_decision(told: Client):
    answer = await told.update({"accessTokenMaxTTL": 60, "tokenReviewerJwt": "s3cret"})
    entry = await told.journalled(answer)
    assert entry["request"]["body"] == {"accessTokenMaxTTL": 60, "tokenReviewerJwt": "[REDACTED]"}
    assert entry["response"]["status"] == entry["status"] == 400
    assert entry["response"]["body"] == answer.json
    assert entry["reason"] == answer.json["message"]
    assert (entry["profile"], entry["peer"], entry["revision"]) == ("contract", "127.0.0.1", 1)
    assert (entry["fault"], entry["warnings"], entry["warningList"]) == (None, 0, [])
    verdicts = {step["rule"]: step["verdict"] for step in entry["steps"]}
    assert verdicts["contract.body"] == "held"
    assert verdicts["update.ttl.stored-max"] == "refused"
    assert verdicts["permission.edit-auth"] == "not reached"
    assert list(verdicts.values()).count("refused") == 1


async def test_an_entry_knows_how_long_the_body_was_and_keeps_its_beginning(server: Client):
    answer = await server.update({"caCert": "x" * 100_000})
    request = (await server.journalled(answer))["request"]
    assert request["bodySize"] > 100_000
    assert len(str(request["body"])) <= 64 * 1024 + 100


async def test_a_fault_that_was_played_is_shown(server: Client):
    answer = await server.update({"allowedNames": "a"})
    journal = server.mock.journal
    entry = journal.find(answer.headers["Mock-Request-Id"])
    entry.fault = "fault-1 delay"
    journal.clear()
    journal.record(entry)
    assert (await server.journalled(answer))["fault"] == {"id": "fault-1", "kind": "delay"}
    assert (await server.get("/_mock/requests")).json["requests"][0]["fault"] == {"id": "fault-1", "kind": "delay"}
    page = await server.get(f"/_mock/requests/{entry.id}/explain", headers={"Accept": "text/plain"})
    assert b"A fault was played: fault-1" in page.content


async def test_the_newest_exchange_has_a_name(told: Client, server: Client):
    assert (await told.get("/_mock/requests/latest")).json["rule"] == "route.unknown"
    assert (await told.get("/_mock/requests/latest/explain")).json["rule"] == "route.unknown"
    assert (await server.get("/_mock/requests/latest")).status == 404


async def test_an_exchange_that_is_not_there_is_404(told: Client):
    answer = await told.get("/_mock/requests/req-none")
    assert (answer.status, answer.error) == (404, "NotFound")


async def test_the_oldest_make_room_and_are_counted(serve: Serve):
    client = await serve(journal_size=3)
    answers = [await client.update({"allowedNames": str(number)}) for number in range(5)]
    listing = (await client.get("/_mock/requests")).json
    assert (listing["kept"], listing["evicted"], len(listing["requests"])) == (3, 2, 3)
    gone = await client.get(f"/_mock/requests/{answers[0].headers['Mock-Request-Id']}")
    assert gone.status == 404
    assert "2" in gone.json["message"]
    assert (await client.journalled(answers[2]))["status"] == 200


async def test_a_journal_of_no_entries_is_a_journal(serve: Serve):
    client = await serve(journal_size=0)
    await client.update({"allowedNames": "a"})
    listing = (await client.get("/_mock/requests")).json
    assert (listing["kept"], listing["evicted"]) == (0, 1)


async def test_the_journal_keeps_a_bound_of_bytes_too(server: Client):
    for number in range(200):
        await server.update({"caCert": f"{number}" + "x" * 200_000})
    listing = (await server.get("/_mock/requests?limit=0")).json
    assert 0 < listing["kept"] < 200
    assert listing["kept"] + listing["evicted"] == 200


async def test_delete_forgets_everything(told: Client):
    assert (await told.send("DELETE", "/_mock/requests", token=None)).status == 204
    assert (await told.get("/_mock/requests")).json == {"requests": [], "kept": 0, "bytes": 0, "evicted": 0}


async def test_the_control_api_and_the_documents_are_not_journalled(server: Client):
    for path in ("/_mock/health", "/_mock/rules", "/openapi.yaml", "/openapi.json"):
        assert (await server.get(path)).status == 200
    assert await listed(server) == []


async def test_broken_http_is_journalled(server: Client):
    async with server.wire() as wire:
        await wire.send(b"hello\r\n\r\n")
        answer = await wire.answer()
    entry = await server.journalled(answer)
    assert (entry["status"], entry["rule"], entry["operation"]) == (400, "http.malformed", None)
    assert ADMIN not in str(entry)


@pytest.mark.parametrize("name", ["Mock-World", "X-Forwarded-For", "Content-Type", "X-Infisical-Org", "Authorization"])
async def test_header_bytes_that_are_no_text_spoil_neither_journal_nor_log(server: Client, log: StringIO, name: str):
    lines = [
        f"PATCH {IDENTITIES}{PAYMENTS} HTTP/1.1",
        "Host: localhost",
        *([] if name == "Authorization" else [f"Authorization: Bearer {ADMIN}"]),
        "Content-Length: 2",
    ]
    async with server.wire() as wire:
        await wire.send("\r\n".join(lines).encode() + f"\r\n{name}: ".encode() + b"\xff\xfe!\r\n\r\n{}")
        made = await wire.answer()
    assert made is not None
    assert made.status in (400, 401, 403, 404, 422)
    listed = await server.get("/_mock/requests")
    assert listed.status == 200
    assert listed.json["requests"][0]["id"] == made.headers["Mock-Request-Id"]
    assert (await server.get(f"/_mock/requests/{made.headers['Mock-Request-Id']}")).status == 200
    assert "crashed" not in log.getvalue()
