"""The control API keeps to its own document, call by call."""

import inspect
import json
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
import yaml

import mockserver.control
from mockserver.contract.compiled import compile_contract
from mockserver.contract.document import prove, read
from mockserver.control import own_contract
from mockserver.control.api import CALLS, DOCUMENTS, handler
from tests.client import Client

DOCUMENT = read(Path(mockserver.control.__file__).with_name("openapi.yaml"))
CONTRACT = compile_contract(DOCUMENT)
TARGET = "/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002"

ASKED = [
    ("showHealth", "GET", "/_mock/health", 200, {}),
    ("listRequests", "GET", "/_mock/requests", 200, {}),
    ("listRequests", "GET", "/_mock/requests?limit=x", 400, {}),
    ("showRequest", "GET", "/_mock/requests/req-none", 404, {}),
    ("explainRequest", "GET", "/_mock/requests/req-none/explain", 404, {}),
    ("archiveRequests", "GET", "/_mock/requests.har?limit=x", 400, {}),
    ("findRequests", "POST", "/_mock/requests/find", 200, {"json": {}}),
    ("findRequests", "POST", "/_mock/requests/find", 400, {"json": {"nope": 1}}),
    ("countRequests", "POST", "/_mock/requests/count", 200, {"json": {"status": 200}}),
    ("countRequests", "POST", "/_mock/requests/count", 400, {"json": []}),
    ("verifyRequests", "POST", "/_mock/requests/verify", 200, {"json": {"count": 0}}),
    ("verifyRequests", "POST", "/_mock/requests/verify", 406, {"json": {"status": 200}}),
    ("verifyRequests", "POST", "/_mock/requests/verify", 400, {"json": {}}),
    (
        "verifyRequests",
        "POST",
        "/_mock/requests/verify",
        400,
        {"json": {"state": {"world": "x", "from": 0, "changed": []}}},
    ),
    ("verifyRequests", "POST", "/_mock/requests/verify", 413, {"data": BytesIO(b" " * 1024 * 1024 + b"{}")}),
    ("streamEvents", "GET", "/_mock/events?status=200", 400, {}),
    ("listRules", "GET", "/_mock/rules", 200, {}),
    ("showCoverage", "GET", "/_mock/coverage", 200, {}),
    ("showCoverage", "GET", "/_mock/coverage?world=default", 400, {}),
    ("showState", "GET", "/_mock/worlds/default/state", 200, {}),
    ("showState", "GET", "/_mock/worlds/nowhere/state", 404, {}),
    ("replaceState", "PUT", "/_mock/worlds/default/state", 400, {"data": b"version: 2"}),
    ("listFaults", "GET", "/_mock/worlds/default/faults", 200, {}),
    ("listFaults", "GET", "/_mock/worlds/nowhere/faults", 404, {}),
    ("addFault", "POST", "/_mock/worlds/default/faults", 201, {"json": {"kind": "status", "status": 500}}),
    ("addFault", "POST", "/_mock/worlds/default/faults", 201, {"json": {"kind": "rate-limit", "probability": 0.5}}),
    ("addFault", "POST", "/_mock/worlds/default/faults", 201, {"json": {"kind": "drop", "where": "mid-body"}}),
    (
        "addFault",
        "POST",
        "/_mock/worlds/default/faults",
        201,
        {"json": {"kind": "delay", "seconds": {"from": 1, "to": 2}}},
    ),
    ("addFault", "POST", "/_mock/worlds/default/faults", 201, {"json": {"kind": "stale", "operation": "listGateways"}}),
    ("addFault", "POST", "/_mock/worlds/default/faults", 400, {"json": {"kind": "fire"}}),
    ("addFault", "POST", "/_mock/worlds/default/faults", 400, {"json": {"kind": "status", "status": 418}}),
    ("addFault", "POST", "/_mock/worlds/nowhere/faults", 404, {"json": {"kind": "stale"}}),
    ("clearFaults", "DELETE", "/_mock/worlds/nowhere/faults", 404, {}),
    ("deleteFault", "DELETE", "/_mock/worlds/default/faults/fault-1", 404, {}),
    ("listIdentities", "GET", "/_mock/worlds/default/identities?limit=2&search=pay", 200, {}),
    ("listIdentities", "GET", "/_mock/worlds/default/identities?limit=-1", 400, {}),
    ("listIdentities", "GET", "/_mock/worlds/default/identities?identity=nobody", 404, {}),
    ("callMcp", "POST", "/_mock/mcp", 200, {"json": {"jsonrpc": "2.0", "id": 1, "method": "ping"}}),
    ("callMcp", "POST", "/_mock/mcp", 200, {"json": {"jsonrpc": "2.0", "id": "a", "method": "tools/list"}}),
    ("callMcp", "POST", "/_mock/mcp", 200, {"json": {"jsonrpc": "2.0", "id": 1, "method": "nope"}}),
    ("callMcp", "POST", "/_mock/mcp", 400, {"json": []}),
    ("callMcp", "POST", "/_mock/mcp", 406, {"json": {}, "headers": {"Accept": "text/event-stream"}}),
    ("callMcp", "POST", "/_mock/mcp", 415, {"data": b"{}"}),
    ("showHealth", "GET", "/_mock/health", 403, {"headers": {"Origin": "https://elsewhere.example.com"}}),
]


def test_the_document_is_valid_and_names_every_call():
    prove(DOCUMENT)
    assert {(each.method, each.path) for each in CONTRACT.operations.values()} == {call[:2] for call in CALLS}


@pytest.mark.parametrize("name", sorted({call[2] for call in (*CALLS, *DOCUMENTS)}))
def test_each_call_names_a_function_that_there_is(name: str):
    assert inspect.iscoroutinefunction(handler(name))


@pytest.mark.parametrize(
    ("operation", "method", "path", "status", "more"), ASKED, ids=[f"{each[2]} {each[3]}" for each in ASKED]
)
async def test_an_answer_keeps_to_the_document(server: Client, operation, method, path, status, more):
    answer = await server.send(method, path, token=None, **more)
    assert answer.status == status
    assert CONTRACT.operations[operation].checks.response_violations(status, "application/json", answer.json) == []


@pytest.mark.parametrize("body", [b'{"allowedNames":"api"}', b'{"identityId":"x"}', b"{"], ids=["200", "422", "400"])
async def test_a_whole_exchange_keeps_to_the_document(server: Client, body):
    made = await server.send("PATCH", TARGET, data=body, headers={"Content-Type": "application/json"})
    shown = await server.get(f"/_mock/requests/{made.headers['Mock-Request-Id']}")
    assert CONTRACT.operations["showRequest"].checks.response_violations(200, "application/json", shown.json) == []
    said = await server.get(f"/_mock/requests/{made.headers['Mock-Request-Id']}/explain")
    assert CONTRACT.operations["explainRequest"].checks.response_violations(200, "application/json", said.json) == []
    listed = await server.get("/_mock/requests")
    assert CONTRACT.operations["listRequests"].checks.response_violations(200, "application/json", listed.json) == []
    archive = await server.get("/_mock/requests.har")
    assert (
        CONTRACT.operations["archiveRequests"].checks.response_violations(200, "application/har+json", archive.json)
        == []
    )
    verdict = await server.send("POST", "/_mock/requests/verify", {"status": 418}, token=None)
    assert CONTRACT.operations["verifyRequests"].checks.response_violations(406, "application/json", verdict.json) == []


@pytest.mark.parametrize("where", ["before-write", "after-write", "mid-body"])
async def test_a_cut_exchange_keeps_to_the_document(server: Client, where):
    await server.send("POST", "/_mock/worlds/default/faults", {"kind": "drop", "where": where}, token=None)
    with pytest.raises(aiohttp.ClientError):
        await server.update({"allowedNames": "api"})
    listed = await server.get("/_mock/requests")
    assert CONTRACT.operations["listRequests"].checks.response_violations(200, "application/json", listed.json) == []
    shown = await server.get(f"/_mock/requests/{listed.json['requests'][0]['id']}")
    assert CONTRACT.operations["showRequest"].checks.response_violations(200, "application/json", shown.json) == []
    faults = await server.get("/_mock/worlds/default/faults")
    assert CONTRACT.operations["listFaults"].checks.response_violations(200, "application/json", faults.json) == []


async def test_the_document_is_served(server: Client):
    answer = await server.get("/_mock/openapi.yaml")
    assert yaml.safe_load(answer.content) == DOCUMENT.value


@pytest.mark.parametrize("beside", [0, 700])
@pytest.mark.parametrize(("levels", "is_deep"), [(1, False), (99, False), (100, False), (101, True), (250, True)])
def test_how_deep_a_body_may_be(levels: int, is_deep: bool, beside: int):
    text = "[" * levels + "]" * levels
    if beside:
        text = f"[{'[1],' * beside}{text[1:-1] or '0'}]"
    assert own_contract.is_deep(text.encode(), json.loads(text)) is is_deep
