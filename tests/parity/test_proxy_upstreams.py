"""A proxy before servers that are gone, hang, cut, or talk nonsense, and clients that go: each request has its end."""

import asyncio
import gzip
import json
import re
import socket

import pytest
from aiohttp import web

from mockserver.parity.proxy.upstream import WHOLE_BYTES
from tests.cli.commands import COMMAND, environment, run
from tests.client import IDENTITIES, PAYMENTS, head, in_envelope
from tests.conftest import Serve
from tests.parity.proxies import Proxied, proxied, raw, sending
from tests.parity.tenants import never, stub

__all__ = ["proxied"]
PATH = IDENTITIES + PAYMENTS


def unreachable(answer, reason: str) -> None:
    """The answer is the proxy's own 502, which says why."""
    assert in_envelope(answer).status == 502
    assert (answer.rule, answer.error) == ("proxy.unreachable", "BadGateway")
    assert reason in answer.json["message"], answer.json


async def test_no_server_is_there(proxied: Proxied):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        proxy = await proxied(f"http://127.0.0.1:{free.getsockname()[1]}")
        for method in ("GET", "PATCH", "DELETE"):
            answer = await proxy.send(method, PATH)
            unreachable(answer, "no connection")
            entry = await proxy.journalled(answer)
            assert (entry["status"], entry["rule"], entry["method"]) == (502, "proxy.unreachable", method)
        said = (await proxy.get("/_mock/requests/latest/explain")).json
        assert said["decidedBy"]["rule"] == "proxy.unreachable"
        assert "has not answered" in said["notCompared"]
        rows = (await proxy.get("/_mock/requests?rule=proxy.unreachable")).json["requests"]
        assert len(rows) == 3


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "closed without an answer"),
        (b"nonsense\r\n\r\n", "not HTTP"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not HTTP"),
        (b"\x16\x03\x01\x00\x00", "not HTTP"),
        (b"HTTP/1.1 999999 X\r\n\r\n", "not HTTP"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", "not HTTP"),
        (OK + b"Content-Length: 100\r\n\r\n{", "in the middle"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", "in the middle"),
        (OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{", "HTTP"),
        (OK + b"Content-Length: x\r\n\r\n{", "not HTTP"),
        (b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "101"),
    ],
)
async def test_what_is_no_answer_is_a_502(proxied: Proxied, content: bytes, reason: str):
    async with raw(sending(content)) as url:
        proxy = await proxied(url)
        unreachable(await proxy.send("GET", PATH), reason)
        unreachable(await proxy.update({"allowedNames": "a"}), reason)


@pytest.mark.parametrize("content", [b"", OK, OK + b"Content-Length: 5\r\n\r\n{"])
async def test_an_upstream_that_hangs_is_a_502_after_the_timeout(proxied: Proxied, content: bytes):
    async with raw(sending(content, then=30)) as url:
        proxy = await proxied(url, seconds=0.3)
        async with asyncio.timeout(3):
            unreachable(await proxy.send("GET", PATH), "no response within 0.3 s")


async def test_one_that_trickles_is_a_502_after_the_timeout(proxied: Proxied):
    async def trickle(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK + b"Content-Length: 100000\r\n\r\n")
        for _ in range(200):
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.05)

    async with raw(trickle) as url:
        proxy = await proxied(url, seconds=0.4)
        async with asyncio.timeout(3):
            unreachable(await proxy.send("GET", PATH), "no response within 0.4 s")


async def test_a_response_is_passed_on_as_it_came(proxied: Proxied):
    content = (
        b"HTTP/1.1 299 Very Fine\r\nSet-Cookie: a=1; Path=/\r\nSet-Cookie: b=2\r\nX-Odd: caf\xe9\r\nDate: yesterday\r\n"
        b"Server: nobody\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=99\r\n"
        b"Mock-Rule: theirs\r\nMock-Other: theirs\r\nContent-Length: 3\r\n\r\n\x00\xff\n"
    )
    async with raw(sending(content)) as url:
        proxy = await proxied(url)
        async with proxy.wire() as wire:
            await wire.send(head("GET", "/x", Connection="close"))
            answered = await wire._reader.read()
    lines, _, body = answered.partition(b"\r\n\r\n")
    assert body == b"\x00\xff\n"
    first, *headers = lines.split(b"\r\n")
    assert first == b"HTTP/1.1 299 Very Fine"
    assert headers[:5] == [
        b"Set-Cookie: a=1; Path=/",
        b"Set-Cookie: b=2",
        b"X-Odd: caf\xe9",
        b"Date: yesterday",
        b"Server: nobody",
    ]
    assert [each for each in headers if re.match(rb"(?i)x-hop|keep-alive|mock-other|mock-rule: theirs", each)] == []
    assert [each for each in headers if each.lower().startswith(b"content-length")] == [b"Content-Length: 3"]


async def test_a_request_is_passed_on_as_it_came(proxied: Proxied):
    seen: list[bytes] = []

    async def serve(reader, writer):
        found = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", found)
        seen.append(found + (await reader.readexactly(int(length[1])) if length else b""))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    async with raw(serve) as url:
        proxy = await proxied(url)
        body = b'{ "a" : 1 }\n\xff'
        sent = head(
            "PATCH", "/api//v1/%7e/../a;b?x=%2F&y=+&z", X_Custom="1", Cookie="a=b", Connection="X-Hop", X_Hop="1",
            Content_Length=str(len(body)), Accept_Encoding="br", Expect="100-continue",
        )  # fmt: skip
        async with proxy.wire() as wire:
            await wire.send(sent)
            assert (await wire.answer()).status == 100
            await wire.send(body)
            assert (await wire.answer()).status == 204
        for method in ("DELETE", "POST", "GET"):
            async with proxy.wire() as wire:
                await wire.send(f"{method} /x HTTP/1.1\r\nHost: a\r\n\r\n".encode())
                await wire.answer()
    first, *lines = seen[0].split(b"\r\n")
    assert first == b"PATCH /api//v1/%7e/../a;b?x=%2F&y=+&z HTTP/1.1"
    assert seen[0].endswith(b"\r\n\r\n" + body)
    names = sorted(each.partition(b":")[0].lower() for each in lines[: lines.index(b"")])
    assert names == [
        *(b"accept-encoding", b"authorization", b"content-length", b"content-type", b"cookie", b"host", b"x-custom")
    ]
    assert f"Host: {url.removeprefix('http://')}".encode() in lines
    assert [each for each in seen[1:] if b"ength" in each or b"ncoding" in each or b"User-Agent" in each] == []


@pytest.mark.parametrize(
    ("method", "content", "length"),
    [
        ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n", "1234"),
        ("GET", b"HTTP/1.1 204 No Content\r\n\r\n", None),
        ("GET", b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n", None),
        ("GET", b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", "0"),
        ("GET", b"HTTP/1.0 200 OK\r\n\r\n", "0"),
    ],
)
async def test_responses_without_a_body(proxied: Proxied, method: str, content: bytes, length: str | None):
    async with raw(sending(content)) as url:
        proxy = await proxied(url)
        async with proxy.wire() as wire:
            for _ in range(2):  # the connection to the client goes on
                await wire.send(head(method, "/x"))
                answer = await wire.answer(method)
                assert answer.status == int(content.split()[1])
                assert answer.headers.get("Content-Length") == length
                assert answer.content == b""


async def test_compressed_bodies_are_passed_on_and_read(serve: Serve, proxied: Proxied):
    record = (await (await serve()).send("GET", PATH)).json
    good, bad = gzip.compress(json.dumps(record).encode()), gzip.compress(b'{"identityKubernetesAuth": 5}')
    bomb = gzip.compress(b" " * 100 * 1024 * 1024)

    async def answer(request: web.Request) -> web.Response:
        body = {"good": good, "bad": bad, "bomb": bomb, "cut": good[:-4], "br": b"\x01"}[request.query["a"]]
        coding = {"br": "br"}.get(request.query["a"], "gzip")
        return web.Response(body=body, headers={"Content-Encoding": coding, "Content-Type": "application/json"})

    async with stub(answer) as url:
        proxy = await proxied(url)
        found = {}
        for name, sent in (("good", good), ("bad", bad), ("bomb", bomb), ("cut", good[:-4]), ("br", b"\x01")):
            passed = await proxy.send("GET", f"{PATH}?a={name}")
            assert passed.content == sent
            assert passed.headers["Content-Encoding"] == ("br" if name == "br" else "gzip")
            found[name] = await proxy.journalled(passed)
        assert found["good"]["response"]["body"]["identityKubernetesAuth"]["identityId"] == PAYMENTS
        assert found["good"]["responseBreaches"] == []
        assert found["good"]["mock"]["status"] == 200
        assert found["bad"]["responseBreaches"][0]["pointer"] == "/identityKubernetesAuth"
        assert f"more than {WHOLE_BYTES} bytes" in found["bomb"]["responseBreaches"][0]["reason"]
        assert "has no end" in found["cut"]["responseBreaches"][0]["reason"]
        assert "encoding br" in found["br"]["responseBreaches"][0]["reason"]


async def test_a_huge_body_is_passed_on_as_it_comes(proxied: Proxied):
    piece, number = b"a" * 1024 * 1024, 24

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/plain", "X-A": "1"})
        if request.query:
            response.content_length = len(piece) * number
        await response.prepare(request)
        for count in range(number):
            await response.write(piece)
            if count == 12 and request.query.get("cut"):
                request.transport.abort()
        return response

    async with stub(answer) as url:
        proxy = await proxied(url)
        for path in ("/x", "/x?a=1"):
            passed = await proxy.send("GET", path)
            assert passed.content == piece * number
            assert passed.headers["X-A"] == "1"
            entry = await proxy.journalled(passed)
            assert entry["response"]["body"].startswith("(it is longer than")
        with pytest.raises(Exception, match=r"(?i)payload|closed|disconnected|transfer"):
            await proxy.send("GET", "/x?cut=1")
        assert (await proxy.get("/_mock/health")).status == 200
        assert proxy.mock.journal.bytes < 100_000


async def test_a_body_beyond_the_limit_is_not_forwarded(serve: Serve, proxied: Proxied):
    upstream = await serve()
    proxy = await proxied(upstream.url, max_body=1000)
    assert (await proxy.send("PATCH", PATH, {"allowedNames": "a" * 900})).status != 413
    answer = await proxy.send("PATCH", PATH, {"allowedNames": "a" * 2000})
    assert (in_envelope(answer).status, answer.rule) == (400, "body.size")
    assert len((await upstream.get("/_mock/requests")).json["requests"]) == 1
    for row in (await proxy.get("/_mock/requests")).json["requests"]:
        assert "differs" in row


async def test_bytes_that_cannot_be_passed_on_are_rejected(serve: Serve, proxied: Proxied):
    upstream = await serve()
    proxy = await proxied(upstream.url)
    async with proxy.wire() as wire:
        await wire.send(head("GET", PATH, Authorization="Bearer acme-admin-to\udc86ken"))
        answer = in_envelope(await wire.answer())
        assert (answer.status, answer.rule) == (400, "http.malformed")
    assert (await upstream.get("/_mock/requests")).json["requests"] == []
    async with raw(sending(OK.replace(b"json", b"\x86json") + b"Content-Length: 2\r\n\r\n{}")) as url:
        odd = await proxied(url)
        assert (await odd.send("GET", PATH)).status == 200
        assert (await odd.get("/_mock/requests/latest")).json["response"]["contentType"] == "application/\ufffdjson"


async def test_requests_that_the_server_itself_rejects_are_masked_too(proxied: Proxied, monkeypatch):
    proxy = await proxied("http://127.0.0.1:1")
    monkeypatch.setattr(proxy.mock._api, "answer", None)
    answer = await proxy.send("GET", f"{PATH}?token=hunter22")
    assert (answer.status, answer.rule) == (500, "mock.crash")
    kept = next(proxy.mock.journal.newest_first())
    assert b"acme-admin-token" not in kept.headers
    assert "hunter22" not in kept.target


async def test_a_client_that_goes_leaves_an_entry_and_no_connection(proxied: Proxied):
    begun = asyncio.Event()

    async def slow(request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(0.3)
        return web.json_response({})

    async with stub(slow) as url:
        proxy = await proxied(url)
        async with proxy.wire() as wire:
            await wire.send(head("GET", PATH))
            await begun.wait()
            wire.abort()
        for _ in range(100):
            await asyncio.sleep(0.02)
            rows = (await proxy.get("/_mock/requests")).json["requests"]
            if rows:
                break
        assert [row["status"] for row in rows] == [200]
        assert (await proxy.send("GET", "/x")).status == 200


async def test_a_request_that_was_cut_is_not_forwarded(serve: Serve, proxied: Proxied):
    upstream = await serve()
    proxy = await proxied(upstream.url, body_timeout=0.3)
    async with proxy.wire() as wire:
        await wire.send(head("PATCH", PATH, Content_Length="100") + b"{")
        answer = await wire.answer()
        assert (answer.status, answer.rule) == (400, "body.incomplete")
    assert (await upstream.get("/_mock/requests")).json["requests"] == []


async def test_a_write_without_an_answer_makes_the_record_uncertain(serve: Serve, proxied: Proxied):
    upstream = await serve()
    proxy = await proxied(upstream.url)
    await proxy.send("GET", PATH)
    fault = {"kind": "drop", "where": "after-write"}
    made = await upstream.send("POST", "/_mock/worlds/default/faults", fault, token=None)
    assert made.status == 201, made.content
    unreachable(await proxy.update({"accessTokenTTL": 60}), "closed without an answer")
    await upstream.send("DELETE", "/_mock/worlds/default/faults", token=None)
    said = await proxy.update({"accessTokenTTL": 61})
    assert said.status == 200
    entry = await proxy.journalled(said)
    assert entry["notCompared"] == "it has not seen the record before this request"


async def test_64_requests_to_an_upstream_that_hangs_end_together(proxied: Proxied):
    async with stub(never) as url:
        proxy = await proxied(url, seconds=0.5)
        async with asyncio.timeout(5):
            answers = await asyncio.gather(*(proxy.send("GET", PATH) for _ in range(64)))
    assert {each.status for each in answers} == {502}


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("app.infisical.com", "must start with http:// or https://"),
        ("htp://app.infisical.com", "not htp://"),
        ("https://", "is not the URL of a server"),
        ("http://a b/", "is not the URL of a server"),
        ("http://localhost:99999", "is not the URL of a server"),
        ("http://me:hunter22@host/", "leave out the user and password"),
        ("http://host/?token=hunter22", "leave out query"),
        ("http://127.0.0.1:8081", "is the proxy itself"),
    ],
)
def test_a_bad_url_is_a_usage_error(url: str, reason: str):
    ended = run("proxy", "--upstream", url)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "--upstream" in ended.stderr
    assert reason in " ".join(ended.stderr.split())
    assert "hunter22" not in ended.stderr
    assert "Traceback" not in ended.stderr


def test_other_bad_values_end_as_those_of_serve(tmp_path):
    upstream = ("proxy", "--upstream", "http://127.0.0.1:1")
    assert run("proxy").returncode == 2
    assert "2026-10" in run(*upstream, "--as-of", "2031-99").stderr
    for arguments, code, said in (
        (("--as-of", "2025-01-01"), 2, "--as-of"),
        (("--profile", "lve"), 2, "--profile"),
        (("--timeout", "soon"), 2, "--timeout"),
        (("--tls-ca-file", str(tmp_path / "none.pem")), 2, "--tls-ca-file"),
        (("--record", str(tmp_path / "none" / "a.yaml")), 2, "--record"),
    ):
        ended = run(*upstream, *arguments)
        assert (ended.returncode, ended.stdout) == (code, ""), arguments
        assert said in ended.stderr
        assert "Traceback" not in ended.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = run(*upstream, "--port", str(port))
        assert (ended.returncode, ended.stderr) == (
            1,
            f"port {port} on 127.0.0.1 is in use: choose another with --port, or 0 for a free one\n",
        )


async def test_sigterm_during_a_request_ends_the_process_within_a_second(tmp_path):
    begun = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        begun.set()
        await asyncio.sleep(30)
        return web.Response()

    async with stub(hang) as url:
        port_file, recorded = tmp_path / "port", tmp_path / "recorded.yaml"
        files = ("--port-file", str(port_file), "--record", str(recorded))
        arguments = ("proxy", "--upstream", url, "--port", "0", *files)
        process = await asyncio.create_subprocess_exec(
            *COMMAND, *arguments, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environment()
        )
        assert process.stdout is not None
        ready = (await process.stdout.readline()).decode()
        assert re.match(rf"infisical-mock ready at http://127.0.0.1:\d+ \(.*, proxy of {url}\)", ready)
        reader, writer = await asyncio.open_connection("127.0.0.1", int(port_file.read_text()))
        writer.write(head("GET", PATH))
        await begun.wait()
        process.terminate()
        async with asyncio.timeout(3):
            output, errors = await process.communicate()
        assert (process.returncode, errors) == (0, b""), output
        assert b"Traceback" not in output
        assert await reader.read() == b""
        writer.close()
        assert recorded.exists()
