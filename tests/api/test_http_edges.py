"""The edges of the service's HTTP: preflight, CORS, the UI's page, framing, keep-alive (errors.md, HTTP edges)."""

import asyncio
import json

import pytest

from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from tests.client import ADMIN, IDENTITIES, PAYMENTS, Client, head, in_envelope, in_framework
from tests.conftest import Serve

ORIGIN = "https://app.example"
PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "PATCH"}
BODY = b'{"allowedNames": "api"}'
EVERY = tuple(Generation)
GET = IDENTITIES + PAYMENTS


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile."""
    return await serve(profile=profile)


@pytest.mark.parametrize("path", [GET, "/api/v1/nothing", "/nothing", f"/w/default{GET}", "/w/nobody/api"])
async def test_a_preflight_is_answered_before_route_and_token_in_both_profiles(path: str, asked: Client):
    sent = PREFLIGHT | {"Access-Control-Request-Headers": "authorization,content-type"}
    answer = await asked.send("OPTIONS", path, token=None, headers=sent)
    assert (answer.status, answer.content, answer.rule) == (204, b"", "http.preflight")
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert answer.headers["Access-Control-Allow-Credentials"] == "true"
    assert answer.headers["Access-Control-Allow-Headers"] == "authorization,content-type"
    assert {"PATCH", "DELETE", "GET", "POST"} <= set(answer.headers["Access-Control-Allow-Methods"].split(","))
    assert "Origin" in answer.headers["Vary"]
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("missing", [None, *PREFLIGHT])
async def test_an_options_without_the_two_headers_is_no_preflight(missing, asked: Client, profile: Profile):
    headers = {} if missing is None else {name: value for name, value in PREFLIGHT.items() if name != missing}
    answer = await asked.send("OPTIONS", GET, headers=headers)
    if profile is Profile.LIVE:
        assert (answer.status, answer.content, answer.rule) == (
            400,
            b"Invalid Preflight Request",
            "http.preflight-invalid",
        )
        assert answer.headers["Content-Type"].startswith("text/plain")
    else:
        assert (in_envelope(answer).status, answer.rule) == (405, "route.method")


async def test_the_control_api_answers_no_preflight(asked: Client):
    answer = await asked.send("OPTIONS", "/_mock/worlds", token=None, headers=PREFLIGHT)
    assert answer.status != 204
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", GET, 200), ("GET", "/api/v1/nothing", 404), ("PATCH", GET, 422)]
)
async def test_a_response_names_the_origin_that_asked_in_live_alone(method, path, status, asked: Client, profile):
    for headers in ({}, {"Origin": ORIGIN}):
        answer = await asked.send(method, path, headers=headers)
        assert answer.status == status
        named = answer.headers.get("Access-Control-Allow-Origin")
        assert named == (ORIGIN if headers and profile is Profile.LIVE else None)


@pytest.mark.parametrize(
    "path", ["/", "/login", "//api/v1/identities", "/v1/auth/kubernetes-auth/login", "/w/default/x"]
)
async def test_a_get_outside_the_api_is_the_page_of_the_ui(path: str, asked: Client, profile: Profile):
    async with asked.wire() as wire:
        for method in ("GET", "HEAD"):
            await wire.send(head(method, path))
            answer = await wire.answer(method)
            if profile is Profile.LIVE:
                assert (answer.status, answer.rule) == (200, "route.page")
                assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
                assert answer.content.count(b"\n") == (method == "GET")
            else:
                assert answer.status in (404, 405)


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/api/v1/nothing"), ("GET", "/apis"), ("GET", "/api"), ("POST", "/login")]
)
async def test_other_paths_and_methods_are_the_frameworks_404(method: str, path: str, live: Client):
    assert in_framework(await live.send(method, path)).status == 404


async def test_the_rule_of_the_page_explains_the_mistake(live: Client):
    entry = await live.journalled(await live.send("GET", "/v1/identities"))
    assert "/api" in entry["reason"]
    assert "base URL" in entry["reason"]


@pytest.mark.parametrize(
    ("value", "live", "contract"), [("100-continue", 200, 200), ("100-Continue", 200, 200), ("x", 417, 200)]
)
async def test_an_expectation_is_met_or_not(value, live, contract, asked: Client, profile: Profile):
    async with asked.wire() as wire:
        await wire.send(head("GET", Expect=value))
        answer = await wire.answer("GET")
        if answer.status == 100:
            answer = await wire.answer("GET")
        assert answer.status == (live if profile is Profile.LIVE else contract)
        assert answer.status != 417 or (answer.rule, answer.content) == ("http.expectation", b"")


async def test_of_two_tokens_the_first_counts(asked: Client):
    async with asked.wire() as wire:
        lines = b"\r\n".join(
            (
                f"PATCH {GET} HTTP/1.1".encode(),
                b"Host: mock.test",
                f"Authorization: Bearer {ADMIN}".encode(),
                b"Authorization: Bearer nobody",
                b"Content-Type: application/json",
                b"Content-Length: %d" % len(BODY),
            )
        )
        await wire.send(lines + b"\r\n\r\n" + BODY)
        assert (await wire.answer()).status == 200


async def test_a_content_encoding_is_never_decoded(asked: Client):
    sent = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert (await asked.send("PATCH", GET, data=BODY, headers=sent)).status == 200


@pytest.mark.parametrize("generation", EVERY)
@pytest.mark.parametrize(("mark", "kept_in"), [(";x", Generation.AUGUST), ("#x", None), ("#", None)])
async def test_a_mark_ends_a_path(mark: str, kept_in, generation: Generation, serve: Serve, profile: Profile):
    client = await serve(profile=profile, as_of=generation)
    async with client.wire() as wire:
        await wire.send(head("GET", f"{GET}{mark}"))
        answer = await wire.answer("GET")
    ends = profile is Profile.LIVE and (kept_in is None or generation < kept_in)
    if ends:
        assert (answer.status, answer.rule) == (200, "accepted")
    else:
        assert answer.status in (400, 404, 500)


@pytest.mark.parametrize("framing", [{"Content_Length": "10"}, {"Transfer_Encoding": "chunked"}])
async def test_a_get_never_waits_for_a_body(framing: dict[str, str], asked: Client):
    async with asked.wire() as wire:
        await wire.send(head("GET", **framing))
        answer = await wire.answer("GET", seconds=2)
        assert (answer.status, answer.rule) == (200, "accepted")


JSON_TYPE = {"Content-Type": "application/json"}


def _without_type(sent: bytes) -> bytes:
    return sent.replace(b"Content-Type: application/json\r\n", b"")


DELETES = {
    # generation -> status and error of a DELETE with a JSON media type and no body (None: it reaches the operation)
    Generation.MAY: None,
    Generation.AUGUST: (500, "InternalServerError", "body.unannounced"),
    Generation.SEPTEMBER: (500, "InternalServerError", "body.unannounced"),
    Generation.OCTOBER: (400, "FST_ERR_CTP_EMPTY_JSON_BODY", "body.unannounced"),
}


@pytest.mark.parametrize("generation", EVERY)
async def test_a_delete_of_json_without_a_body(generation: Generation, serve: Serve, profile: Profile):
    client = await serve(profile=profile, as_of=generation)
    async with client.wire() as wire:
        await wire.send(head("DELETE", Content_Type="application/json"))
        answer = await wire.answer("DELETE")
        expected = DELETES[generation] if profile is Profile.LIVE else None
        if expected is None:
            assert answer.status == 200
        else:
            assert (in_envelope(answer).status, answer.error, answer.rule) == expected
            await wire.send(_without_type(head("DELETE")))
            assert (await wire.answer("DELETE")).status == 200


CHUNKED = {
    # method -> the rule for an empty chunked body without a media type, from that generation until before that one
    "PATCH": ("body.chunked-empty", Generation.MAY, Generation.OCTOBER),
    "DELETE": ("body.delete-chunked-empty", Generation.AUGUST, Generation.OCTOBER),
}


@pytest.mark.parametrize("generation", EVERY)
@pytest.mark.parametrize("method", CHUNKED)
async def test_an_empty_chunked_body_without_a_media_type(method, generation, serve: Serve, profile: Profile):
    client = await serve(profile=profile, as_of=generation)
    rule, first, end = CHUNKED[method]
    async with client.wire() as wire:
        await wire.send(_without_type(head(method, Transfer_Encoding="chunked")) + b"0\r\n\r\n")
        answer = await wire.answer(method)
    if profile is Profile.LIVE and first <= generation < end:
        assert (in_envelope(answer).status, answer.error, answer.rule) == (500, "InternalServerError", rule)
    else:
        assert answer.status == (200 if method == "DELETE" else 422)


BROKEN = b'{"allowedNames": "a\xff\xe2\x28b"}'


async def test_bytes_that_are_not_utf_8_are_replaced_in_chunks_and_refused_with_a_length(asked, profile: Profile):
    async with asked.wire() as wire:
        chunk = b"%x\r\n%s\r\n0\r\n\r\n" % (len(BROKEN), BROKEN)
        await wire.send(head(Transfer_Encoding="chunked", Content_Type="application/json") + chunk)
        answer = await wire.answer()
        if profile is Profile.LIVE:
            assert (answer.status, answer.record["allowedNames"]) == (200, "a\ufffd\ufffd(b")
        else:
            assert (answer.status, answer.rule) == (400, "body.encoding")
        await wire.send(head(Content_Length=str(len(BROKEN)), Content_Type="application/json") + BROKEN)
        assert (await wire.answer()).rule == "body.encoding"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(("data", "rule"), [(b"{", "body.syntax"), (b"", "body.empty"), (b"{}", None), (b"null", None)])
async def test_an_unknown_path_reads_the_body_first(method: str, data: bytes, rule, asked: Client, profile: Profile):
    answer = await asked.send(method, "/api/v1/nothing", data=data, headers=JSON_TYPE)
    expected = rule if rule and profile is Profile.LIVE else "route.unknown"
    assert answer.rule == expected
    assert answer.status == (404 if expected == "route.unknown" else 500)


async def test_an_unknown_path_reads_no_body_of_a_get(live: Client):
    assert (await live.send("GET", "/api/v1/nothing", data=b"{", headers=JSON_TYPE)).rule == "route.unknown"


@pytest.mark.parametrize("method", ["GET", "PATCH"])
async def test_a_kept_connection_says_for_how_long(method: str, asked: Client):
    async with asked.wire() as wire:
        await wire.send(head(method, Content_Length="0"))
        answer = await wire.answer(method)
        assert (answer.headers["Connection"], answer.headers["Keep-Alive"]) == ("keep-alive", "timeout=72")
        await wire.send(head(method, Content_Length="0", Connection="close"))
        answer = await wire.answer(method)
        assert answer.headers["Connection"] == "close"
        assert "Keep-Alive" not in answer.headers


async def test_of_two_authorization_headers_the_first_counts_and_two_media_types_are_malformed(live: Client):
    """The service takes the first media type too; the parser cannot be told so (docs/explanation/truth.md)."""
    for name, value, rule in (
        ("Authorization", "Bearer nobody", "accepted"),
        ("Content-Type", "application/json", "http.malformed"),
    ):
        async with live.wire() as wire:
            await wire.send(head("GET").replace(b"\r\n\r\n", f"\r\n{name}: {value}\r\n\r\n".encode()))
            answer = await wire.answer("GET")
            assert answer.rule == rule


@pytest.mark.parametrize(("seconds", "told"), [(5, "5"), (72, "72"), (90.9, "90"), (0.5, "0"), (86400, "86400")])
@pytest.mark.parametrize("delayed", [False, True])
async def test_the_time_that_is_said_is_that_of_the_server(serve: Serve, seconds: float, told: str, *, delayed: bool):
    """A response that waits is written by another part of the server."""
    client = await serve(profile="live", idle_timeout=seconds)
    if delayed:
        await client.send("POST", "/_mock/worlds/default/faults", {"kind": "delay", "seconds": 0.01}, token=None)
    async with client.wire() as wire:
        await wire.send(head("GET"))
        answer = await wire.answer("GET")
        assert (answer.status, answer.headers["Keep-Alive"]) == (200, f"timeout={told}")


async def test_the_control_api_says_nothing_of_idle_connections(serve: Serve):
    client = await serve(profile="live", idle_timeout=5)
    assert "Keep-Alive" not in (await client.get("/_mock/health")).headers


@pytest.mark.parametrize(
    "version", ["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3", "HTTP/11.1", "HTTPS/1.1", "http/1.1"]
)
async def test_another_version_is_a_400_in_http_1_1(version: str, asked: Client):
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port)
    writer.write(f"GET {GET} {version}\r\nHost: mock.test\r\nAuthorization: Bearer {ADMIN}\r\n\r\n".encode())
    received = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    top, _, body = received.partition(b"\r\n\r\n")
    assert top.startswith(b"HTTP/1.1 400 ")
    assert b"Mock-Rule: http.malformed" in top
    assert json.loads(body)["error"] == "BadRequest"


@pytest.mark.parametrize("version", ["HTTP/1.0", "HTTP/1.1"])
async def test_both_versions_of_http_1_are_taken(version: str, asked: Client):
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.port)
    sent = f"GET {GET} {version}\r\nHost: m\r\nAuthorization: Bearer {ADMIN}\r\nConnection: close\r\n\r\n"
    writer.write(sent.encode())
    received = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    assert received.startswith(f"{version} 200 ".encode())


@pytest.mark.parametrize(("slashes", "status"), [("/", 200), ("//", 404)])
async def test_one_slash_at_the_end_is_the_same_route_and_two_are_none(slashes: str, status: int, live: Client):
    assert (await live.send("GET", f"{GET}{slashes}")).status == status
