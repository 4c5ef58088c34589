"""`GET /_mock/worlds/{world}/tokens`: what is left of tokens and client secrets, and no secret."""

from typing import Any

from tests.client import ADMIN, OPS_ADMIN, Client
from tests.control.test_own_contract import CONTRACT

WORLD = """
version: 1
organizations: [{id: 0a000000-0000-4000-8000-000000000001, name: Acme, slug: acme}]
identities:
  - id: 1d000000-0000-4000-8000-000000000001
    organization: acme
    name: ops
    role: admin
    tokenAuth: {accessTokenTTL: 100}
    universalAuth:
      clientId: c1000000-0000-4000-8000-000000000001
      clientSecrets: [{secret: s3cret-client, ttl: 50, numUsesLimit: 2, description: for CI}]
accessTokens:
  - {token: acme-admin-token, identity: ops}
  - {token: s3cret-limited, identity: ops, numUsesLimit: 3}
  - {token: s3cret-expiring, identity: ops, expiresAt: 2026-10-01T00:01:00Z}
  - {token: s3cret-revoked, identity: ops, revoked: true}
"""


async def listed(client: Client, query: str = "") -> list[dict[str, Any]]:
    answer = await client.get(f"/_mock/worlds/w/tokens{query}")
    assert CONTRACT.operations["listTokens"].checks.response_violations(200, "application/json", answer.json) == []
    assert b"s3cret" not in answer.content
    assert ADMIN.encode() not in answer.content
    return answer.json["tokens"]


async def test_what_is_left_of_a_token_is_told(server: Client):
    await server.send(
        "POST", "/_mock/worlds", {"id": "w", "fixtures": WORLD, "now": "2026-10-01T00:00:00Z"}, token=None
    )
    made = f"/w/w/api/v1/auth/token-auth/identities/{OPS_ADMIN}/tokens"
    assert (await server.send("POST", made, {"name": "mine"})).status == 200
    await server.send("GET", f"/w/w/api/v1/identities/{OPS_ADMIN}", token="s3cret-limited")
    rows = await listed(server)
    assert {row["identityId"] for row in rows} == {OPS_ADMIN}
    fixed = [row for row in rows if row["kind"] == "fixture token"]
    assert sorted((row["secondsLeft"], row["usesLeft"], row["inForce"]) for row in fixed if row["secondsLeft"]) == [
        (60, None, True)
    ]
    assert [(row["uses"], row["usesLeft"]) for row in fixed if row["usesLimit"]] == [(1, 2)]
    assert [row["inForce"] for row in fixed if row["revoked"]] == [False]
    (issued,) = (row for row in rows if row["kind"] == "Token Auth token")
    assert (issued["name"], issued["secondsLeft"], issued["inForce"]) == ("mine", 100, True)
    (secret,) = (row for row in rows if row["kind"] == "client secret")
    assert (secret["name"], secret["secondsLeft"], secret["usesLeft"]) == ("for CI", 50, 2)
    await server.send("PUT", "/_mock/worlds/w/clock", {"advance": 60}, token=None)
    assert sum(row["inForce"] for row in await listed(server)) == sum(row["inForce"] for row in rows) - 2


async def test_one_identity_is_picked_out(server: Client):
    await server.send("POST", "/_mock/worlds", {"id": "w"}, token=None)
    rows = await listed(server, f"?identity={OPS_ADMIN.upper()}")
    assert rows
    assert {row["identityId"] for row in rows} == {OPS_ADMIN}
    assert (await server.get("/_mock/worlds/w/tokens?name=x")).status == 400
    assert (await server.get("/_mock/worlds/nowhere/tokens")).status == 404
