"""The vendor's MCP server, unchanged: a program with a login of its own, asked by a tool call on its standard input."""

import json
from typing import Any

from tests.clients import roster
from tests.clients.conftest import Drive, Server
from tests.clients.marks import uses

pytestmark = uses(roster.MCP)

PROTOCOL = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "test", "version": "0"}}
MESSAGES = (
    {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": PROTOCOL},
    {"jsonrpc": "2.0", "method": "notifications/initialized"},
    {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "list-projects", "arguments": {"type": "all"}},
    },
)


def called(drive: Drive, mock: Server, client_secret: str) -> dict[str, Any]:
    """What the tool call came to."""
    told = drive(
        text="".join(json.dumps(message) + "\n" for message in MESSAGES),
        INFISICAL_HOST_URL=mock.url,
        INFISICAL_UNIVERSAL_AUTH_CLIENT_ID="c1000000-0000-4000-8000-000000000001",
        INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=client_secret,
    )
    (answer,) = (each for each in told if each.get("id") == 2)
    return answer


def test_it_logs_in_before_it_asks_for_what_the_mock_does_not_have(drive: Drive, mock: Server):
    answer = called(drive, mock, "ops-admin-secret")
    assert "404" in answer["result"]["content"][0]["text"]
    assert mock.calls() == [("loginWithUniversalAuth", 200), ("GET /api/v1/workspace", 404)]


def test_it_asks_for_nothing_after_a_wrong_secret(drive: Drive, mock: Server):
    answer = called(drive, mock, "another")
    assert f"[StatusCode=401] {mock.refusal()}" in answer["error"]["message"]
    assert mock.calls() == [("loginWithUniversalAuth", 401)]
