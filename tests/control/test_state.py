"""`/_mock/worlds/{id}/state`: a world in the fixture format, read and replaced, in JSON and in YAML."""

import json
from typing import Any

import pytest
import yaml

from mockserver.control import state as state_calls
from mockserver.seeding.dump import dump
from tests.client import ADMIN, IDENTITIES, PAYMENTS, STATE, VERIFIED, Client, head
from tests.conftest import Serve

MASKED = "[REDACTED "


async def put(client: Client, body: Any, media_type: str = "application/json", path: str = STATE) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return await client.send("PUT", path, data=content, headers={"Content-Type": media_type}, token=None)


async def test_the_state_is_shown_in_the_fixture_format(server: Client):
    document = (await server.get(STATE)).json
    assert list(document) == [
        "version",
        "organizations",
        "clusters",
        "unknownHosts",
        "gateways",
        "gatewayPools",
        "identities",
        "accessTokens",
    ]
    assert len(document["identities"]) == len(dump(server.mock.worlds.default.state)["identities"])


async def test_secrets_are_masked_unless_they_are_asked_for(server: Client):
    shown, clear = (await server.get(STATE)).json, await server.state()
    assert all(each["token"].startswith(MASKED) for each in shown["accessTokens"])
    assert any(each["token"] == "acme-admin-token" for each in clear["accessTokens"])
    reviewers = [each["jwt"] for cluster in shown["clusters"] for each in cluster["reviewers"]]
    accounts = [each["token"] for cluster in shown["clusters"] for each in cluster["serviceAccounts"]]
    clients = [each for one in shown["identities"] for each in one.get("universalAuth", {}).get("clientSecrets", ())]
    clients = [each["secret"] for each in clients]
    stored = [one["kubernetesAuth"]["tokenReviewerJwt"] for one in shown["identities"] if one["id"] == VERIFIED]
    assert reviewers
    assert accounts
    assert clients
    assert all(text.startswith(MASKED) for text in reviewers + accounts + clients + stored)


async def test_equal_secrets_have_equal_masks_and_others_do_not(server: Client):
    shown = (await server.get(STATE)).json
    tokens = [each["token"] for each in shown["accessTokens"]]
    assert len(set(tokens)) == len(tokens)
    verified = next(each for each in shown["identities"] if each["id"] == VERIFIED)
    reviewers = [each["jwt"] for cluster in shown["clusters"] for each in cluster["reviewers"]]
    assert verified["kubernetesAuth"]["tokenReviewerJwt"] in reviewers


@pytest.mark.parametrize("query", ["", "?secrets=clear"])
@pytest.mark.parametrize("media_type", ["application/json", "application/yaml"])
async def test_what_is_shown_can_be_put_back(server: Client, query: str, media_type: str):
    await server.update({"allowedNames": "changed", "tokenReviewerJwt": "a s3cret: 'quoted' \"twice\"\nand broken"})
    before = await server.state()
    shown = await server.get(STATE + query, headers={"Accept": media_type})
    assert shown.headers["Content-Type"].startswith(media_type)
    await server.send("POST", "/_mock/reset", token=None)
    changed_meanwhile = await server.state()
    assert changed_meanwhile != before
    await put(server, before)
    answer = await put(server, shown.content, media_type)
    assert answer.status == 204, answer.content
    assert await server.state() == before


async def test_a_masked_state_can_be_edited_and_put_back(server: Client):
    document = (await server.get(STATE)).json
    payments = next(each for each in document["identities"] if each["id"] == PAYMENTS)
    payments["kubernetesAuth"]["allowedNames"] = "edited"
    assert (await put(server, document)).status == 204
    assert (await server.stored())["allowedNames"] == "edited"
    assert (await server.update({"allowedNames": "a"})).status == 200, "the admin's token is still the same"


async def test_a_mask_of_no_secret_of_this_world_is_refused_at_its_place(server: Client):
    mask = "[REDACTED 0123456789abcdef]"
    before = await server.state()
    text = f"version: 1\naccessTokens:\n  - {{ token: '{mask}', identity: nobody }}\n"
    answer = await put(server, text.encode(), "application/yaml")
    assert (answer.status, answer.error) == (400, "InvalidFixtures")
    places = [(each["line"], each["column"], each["reason"][:5]) for each in answer.json["errors"]]
    assert places == [(3, 14, "masks"), (3, 55, "there")]
    assert await server.state() == before


async def test_a_state_replaces_the_whole_world(server: Client):
    assert (await put(server, b"version: 1", "application/yaml")).status == 204
    assert (await server.state())["identities"] == []
    assert (await server.update({"allowedNames": "a"})).rule == "token.malformed"
    await server.send("POST", "/_mock/reset", token=None)
    assert (await server.update({"allowedNames": "a"})).status == 200


async def test_yaml_and_json_show_the_same(server: Client):
    text = (await server.get(f"{STATE}?secrets=clear", headers={"Accept": "application/yaml"})).content
    assert yaml.safe_load(text) == await server.state()


BAD = b"""version: 1
organizations:
  - { id: nonsense, name: Acme, slug: acme }
  - { id: 0a000000-0000-4000-8000-000000000002, name: Hobby, slug: hobby, colour: red }
identities:
  - { id: 1d000000-0000-4000-8000-000000000001, organization: nobody, name: ops, role: admin }
"""


async def test_every_error_of_a_bad_state_is_told_at_once_and_nothing_changes(server: Client):
    await server.update({"allowedNames": "kept"})
    before = await server.state()
    answer = await put(server, BAD, "application/yaml")
    assert (answer.status, answer.error) == (400, "InvalidFixtures")
    found = [(each["line"], each["column"], each["path"]) for each in answer.json["errors"]]
    assert found == [(3, 11, "organizations[0].id"), (4, 75, "organizations[1].colour")]
    assert "body:4:75: organizations[1].colour: unknown key" in answer.json["message"]
    assert await server.state() == before


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        pytest.param(b"", 400, "InvalidFixtures", id="nothing"),
        pytest.param(b"{", 400, "InvalidFixtures", id="half of JSON"),
        pytest.param(b"\xff", 400, "NotUtf8", id="no UTF-8"),
        pytest.param(b"[]", 400, "InvalidFixtures", id="a list"),
        pytest.param(b'"text"', 400, "InvalidFixtures", id="a text"),
        pytest.param(b"[" * 100_000, 400, "InvalidFixtures", id="depth"),
        pytest.param(b'{"version": 1, "version": 1}', 400, "InvalidFixtures", id="a duplicate key"),
        pytest.param(b"version: 1\n---\nversion: 1", 400, "InvalidFixtures", id="two documents"),
        pytest.param(b"version: !!python/name:os.system", 400, "InvalidFixtures", id="a tag"),
        pytest.param(b"\x00", 400, "InvalidFixtures", id="NUL"),
    ],
)
async def test_what_is_no_state_is_refused_in_json(server: Client, body: bytes, status: int, error: str):
    before = await server.state()
    answer = await put(server, body, "application/yaml")
    assert (answer.status, answer.error) == (status, error)
    assert b"Traceback" not in answer.content
    assert await server.state() == before


async def test_a_state_past_the_bound_is_413(server: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(state_calls, "MAX_STATE", 100)
    answer = await put(server, b"version: 1 #" + b"x" * 100, "application/yaml")
    assert (answer.status, answer.error) == (413, "TooLarge")


async def test_a_state_that_stops_half_way_is_refused_and_changes_nothing(serve: Serve):
    server = await serve(body_timeout=0.1)
    before = await server.state()
    async with server.wire() as wire:
        await wire.send(head("PUT", STATE, Content_Length="100") + b"version: 1")
        answer = await wire.answer()
    assert (answer.status, answer.error) == (400, "Incomplete")
    assert await server.state() == before


@pytest.mark.parametrize("method", ["GET", "PUT"])
async def test_a_world_that_is_not_there_is_404_and_is_not_made(server: Client, method: str):
    answer = await server.send(method, "/_mock/worlds/other/state", {"version": 1}, token=None)
    assert (answer.status, answer.error) == (404, "NotFound")
    assert (await server.get("/_mock/health")).json["worlds"] == 1


async def test_counted_uses_start_over_with_a_new_state(server: Client):
    for _ in range(4):
        spent = await server.update({"allowedNames": "a"}, token="acme-three-uses-token")
    assert spent.rule == "token.uses"
    await put(server, await server.state())
    assert (await server.update({"allowedNames": "a"}, token="acme-three-uses-token")).status == 200


async def test_a_state_put_as_the_seed_is_what_resets_and_new_worlds_begin_with(server: Client):
    await server.update({"allowedNames": "before"})
    state = await server.state()
    await server.update({"allowedNames": "after"})
    answer = await server.send("PUT", f"{STATE}?as=seed", state, token=None)
    assert answer.status == 204
    assert (await server.get("/_mock/worlds/default")).json["revision"] == 0
    assert (await server.get("/_mock/requests")).json["requests"] == []
    await server.update({"allowedNames": "later"})
    made = await server.send("POST", "/_mock/worlds", {"id": "one"}, token=None)
    assert made.status == 201
    assert (await server.get(f"/w/one{IDENTITIES}{PAYMENTS}", token=ADMIN)).record["allowedNames"] == "before"
    await server.send("POST", "/_mock/reset", token=None)
    assert (await server.stored())["allowedNames"] == "before"


@pytest.mark.parametrize("query", ["as=state", "as=", "seed=true", "as=seed&x=1"])
async def test_another_query_of_a_put_is_refused_and_changes_nothing(server: Client, query: str):
    before = await server.state()
    answer = await server.send("PUT", f"{STATE}?{query}", {"version": 1}, token=None)
    assert (answer.status, answer.json["error"]) == (400, "BadQuery")
    assert await server.state() == before
