"""Bytes on a connection to a real server: whatever comes is answered in the vendor's words or not at all."""

import asyncio
import re
import socket
import struct
from functools import cache
from io import StringIO

import orjson

from mockserver import Settings, create_app
from mockserver.app import Core
from mockserver.logs import Log
from mockserver.serving.server import Server
from tests.fuzz_parsers.bodies import UPDATE
from tests.fuzz_parsers.calls import begin_again
from tests.fuzz_parsers.target import Logged, Target

_PATH = b"/api/v1/auth/kubernetes-auth/identities/1d000000-0000-4000-8000-000000000002"
_STATUS = re.compile(rb"HTTP/[0-9]\.[0-9] ([1-5][0-9][0-9]) ")
_AT_ONCE = struct.pack("ii", 1, 0)
_QUIET = 25
"""Turns of the loop, which is the server's too, after which nothing more is said: it waits for more of a request."""


class Line:
    """A server, and the loop that it and its clients run in."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self.log = StringIO()
        self.mock = Core(Settings(port=0, seed=1), log=Log("error", "json", self.log))
        self.seed = self.mock.worlds.default.seed
        self._server = Server(create_app(mock=self.mock), "127.0.0.1", 0)
        self._loop.run_until_complete(self._server.start())

    def close(self) -> None:
        self._loop.run_until_complete(self._stopped())
        self._loop.close()

    async def _stopped(self) -> None:
        await self._server.stop()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:  # aiohttp goes on for a while to read a body whose client has gone
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def answers(self, content: bytes) -> bytes:
        """All that the server says to these bytes; then the client is gone."""
        return self._loop.run_until_complete(self._answers(content))

    async def _answers(self, content: bytes) -> bytes:
        loop = asyncio.get_running_loop()
        transport, client = await loop.create_connection(_Client, "127.0.0.1", self._server.port)
        # Closed at once: tens of thousands of connections would use up the ports.
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE)
        transport.write(content)
        known = quiet = 0
        while quiet < _QUIET and not client.is_over:
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(client.said) == known else 0
            known = len(client.said)
        transport.abort()
        await asyncio.sleep(0)
        return bytes(client.said)


class _Client(asyncio.Protocol):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.said = bytearray()
        self.is_over = False

    def data_received(self, data: bytes) -> None:
        self.said += data

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_over = True


@cache
def line() -> Line:
    """The one server of this process."""
    return Line()


def close() -> None:
    """Ends what has been started."""
    if line.cache_info().currsize:
        line().close()
        line.cache_clear()


def http(content: bytes) -> None:
    if b"wait" in content.lower() or b"/events" in content:
        return  # these take time by what they are
    at = line()
    begin_again(at.mock, at.seed)
    said = at.answers(content)
    logged = at.log.getvalue()
    at.log.seek(0)
    at.log.truncate()
    if logged:
        raise Logged(logged)
    while said:
        status = _STATUS.match(said)
        assert status is not None, said[:200]
        assert status[1] != b"500", said[:400]
        head, _, rest = said.partition(b"\r\n\r\n")
        if status[1] == b"100":
            said = rest
            continue
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if length is None or content.lstrip().startswith(b"HEAD"):
            return
        body, said = rest[: int(length[1])], rest[int(length[1]) :]
        if b"application/json" in head and len(body) == int(length[1]):
            orjson.loads(body)


_HEAD = b"PATCH " + _PATH + b" HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer acme-admin-token\r\n"
_JSON = b"Content-Type: application/json\r\n"
_CHUNKED = (
    _HEAD + _JSON + b'Transfer-Encoding: chunked\r\n\r\n5\r\n{"all\r\nf;a=b\r\nowedNames":"a"}\r\n0\r\nX: y\r\n\r\n'
)
_CLOSING = b"GET /api/status HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
_UPGRADE = b"Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
_WORDS = (
    b"GET ", b"PATCH ", b"POST ", b"HEAD ", b"CONNECT ", b"OPTIONS *", b" HTTP/1.0", b" HTTP/1.1", b" HTTP/2.0",
    b"\r\n", b"\r\n\r\n", b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"1;\r\n", b"\t", b": ", b"\xff", b"\x00",
    b"Host: a\r\n", b"Content-Length: 0\r\n", b"Content-Length: -1\r\n", b"Content-Length: 99999999999999999999\r\n",
    b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip, chunked\r\n", b"Content-Encoding: gzip\r\n",
    b"Expect: 100-continue\r\n", b"Connection: close\r\n", b"Connection: keep-alive, Upgrade\r\nUpgrade: h2c\r\n",
    b"Prefer: code=500\r\n", b'Cookie: a="\\\r\n', b"Mock-World: \xff\r\n", b"/w/x", b"/../", b"//", b"?", b"#", b"@",
    b"http://[::1",
)  # fmt: skip
TARGETS = (
    Target(
        "http",
        "bytes on a connection",
        http,
        (
            _HEAD + _JSON + b"Content-Length: %d\r\n\r\n" % len(UPDATE) + UPDATE,
            _CHUNKED,
            b"GET " + _PATH + b" HTTP/1.1\r\nHost: a\r\n\r\n" + _CLOSING,
            _HEAD + _JSON + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}",
            b"POST /_mock/requests/verify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n{\"count\":0}",
            b"HEAD /_mock/health HTTP/1.0\r\n\r\n",
            b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            b"GET http://a:80/w/default/api/status?x=%F0 HTTP/1.1\r\nHost: a\r\n" + _UPGRADE,
        ),
        _WORDS,
        share=20,
        longest=2000,
    ),
)  # fmt: skip
