"""Request lines, headers and framing that nobody should send."""

from io import StringIO
from typing import NamedTuple

import pytest

from mockserver.rules.profile import Profile
from tests.client import ADMIN, IDENTITIES, JSON, PAYMENTS, Client, head, in_envelope, in_framework, request
from tests.conftest import Serve

TARGET = IDENTITIES + PAYMENTS
ANY = b'{"allowedNames": "api"}'
LENGTH = str(len(ANY))


@pytest.fixture
async def asked(serve: Serve, profile: Profile) -> Client:
    """A server of either profile, which logs every request."""
    return await serve(profile=profile, log_level="info")


BROKEN = {
    "garbage": b"\x00\xff\xfe garbage\r\n\r\n",
    "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "a word": b"hello\r\n\r\n",
    "a preface of HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a version that is none": request(version="9.9"),
    "a method that is none": head("BREW"),
    "a method in small letters": head("patch"),
    "no target": head(target=""),
    "a target without its slash": head(target=TARGET[1:]),
    "a line break in the target": head(target=IDENTITIES + "a\nb"),
    "a letter beyond ASCII in the target": head(target=IDENTITIES + "é"),
    "a byte that is no letter in the target": head(target=IDENTITIES + "\udcff"),
    "an absolute target whose host is none": head(target=f"http://[::1{TARGET}"),
    "an absolute target whose port is none": head(target=f"http://a:99999{TARGET}"),
    "no Host": b"GET /x HTTP/1.1\r\n\r\n",
    "two Hosts": b"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
    "a header without colon": b"GET /x HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
    "a header with NUL": b"GET /x HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n",
    "a folded header": b"GET /x HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n",
    "line feeds alone": b"GET /x HTTP/1.1\nHost: a\n\n",
    "64 KB of one header": head(X_Big="a" * 65536),
    "64 KB of token": head(Authorization="Bearer " + "a" * 65536),
    "64 KB of target": head(target="/" + "a" * 65536),
    "64 KB of many headers": b"GET /x HTTP/1.1\r\nHost: a\r\n" + b"X-Y: a\r\n" * 8192 + b"\r\n",
    "a length below zero": head(Content_Length="-1"),
    "a length in words": head(Content_Length="two"),
    "two lengths": head(Content_Length="2").replace(b"\r\n\r\n", b"\r\nContent-Length: 3\r\n\r\n") + b"{}a",
    "a length and chunks": head(Content_Length="2", Transfer_Encoding="chunked") + b"2\r\n{}\r\n0\r\n\r\n",
    "an encoding of transfer that is none": head(Transfer_Encoding="folded") + b"{}",
    "a chunk whose size is none": head(Transfer_Encoding="chunked") + b"zz\r\n{}\r\n0\r\n\r\n",
}


@pytest.mark.parametrize("content", BROKEN.values(), ids=BROKEN)
async def test_what_is_no_http_is_400_in_the_envelope_and_ends_the_connection(
    content: bytes, asked: Client, log: StringIO
):
    async with asked.wire() as wire:
        await wire.send(content)
        answer = in_envelope(await wire.answer())
        assert (answer.status, answer.error, answer.rule) == (400, "BadRequest", "http.malformed")
        assert b"aaaa" not in answer.content, "the parser's quotes may hold a secret"
        assert await wire.is_closed()
    assert "rror" not in log.getvalue()
    assert (await asked.update({"allowedNames": "next"})).status == 200


class Row(NamedTuple):
    """A request of good HTTP, and the rule that refuses it; `framework`: whether `live` has the shape without id."""

    name: str
    content: bytes
    rule: str
    contract: tuple[int, str]
    live: tuple[int, str]
    framework: bool = True


BAD_URL = "route.encoding", (400, "BadRequest"), (400, "Bad Request")
NO_ROUTE = (404, "NotFound"), (404, "Not Found")
NO_UUID = "identity.uuid", (404, "NotFound"), (500, "MembershipGetByIdentityId"), False
WRONG_METHOD = "route.method", (405, "MethodNotAllowed"), (404, "Not Found")


def to(target: str) -> bytes:
    return request(ANY, target=target)


ODD = (
    Row("a lone percent sign", to(f"{IDENTITIES}%"), *BAD_URL),
    Row("an escape of no digits", to(f"{IDENTITIES}%zz"), *BAD_URL),
    Row("half an escape", to(f"{IDENTITIES}a%2"), *BAD_URL),
    Row("an escape that is no UTF-8", to(f"{IDENTITIES}%ff"), *BAD_URL),
    Row("an escaped surrogate", to(f"{IDENTITIES}%ed%a0%80"), *BAD_URL),
    Row("a bad escape elsewhere in the path", to("/api/%/x"), *BAD_URL),
    Row("a bad escape in an absolute target", to(f"http://localhost{IDENTITIES}%zz"), *BAD_URL),
    Row("an escaped NUL", to(f"{IDENTITIES}%00"), *NO_UUID),
    Row("an escaped line break", to(f"{IDENTITIES}a%0Ab"), *NO_UUID),
    Row("an escaped slash in the id", to(f"{IDENTITIES}a%2Fb"), *NO_UUID),
    Row("a UUID and an escaped blank", to(f"{TARGET}%20"), *NO_UUID),
    Row("100 characters", to(IDENTITIES + "a" * 100), *NO_UUID),
    Row("101 characters", to(IDENTITIES + "a" * 101), "route.segment", *NO_ROUTE),
    Row("an escaped slash for a slash", to(TARGET.replace("/v1/", "/v1%2F")), "route.unknown", *NO_ROUTE),
    Row("no id", to(IDENTITIES), "route.unknown", *NO_ROUTE),
    Row("a segment behind the id", to(f"{TARGET}/more"), "route.unknown", *NO_ROUTE),
    Row("doubled slashes", to(TARGET.replace("/v1/", "//v1/")), "route.unknown", *NO_ROUTE),
    Row("capital letters", to(TARGET.replace("api", "API")), "route.unknown", *NO_ROUTE),
    Row("a way up", to(f"/x/..{TARGET}"), "route.unknown", *NO_ROUTE),
    Row("CONNECT", head("CONNECT", "example.com:443"), "route.unknown", *NO_ROUTE),
    Row("TRACE", head("TRACE"), *WRONG_METHOD),
    Row("a method of WebDAV", head("PROPFIND"), *WRONG_METHOD),
    Row(
        "an upgrade to a web socket",
        head("PUT", Upgrade="websocket", Connection="Upgrade", Content_Type="text/plain"),
        *WRONG_METHOD,
    ),
)


@pytest.mark.parametrize("row", ODD, ids=lambda row: row.name)
async def test_an_odd_request_is_refused_as_the_profile_has_it(row: Row, asked: Client, profile: Profile):
    async with asked.wire() as wire:
        await wire.send(row.content)
        answer = await wire.answer()
    in_live = profile is Profile.LIVE
    (in_framework if in_live and row.framework else in_envelope)(answer)
    assert (answer.status, answer.error) == (row.live if in_live else row.contract)
    assert answer.rule == row.rule
    assert ("Allow" in answer.headers) == (answer.status == 405)
    assert (await asked.update({"allowedNames": "next"})).status == 200


GOOD = {
    "an absolute target": request(ANY, target=f"http://elsewhere.example{TARGET}"),
    "a slash at the end": request(ANY, target=f"{TARGET}/"),
    "an escaped letter": request(ANY, target=TARGET.replace("/auth/", "/%61uth/")),
    "a query that is garbage": request(ANY, target=f"{TARGET}?%&=&&%zz=%00"),
    "a fragment": request(ANY, target=f"{TARGET}?a#b"),
    "an id in capitals": request(ANY, target=TARGET.upper().replace(IDENTITIES.upper(), IDENTITIES)),
    "a Host that is none": request(ANY, Host="[::1"),
    "chunks of one byte": head(Transfer_Encoding="chunked")
    + b"".join(b"1\r\n%c\r\n" % byte for byte in ANY)
    + b"0\r\n\r\n",
    "a chunk with an extension and trailers": head(Transfer_Encoding="chunked")
    + b"%x;a=b\r\n%s\r\n0\r\nX-Trailer: a\r\n\r\n" % (len(ANY), ANY),
}


@pytest.mark.parametrize("content", GOOD.values(), ids=GOOD)
async def test_what_is_odd_and_good_is_taken(content: bytes, asked: Client):
    async with asked.wire() as wire:
        await wire.send(content)
        answer = await wire.answer()
        assert (answer.status, answer.rule, answer.headers["Content-Type"]) == (200, "accepted", JSON)


async def test_http_1_0_gets_its_answer_and_the_connection_ends(asked: Client):
    async with asked.wire() as wire:
        await wire.send(request(ANY, version="1.0"))
        assert (await wire.answer()).status == 200
        assert await wire.is_closed()


async def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(asked: Client):
    async with asked.wire() as wire:
        await wire.send(head(Content_Length=LENGTH, Expect="100-continue"))
        assert (await wire.answer()).status == 100
        await wire.send(ANY)
        assert (await wire.answer()).record["allowedNames"] == "api"


async def test_a_client_that_waits_for_leave_and_has_no_token_is_refused_at_once(asked: Client):
    async with asked.wire() as wire:
        await wire.send(head(Content_Length=LENGTH, Expect="100-continue", Authorization="Bearer nobody"))
        assert (await wire.answer()).status == 100
        assert in_envelope(await wire.answer()).error == "TokenError"


async def test_pipelined_requests_are_answered_in_their_order(asked: Client):
    names = [f"name-{number}" for number in range(20)]
    async with asked.wire() as wire:
        await wire.send(b"".join(request(b'{"allowedNames": "%s"}' % name.encode()) for name in names))
        answered = [(await wire.answer()).record["allowedNames"] for _ in names]
    assert answered == names


async def test_a_refused_request_in_a_pipeline_does_not_stop_the_next_one(asked: Client):
    async with asked.wire() as wire:
        await wire.send(request(b"{") + request(ANY, target="/nowhere") + request(ANY))
        assert [(await wire.answer()).rule for _ in range(3)] == ["body.syntax", "route.unknown", "accepted"]


async def test_head_has_the_headers_of_the_answer_and_no_body(asked: Client, profile: Profile):
    status, rule = (405, "route.method") if profile is Profile.CONTRACT else (200, "accepted")
    async with asked.wire() as wire:
        await wire.send(head("HEAD", Authorization=f"Bearer {ADMIN}"))
        answer = await wire.answer(method="HEAD")
        assert (answer.status, answer.rule) == (status, rule)
        await wire.send(request(ANY))
        assert (await wire.answer()).status == 200


async def test_a_long_header_is_not_repeated_by_the_journal(asked: Client):
    secret = "s3cret" * 2000
    async with asked.wire() as wire:
        await wire.send(head(X_Anything=secret, Authorization=f"Bearer {ADMIN}{secret}"))
        answer = in_envelope(await wire.answer())
    assert b"s3cret" not in answer.content
    assert "s3cret" not in str(await asked.journalled(answer))
