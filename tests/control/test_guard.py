"""Who may use the control API: no page of another origin, and with a control token, its bearer only."""

import pytest

from tests.client import Client
from tests.conftest import Serve

RULES = "/_mock/rules"


@pytest.mark.parametrize(
    ("allowed", "headers", "status"),
    [
        pytest.param((), {"Host": "mock.example.com"}, 403, id="none"),
        pytest.param(("mock.example.com",), {"Host": "mock.example.com"}, 200, id="the name"),
        pytest.param(
            ("mock.example.com",), {"Host": "MOCK.example.com.:8443"}, 200, id="the name in capitals with a port"
        ),
        pytest.param(("mock.example.com",), {"Host": "other.example.com"}, 403, id="another name"),
        pytest.param(("a.com", "b.com"), {"Host": "b.com", "Origin": "https://a.com:1"}, 200, id="an origin of a name"),
        pytest.param(("a.com",), {"Host": "a.com", "Origin": "https://b.com"}, 403, id="an origin of another name"),
        pytest.param(("*",), {"Host": "any.example.com"}, 200, id="any name"),
        pytest.param(("*",), {"Host": "a.com", "Origin": "http://a.com"}, 200, id="any name, a page of it"),
        pytest.param(("*",), {"Host": "a.com", "Origin": "http://b.com"}, 403, id="any name, a page of another"),
    ],
)
async def test_names_can_be_allowed(allowed: tuple[str, ...], headers: dict[str, str], status: int, serve: Serve):
    server = await serve(allowed_hosts=allowed)
    answer = await server.get(RULES, headers=headers)
    assert answer.status == status
    if status == 403:
        assert "--allowed-host" in answer.json["message"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 200, id="no browser"),
        pytest.param({"Host": "localhost:8080"}, 200, id="localhost"),
        pytest.param({"Host": "[::1]:8080"}, 200, id="an address of IPv6"),
        pytest.param({"Host": "192.168.7.7"}, 200, id="an address of a network"),
        pytest.param({"Host": "infisical-mock"}, 200, id="a service's name, as in compose files"),
        pytest.param({"Host": "mock.ci.svc"}, 200, id="a service's name, as in a cluster"),
        pytest.param({"Host": "host.docker.internal:1"}, 200, id="the host of containers"),
        pytest.param({"Host": "MOCK.LOCALHOST."}, 200, id="capitals and a dot at the end"),
        pytest.param({"Host": "rebound.attacker.com"}, 403, id="a name that a stranger can own"),
        pytest.param({"Host": "127.0.0.1.attacker.com"}, 403, id="an address in a stranger's name"),
        pytest.param({"Host": "[::1"}, 403, id="no name at all"),
        pytest.param({"Host": "localhost:1", "Origin": "http://localhost:1"}, 200, id="a page of this server"),
        pytest.param({"Host": "localhost:1", "Origin": "http://localhost:2"}, 403, id="a page of another port"),
        pytest.param({"Origin": "https://attacker.com"}, 403, id="a page of another origin"),
        pytest.param({"Origin": "null"}, 403, id="a page of no origin"),
        pytest.param({"Origin": "http://[::1"}, 403, id="an origin that is none"),
        pytest.param({"Sec-Fetch-Site": "cross-site"}, 403, id="a browser says that another site asks"),
        pytest.param({"Sec-Fetch-Site": "same-site"}, 403, id="a browser says that a neighbour asks"),
        pytest.param({"Sec-Fetch-Site": "same-origin"}, 200, id="a browser says that this very page asks"),
        pytest.param({"Sec-Fetch-Site": "none"}, 200, id="a person typed the address"),
    ],
)
async def test_pages_of_other_origins_get_no_answer(server: Client, headers: dict[str, str], status: int):
    answer = await server.get(RULES, headers=headers)
    assert answer.status == status
    if status == 403:
        assert answer.error == "ForeignPage"
        assert "rules" not in answer.json
    assert "Access-Control-Allow-Origin" not in answer.headers


async def test_a_page_of_another_origin_changes_nothing(server: Client):
    await server.update({"allowedNames": "kept"})
    answer = await server.send("POST", "/_mock/reset", headers={"Origin": "https://attacker.com"})
    assert answer.status == 403
    assert (await server.stored())["allowedNames"] == "kept"


async def test_the_vendors_api_is_open_to_any_origin_and_host(server: Client):
    answer = await server.update({"allowedNames": "a"}, headers={"Host": "a.com", "Origin": "https://b.com"})
    assert answer.status == 200


CONTROL_TOKEN = "control-s3cret"
CALLS = (
    ("GET", "/_mock/rules"),
    ("GET", "/_mock/requests"),
    ("DELETE", "/_mock/requests"),
    ("POST", "/_mock/reset"),
    ("GET", "/_mock/worlds/default/state"),
    ("PUT", "/_mock/worlds/default/state"),
    ("GET", "/_mock/openapi.yaml"),
    ("GET", "/_mock/worlds/default/identities"),
    ("POST", "/_mock/mcp"),
    ("GET", "/_mock/nothing"),
    ("GET", "/_mock"),
)


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize("sent", [None, "", "Bearer", "Bearer other", f"Basic {CONTROL_TOKEN}", CONTROL_TOKEN])
async def test_with_a_control_token_every_call_but_health_needs_it(
    serve: Serve, method: str, path: str, sent: str | None
):
    client = await serve(control_token=CONTROL_TOKEN)
    headers = {} if sent is None else {"Authorization": sent}
    answer = await client.send(method, path, token=None, headers=headers)
    assert (answer.status, answer.error, answer.headers["WWW-Authenticate"]) == (401, "Unauthorized", "Bearer")
    assert CONTROL_TOKEN.encode() not in answer.content


async def test_with_the_control_token_the_calls_are_answered(serve: Serve):
    client = await serve(control_token=CONTROL_TOKEN)
    statuses = [(await client.send("GET", path, token=CONTROL_TOKEN)).status for path in (RULES, "/_mock/requests")]
    assert statuses == [200, 200]
    assert (
        await client.send("GET", RULES, token=None, headers={"Authorization": f"bearer {CONTROL_TOKEN}"})
    ).status == 200


async def test_health_needs_no_control_token(serve: Serve):
    client = await serve(control_token=CONTROL_TOKEN)
    for path in ("/_mock/health", "/_mock/health/"):
        assert (await client.get(path)).status == 200


async def test_a_control_token_of_bytes_that_are_no_text_is_refused(serve: Serve):
    client = await serve(control_token=CONTROL_TOKEN)
    async with client.wire() as wire:
        await wire.send(b"GET /_mock/rules HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \xff\xfe\r\n\r\n")
        assert (await wire.answer("GET")).status == 401


async def test_the_vendors_api_needs_no_control_token(serve: Serve):
    client = await serve(control_token=CONTROL_TOKEN)
    assert (await client.update({"allowedNames": "a"})).status == 200
    assert (await client.get("/api/status")).status == 200


async def test_without_control_there_is_only_the_health_check_under_the_prefix(serve: Serve):
    client = await serve(control=False)
    assert (await client.get("/_mock/health")).status == 200
    for method, path in CALLS:
        answer = await client.send(method, path)
        assert (answer.status, answer.rule) == (404, "route.unknown")
    assert (await client.update({"allowedNames": "a"})).status == 200
    assert (await client.get("/openapi.yaml")).status == 200
