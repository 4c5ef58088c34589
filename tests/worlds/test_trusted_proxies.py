"""The trusted proxies of a world: where they are set, which setting counts, and what is refused."""

from typing import Any

import pytest

from tests.client import Answer, Client
from tests.conftest import Serve

WORLDS = "/_mock/worlds"
FLAG, FILE, BODY = ["10.1.0.0/16"], ["10.2.0.0/16"], ["10.3.0.0/16"]


async def made(client: Client, **body: Any) -> dict[str, Any]:
    answer = await control(client, "POST", WORLDS, body)
    assert answer.status == 201, answer.content
    return answer.json


async def control(client: Client, method: str, path: str, *body: Any) -> Answer:
    return await client.send(method, path, *body, token=None)


async def proxies(client: Client, world: str) -> list[str] | None:
    return (await client.get(f"{WORLDS}/{world}")).json.get("trustedProxies")


async def test_without_the_setting_a_world_says_nothing_of_it(server: Client):
    assert "trustedProxies" not in await made(server, id="one")
    assert "trustedProxies" not in await made(server, id="two", trustedProxies=[])
    assert "trustedProxies" not in await server.state()


@pytest.mark.parametrize(
    ("flag", "fixtures", "body", "expected"),
    [
        (None, None, BODY, BODY),
        (None, FILE, None, FILE),
        (None, FILE, BODY, BODY),
        (None, FILE, [], None),
        (FLAG, None, None, FLAG),
        (FLAG, None, BODY, BODY),
        (FLAG, None, [], None),
        (FLAG, FILE, None, FILE),
        (FLAG, FILE, BODY, BODY),
        (FLAG, [], None, None),
    ],
)
async def test_the_body_overrides_the_fixtures_and_they_the_flag(
    serve: Serve, flag: Any, fixtures: Any, body: Any, expected: Any
):
    client = await serve(trusted_proxies=flag or ())
    given: dict[str, Any] = {} if fixtures is None else {"fixtures": {"version": 1, "trustedProxies": fixtures}}
    world = await made(client, id="one", **given, **({} if body is None else {"trustedProxies": body}))
    assert world.get("trustedProxies") == expected
    assert await proxies(client, "one") == expected
    await control(client, "POST", f"{WORLDS}/one/reset")
    assert await proxies(client, "one") == expected
    assert await proxies(client, "default") == flag


async def test_a_world_from_another_one_has_its_proxies(serve: Serve):
    client = await serve(trusted_proxies=FLAG)
    await made(client, id="body", trustedProxies=BODY)
    await made(client, id="file", fixtures={"version": 1, "trustedProxies": FILE})
    for origin, expected in (("default", FLAG), ("body", BODY), ("file", FILE)):
        assert (await made(client, **{"from": origin}))["trustedProxies"] == expected
        assert (await made(client, **{"from": origin, "trustedProxies": ["::1"]}))["trustedProxies"] == ["::1/128"]
        assert await proxies(client, origin) == expected


async def test_a_state_goes_out_and_in_unchanged(serve: Serve):
    client = await serve(trusted_proxies=FLAG)
    await made(client, id="body", trustedProxies=BODY)
    await made(client, id="file", fixtures={"version": 1, "trustedProxies": FILE})
    await made(client, id="none", fixtures={"version": 1, "trustedProxies": []})
    for world, expected in (("default", FLAG), ("body", BODY), ("file", FILE), ("none", None)):
        path = f"{WORLDS}/{world}/state"
        for query in ("", "?as=seed"):
            state = (await client.get(f"{path}?secrets=clear")).json
            assert (await control(client, "PUT", path + query, state)).status == 204
            assert await proxies(client, world) == expected


async def test_a_state_sets_and_takes_away_the_proxies(server: Client):
    path, state = f"{WORLDS}/default/state", await server.state()
    await control(server, "PUT", path, {**state, "trustedProxies": FILE})
    assert await proxies(server, "default") == FILE
    changes = (await server.get(f"{WORLDS}/default/revisions")).json["revisions"][0]["changes"]
    assert changes == [{"pointer": "/trustedProxies", "before": None, "after": FILE}]
    await control(server, "PUT", path, state)
    assert await proxies(server, "default") is None
    await control(server, "PUT", path, {**state, "trustedProxies": FILE})
    await control(server, "POST", f"{WORLDS}/default/reset")
    assert await proxies(server, "default") is None


@pytest.mark.parametrize(
    ("value", "pointer", "told"),
    [
        ("10.0.0.0/8", "/trustedProxies", "expected array"),
        (None, "/trustedProxies", "expected array"),
        ({}, "/trustedProxies", "expected array"),
        ([1], "/trustedProxies/0", "expected string"),
        ([None], "/trustedProxies/0", "expected string"),
        ([""], "/trustedProxies/0", "'' is not a CIDR block such as 10.0.0.0/8"),
        (["10.0.0.0/8", "x"], "/trustedProxies/1", "'x' is not a CIDR block such as 10.0.0.0/8"),
        (["10.0.0.0/33"], "/trustedProxies/0", "'10.0.0.0/33' is not a CIDR block such as 10.0.0.0/8"),
        (["10.0.0.1/8"], "/trustedProxies/0", "did you mean 10.0.0.0/8?"),
        (["fd00::1/8"], "/trustedProxies/0", "did you mean fd00::/8?"),
        (["1" * 65], "/trustedProxies/0", "64"),
        (["10.0.0.0/8"] * 1001, "/trustedProxies", "1000"),
    ],
)
async def test_what_is_no_list_of_blocks_makes_no_world(server: Client, value: Any, pointer: str, told: str):
    answer = await control(server, "POST", WORLDS, {"id": "one", "trustedProxies": value})
    assert answer.status == 400
    assert answer.json["errors"][0]["pointer"] == pointer
    assert told in answer.json["message"]
    assert (await server.get(f"{WORLDS}/one")).status == 404


async def test_a_mistyped_key_is_told_the_right_one(server: Client):
    answer = await control(server, "POST", WORLDS, {"trustedProxy": []})
    assert answer.status == 400
    assert "did you mean" in answer.json["message"].lower()
    assert "trustedProxies" in answer.json["message"]


async def test_bad_proxies_in_fixtures_make_no_world_and_no_state(server: Client):
    fixtures = {"version": 1, "trustedProxies": ["10.0.0.1/8"]}
    for method, path, body in (
        ("POST", WORLDS, {"fixtures": fixtures}),
        ("PUT", f"{WORLDS}/default/state", fixtures),
    ):
        answer = await control(server, method, path, body)
        assert (answer.status, answer.json["error"]) == (400, "InvalidFixtures")
        assert "did you mean 10.0.0.0/8?" in answer.json["message"]
    assert len((await server.state())["identities"]) > 0
