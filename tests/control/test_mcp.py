"""The Model Context Protocol at `/_mock/mcp`: the messages, byte by byte, and the tools, with the official client."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import BytesIO
from typing import Any

import jsonschema
import pytest

from mockserver import __version__
from mockserver.control.mcp.tools import TOOLS
from tests.client import ADMIN, IDENTITIES, PAYMENTS, Answer, Client
from tests.conftest import Serve

MCP = "/_mock/mcp"
VERSIONS = ("2025-06-18", "2025-11-25")
NAMES = [
    *("list_worlds", "show_state", "latest_rejections", "search_journal"),
    *("explain", "add_fault", "set_clock", "coverage"),
]
NO_CA = {"verifyTlsCertificate": True}


async def send(server: Client, message: Any, **more: Any) -> Answer:
    return await server.send("POST", MCP, message, token=None, **more)


async def rpc(server: Client, method: str, params: Any = None, **more: Any) -> dict[str, Any]:
    """The response to a request; its HTTP status is 200."""
    message = {"jsonrpc": "2.0", "id": 7, "method": method, **({} if params is None else {"params": params})}
    answer = await send(server, message, **more)
    assert answer.status == 200, answer.content
    assert answer.headers["Content-Type"].startswith("application/json")
    assert (answer.json["jsonrpc"], answer.json["id"]) == ("2.0", 7)
    return answer.json


async def tool(server: Client, name: str, **arguments: Any) -> tuple[bool, str, Any]:
    """Whether the tool failed, its text, and its value."""
    result = (await rpc(server, "tools/call", {"name": name, "arguments": arguments}))["result"]
    (block,) = result["content"]
    assert block["type"] == "text"
    return result["isError"], block["text"], result.get("structuredContent")


def initialize(version: str) -> dict[str, Any]:
    return {"protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


@pytest.mark.parametrize(
    ("asked", "answered"), [*zip(VERSIONS, VERSIONS, strict=True), ("2024-11-05", VERSIONS[-1]), ("x", VERSIONS[-1])]
)
async def test_initialize_agrees_on_a_version(server: Client, asked: str, answered: str):
    result = (await rpc(server, "initialize", initialize(asked)))["result"]
    assert result["protocolVersion"] == answered
    assert result["capabilities"] == {"tools": {"listChanged": False}}
    assert (result["serverInfo"]["name"], result["serverInfo"]["version"]) == ("infisical-mock", __version__)
    assert "latest_rejections" in result["instructions"]


async def test_there_is_no_session(server: Client):
    answer = await send(server, {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": initialize(VERSIONS[0])})
    assert "Mcp-Session-Id" not in answer.headers
    # A request needs neither an initialization nor the session of one.
    assert (await rpc(server, "ping", headers={"Mcp-Session-Id": "made-up"}))["result"] == {}


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
async def test_only_post_is_allowed(server: Client, method: str):
    answer = await server.send(method, MCP, token=None, headers={"Accept": "text/event-stream"})
    assert (answer.status, answer.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "message",
    [
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}},
        {"jsonrpc": "2.0", "method": "tools/call", "params": {"name": "set_clock", "arguments": {"advance": 60}}},
        {"jsonrpc": "2.0", "id": 1, "result": {}},
        {"jsonrpc": "2.0", "id": 1, "error": {"code": 1, "message": "m"}},
    ],
)
async def test_notifications_and_responses_are_accepted_and_do_nothing(server: Client, message: dict[str, Any]):
    before = server.mock.worlds.default.clock.now()
    answer = await send(server, message)
    assert (answer.status, answer.content) == (202, b"")
    assert server.mock.worlds.default.clock.now() - before < 30_000


@pytest.mark.parametrize("version", [*VERSIONS, None])
async def test_the_version_header_may_be_left_out(server: Client, version: str | None):
    headers = {} if version is None else {"MCP-Protocol-Version": version}
    assert (await rpc(server, "ping", headers=headers))["result"] == {}


@pytest.mark.parametrize(
    ("body", "headers", "status", "code", "says"),
    [
        (b"{", {}, 400, -32700, "line 1, column"),
        (b"", {}, 400, -32700, "not JSON"),
        (b'{"jsonrpc":"2.0","id":NaN,"method":"ping"}', {}, 400, -32700, "not JSON"),
        (b"\xff", {}, 400, -32700, "not JSON"),
        (b'[{"jsonrpc":"2.0","id":1,"method":"ping"}]', {}, 400, -32600, "not a batch"),
        (b'"ping"', {}, 400, -32600, "an object"),
        (b'{"id":1,"method":"ping"}', {}, 400, -32600, '"jsonrpc": "2.0"'),
        (b'{"jsonrpc":"2.0","id":1}', {}, 400, -32600, '"method"'),
        (b'{"jsonrpc":"2.0","id":null,"method":"ping"}', {}, 400, -32600, '"id" must be'),
        (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', {}, 400, -32600, '"id" must be'),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"ping"}', {}, 400, -32600, '"id" must be'),
        (b'{"jsonrpc":"2.0","id":1,"method":7}', {}, 400, -32600, '"method" must be'),
        (b'{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}', {}, 400, -32600, '"params" must be'),
        (
            b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":' + b"[" * 200 + b"]" * 200 + b"}}",
            {},
            *(400, -32600, "nested deeper"),
        ),
        (b"{}" + b" " * 1024 * 1024, {}, 413, -32600, "exceeds 1048576 bytes"),
        (b"{}", {"MCP-Protocol-Version": "2024-11-05"}, 400, -32600, "2025-06-18, 2025-11-25"),
        (b"{}", {"Accept": "text/event-stream"}, 406, -32600, "Accept: application/json"),
        (b"{}", {"Content-Type": "text/plain"}, 415, -32600, "Content-Type: application/json"),
    ],
)
async def test_malformed_messages_are_rejected(
    server: Client, body: bytes, headers: dict[str, str], status: int, code: int, says: str
):
    answer = await server.send(
        "POST", MCP, data=BytesIO(body), token=None, headers={"Content-Type": "application/json", **headers}
    )
    assert (answer.status, answer.json["id"], answer.json["error"]["code"]) == (status, None, code)
    assert says in answer.json["error"]["message"]
    assert b"Traceback" not in answer.content


@pytest.mark.parametrize(
    ("method", "params", "code", "says"),
    [
        ("tools/lst", None, -32601, "Did you mean 'tools/list'?"),
        ("resources/list", None, -32601, "no method 'resources/list'"),
        ("initialize", {}, -32602, "/protocolVersion"),
        ("tools/list", {"cursor": "2"}, -32602, "no such cursor"),
        ("tools/call", {}, -32602, "/name"),
        ("tools/call", {"name": "list_world"}, -32602, "Did you mean 'list_worlds'?"),
        ("tools/call", {"name": "x" * 5000}, -32602, "no tool 'xxx"),
        ("tools/call", {"name": "explain", "arguments": [1]}, -32602, "/arguments"),
    ],
)
async def test_requests_that_cannot_be_are_errors_of_the_protocol(
    server: Client, method: str, params: Any, code: int, says: str
):
    error = (await rpc(server, method, params))["error"]
    assert error["code"] == code
    assert says in error["message"]
    assert len(error["message"]) < 400


async def test_the_tools_have_names_schemas_and_hints(server: Client):
    found = (await rpc(server, "tools/list"))["result"]["tools"]
    assert [each["name"] for each in found] == NAMES == [each.name for each in TOOLS]
    for each in found:
        schema = each["inputSchema"]
        jsonschema.Draft202012Validator.check_schema(schema)
        assert (schema["type"], schema["additionalProperties"]) == ("object", False)
        assert each["annotations"]["readOnlyHint"] is (each["name"] not in ("add_fault", "set_clock"))
        assert each["title"]
        assert each["description"].endswith(".")
        for name, described in schema["properties"].items():
            assert described["description"], name
            assert described["type"] != "string" or "maxLength" in described or "enum" in described
            assert described["type"] not in ("integer", "number") or "maximum" in described


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("show_state", {"wrold": "default"}, "Did you mean 'world'?"),
        ("show_state", {"world": "defalt"}, "Did you mean 'default'?"),
        ("show_state", {"world": "a/../b?x=1"}, "there is no world 'a/../b?x=1'"),
        ("show_state", {"identity": "paymets"}, "Did you mean 'payments'?"),
        ("show_state", {"limit": 101}, "/limit: maximum is 100"),
        ("show_state", {"limit": "all"}, "/limit"),
        ("search_journal", {"operation": "updateKubernetesAut"}, "Did you mean 'updateKubernetesAuth'?"),
        ("search_journal", {"rule": "update.tls.ca-requird"}, "Did you mean 'update.tls.ca-required'?"),
        ("search_journal", {"world": "defalt"}, "Did you mean 'default'?"),
        ("search_journal", {"warning": "nope"}, "/warning"),
        ("search_journal", {"since": "yesterday"}, "ISO 8601"),
        ("search_journal", {"limit": 201}, "/limit: maximum is 200"),
        ("latest_rejections", {"world": "defalt"}, "Did you mean 'default'?"),
        ("latest_rejections", {"limit": 21}, "/limit: maximum is 20"),
        ("explain", {}, "no request latest"),
        ("explain", {"request": "req-0"}, "no request req-0"),
        ("explain", {"request": "x" * 65}, "/request"),
        ("add_fault", {}, "'kind' is missing"),
        ("add_fault", {"kind": "dorp"}, "Did you mean 'drop'?"),
        ("add_fault", {"kind": "drop"}, "'where' is missing"),
        ("add_fault", {"kind": "drop", "where": "befor-write"}, "Did you mean 'before-write'?"),
        ("add_fault", {"kind": "stale", "operation": "listGateway"}, "Did you mean 'listGateways'?"),
        ("add_fault", {"kind": "stale", "identityId": "paymets"}, "Did you mean 'payments'?"),
        ("add_fault", {"kind": "status", "status": 418}, "/status"),
        ("add_fault", {"kind": "stale", "world": "defalt"}, "Did you mean 'default'?"),
        ("set_clock", {}, "send now, advance or both, or run alone"),
        ("set_clock", {"run": False}, "or run alone"),
        ("set_clock", {"now": "noon"}, "/now"),
        ("set_clock", {"advance": -1}, "/advance"),
        ("set_clock", {"run": True, "advance": 1}, "or run alone"),
        ("coverage", {"operation": "updateKubernetesAut"}, "Did you mean 'updateKubernetesAuth'?"),
    ],
)
async def test_what_is_wrong_with_arguments_is_a_failed_result(
    server: Client, name: str, arguments: dict[str, Any], says: str
):
    is_error, text, value = await tool(server, name, **arguments)
    assert (is_error, value) == (True, None)
    assert says in text
    assert server.mock.worlds.default.faults is None


async def test_rejections_are_explained_newest_first(server: Client):
    assert (await tool(server, "latest_rejections"))[2] == {"rejections": [], "found": 0, "searched": 0}
    await server.update({"allowedNames": "api"})
    unknown = await server.update({"nope": 1})
    no_ca = await server.update(NO_CA)
    is_error, text, value = await tool(server, "latest_rejections", limit=1)
    assert not is_error
    assert "2 rejected among the latest 3 requests; the latest 1" in text
    assert "update.tls.ca-required" in text
    (one,) = value["rejections"]
    assert (one["id"], one["decidedBy"]["rule"]) == (no_ca.headers["Mock-Request-Id"], "update.tls.ca-required")
    assert [each["rule"] for each in one["rules"]] == ["update.tls.ca-required"]
    value = (await tool(server, "latest_rejections", world="default"))[2]
    assert [each["id"] for each in value["rejections"]] == [
        each.headers["Mock-Request-Id"] for each in (no_ca, unknown)
    ]


async def test_explain_is_that_of_the_control_api(server: Client):
    answer = await server.update(NO_CA)
    page = await server.get("/_mock/requests/latest/explain", headers={"Accept": "text/plain"})
    for arguments in ({}, {"request": answer.headers["Mock-Request-Id"]}):
        _, text, value = await tool(server, "explain", **arguments)
        assert text == page.content.decode()
        assert value["decidedBy"]["rule"] == "update.tls.ca-required"


async def test_the_journal_is_searched(server: Client):
    await server.update({"allowedNames": "api"})
    await server.update(NO_CA)
    await server.get("/api/status")
    value = (await tool(server, "search_journal", operation="updateKubernetesAuth", status=400))[2]
    assert [each["rule"] for each in value["requests"]] == ["update.tls.ca-required"]
    assert len((await tool(server, "search_journal", limit=2))[2]["requests"]) == 2
    assert len((await tool(server, "search_journal", warnings=False))[2]["requests"]) <= 3


async def test_worlds_are_listed_and_searched(server: Client):
    for number in range(60):
        await server.send("POST", "/_mock/worlds", {"id": f"w-{number}"}, token=None)
    value = (await tool(server, "list_worlds"))[2]
    assert (value["total"], value["found"], len(value["worlds"])) == (61, 61, 50)
    value = (await tool(server, "list_worlds", search="W-5"))[2]
    assert [each["id"] for each in value["worlds"]] == ["w-5", *(f"w-{number}" for number in range(50, 60))]
    assert value["worlds"][0]["baseUrl"] == f"{server.url}/w/w-5"


async def test_the_state_is_shown_in_pages_and_secrets_are_masked(server: Client):
    _, text, value = await tool(server, "show_state", limit=2)
    assert (len(value["state"]["identities"]), value["found"]) == (2, value["total"])
    assert json.loads(text) == value
    assert "[REDACTED " in (await tool(server, "show_state", limit=100))[1]
    assert ADMIN not in (await tool(server, "show_state", limit=100))[1]
    one = (await tool(server, "show_state", identity="payments"))[2]
    assert set(one["state"]) == {"identities", "accessTokens"}
    assert [each["id"] for each in one["state"]["identities"]] == [PAYMENTS]


async def test_a_fault_is_added_and_fires(server: Client):
    await server.send("POST", "/_mock/worlds", {"id": "other"}, token=None)
    armed = {"kind": "status", "status": 403, "operation": "updateKubernetesAuth", "identityId": "payments"}
    is_error, _, value = await tool(server, "add_fault", world="other", **armed)
    assert (is_error, value["identityId"], value["times"]) == (False, PAYMENTS, 1)
    body = {"allowedNames": "a"}
    assert (await server.update(body)).status == 200
    assert (await server.send("PATCH", f"/w/other{IDENTITIES}{PAYMENTS}", body)).rule == "mock.fault"


async def test_the_clock_is_frozen_advanced_and_let_run(server: Client):
    value = (await tool(server, "set_clock", now="2027-01-01T00:00:00Z", advance=60))[2]
    assert value == {"now": "2027-01-01T00:01:00.000Z", "frozen": True}
    assert (await tool(server, "set_clock", run=True))[2]["frozen"] is False


async def test_the_address_may_name_the_world_of_the_tools(server: Client):
    await server.send("POST", "/_mock/worlds", {"id": "other"}, token=None)
    await server.update(NO_CA)

    async def called(name: str, address: str = "", arguments: Any = None, **headers: str) -> Any:
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": arguments}}
        answer = await server.send("POST", f"{MCP}{address}", message, token=None, headers=headers)
        return answer.json["result"]

    assert not (await called("set_clock", "?world=other", {"now": "2027-01-01T00:00:00Z"}))["isError"]
    frozen = [server.mock.worlds.find(name).clock.frozen for name in ("other", "default")]
    assert frozen == [True, False]
    assert (await called("latest_rejections", "?world=other"))["structuredContent"]["found"] == 0
    assert (await called("latest_rejections", **{"Mock-World": "other"}))["structuredContent"]["found"] == 0
    assert (await called("latest_rejections"))["structuredContent"]["found"] == 1
    assert (await called("latest_rejections", "?world=other", {"world": "default"}))["structuredContent"]["found"] == 1
    assert (await called("show_state", "?world=nowhere"))["isError"]


async def test_coverage_has_figures_and_what_is_missing(server: Client):
    await server.update(NO_CA)
    value = (await tool(server, "coverage"))[2]
    assert value["operations"]["updateKubernetesAuth"]["covered"] > 0
    missing = (await tool(server, "coverage", operation="updateKubernetesAuth"))[2]["missing"]
    assert "update.tls.ca-required refused" not in missing["rules"]
    assert "update.tls.ca-conflict refused" in missing["rules"]


async def test_the_guards_of_the_control_api_hold(serve: Serve):
    ping = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    client = await serve(control_token="open-sesame")
    assert (await send(client, ping)).status == 401
    assert (await client.send("POST", MCP, ping, token="open-sesame")).status == 200
    open_one = await serve()
    for headers in ({"Origin": "https://attacker.example"}, {"Host": "rebound.attacker.com"}, {"Origin": "null"}):
        assert (await send(open_one, ping, headers=headers)).status == 403
    assert (await send(await serve(control=False), ping)).status == 404


@asynccontextmanager
async def official(server: Client, mode: str) -> AsyncIterator[Any]:
    """The official SDK as a client."""
    from mcp import Client as Official

    async with Official(f"{server.url}{MCP}", mode=mode) as client:
        yield client


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_the_official_client_uses_every_tool(server: Client, mode: str):
    await server.update(NO_CA)
    arguments = {"add_fault": {"kind": "delay", "seconds": 0}, "set_clock": {"advance": 1}}
    async with official(server, mode) as client:
        assert client.protocol_version == VERSIONS[-1]
        assert [each.name for each in (await client.list_tools()).tools] == NAMES
        for name in NAMES:
            result = await client.call_tool(name, arguments.get(name, {}))
            assert not result.is_error, result.content
            assert result.structured_content
        failed = await client.call_tool("show_state", {"world": "defalt"})
        assert failed.is_error
        assert "Did you mean 'default'?" in failed.content[0].text
