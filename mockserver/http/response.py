"""An answer that is whole before it is sent: its head and its body go out in one piece.

aiohttp's own response can stream, compress and be changed until the last moment, and pays for it on every request.
"""

from collections import deque
from collections.abc import Mapping
from email.utils import formatdate
from functools import lru_cache
from typing import Any

from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter
from aiohttp.http import SERVER_SOFTWARE, HttpVersion

from mockserver.clock import machine_seconds
from mockserver.http.reason_phrases import reason_phrase
from mockserver.http.turns import Breaks

KEEP_ALIVE_SECONDS = 72
"""How long the service keeps an idle connection open, as its responses say."""


def kept_alive(seconds: float) -> str:
    """Return the headers that announce how long an idle connection stays open, in whole seconds, rounded down."""
    return f"Connection: keep-alive\r\nKeep-Alive: timeout={int(seconds)}\r\n"


_KEPT = kept_alive(KEEP_ALIVE_SECONDS)


class BytesResponse(web.StreamResponse):
    """Status, headers and body. It adds what aiohttp adds: length, date, server, and how the connection goes on.

    It does without the state of aiohttp's response, which is there for what changes while it is sent.
    """

    version: HttpVersion | None = None
    """The version of HTTP that it is sent in; None for that of the request."""
    status = 0
    headers: Any = None
    keep_alive = True
    """Whether the connection stays open behind it."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def force_close(self) -> None:
        """Close the connection behind it."""
        self.keep_alive = False

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        """Sends it. ConnectionError if the client has gone; ValueError for a header of more than one line."""
        await request.writer.write(self.content_for(request, getattr(request.protocol, "kept", _KEPT)))
        return request.writer

    def content_for(self, request: web.BaseRequest, kept: str = _KEPT) -> bytes:
        """Return all the bytes that answer the request. `kept` are the headers of a connection that stays open.

        Raises ValueError for a header of more than one line.
        """
        if not request.keep_alive:
            self.force_close()
        head = self.head(self.version or request.version, kept)
        return head if request.method == "HEAD" else head + self.body

    def head(self, version: HttpVersion = HttpVersion11, kept: str = _KEPT) -> bytes:
        """All of it but the body. Raises ValueError for a header of more than one line."""
        start, end = _around(self.status, version, machine_seconds(), kept, self.keep_alive)
        return f"{start}{self._lines()}Content-Length: {len(self.body)}{end}".encode()

    def _lines(self) -> str:
        """Return the headers of its own, a line each. Raises ValueError for one of more than one line."""
        headers = self.headers
        lines = "\r\n".join([*map(_line, headers.items()), ""])
        if lines.count("\n") != len(headers):
            raise ValueError("a header has more than one line")
        return lines

    async def write_eof(self, data: bytes = b"") -> None:
        """Everything has been sent already."""

    def as_response(self) -> web.Response:
        """The same as aiohttp's own response, for an application with hooks of its own."""
        response = web.Response(
            status=self.status, reason=reason_phrase(self.status), headers=self.headers, body=self.body
        )
        if not self.keep_alive:
            response.force_close()
        return response


class PiecesResponse(BytesResponse):
    """A response whose body is there in pieces. They are sent no faster than the client reads, and released then.

    `body` is empty.
    """

    def __init__(self, status: int, headers: dict[str, str], pieces: deque[bytes]) -> None:
        super().__init__(status, headers, b"")
        self._pieces = pieces
        self._length = sum(map(len, pieces))

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter:
        """Send it. Raises ConnectionError if the client has gone."""
        if not request.keep_alive:
            self.force_close()
        writer, pieces, breaks = request.writer, self._pieces, Breaks()
        await writer.write(self.head(self.version or request.version, getattr(request.protocol, "kept", _KEPT)))
        while pieces and request.method != "HEAD":
            await writer.write(pieces.popleft())
            await breaks.after_turn()
        return writer

    def content_for(self, request: web.BaseRequest, kept: str = _KEPT) -> bytes:
        """Return all the bytes that answer the request."""
        head = super().content_for(request, kept)
        return head if request.method == "HEAD" else head + b"".join(self._pieces)

    def head(self, version: HttpVersion = HttpVersion11, kept: str = _KEPT) -> bytes:
        """All of it but the body. Raises ValueError for a header of more than one line."""
        start, end = _around(self.status, version, machine_seconds(), kept, self.keep_alive)
        return f"{start}{self._lines()}Content-Length: {self._length}{end}".encode()

    def as_response(self) -> web.Response:
        """The same as aiohttp's own response, for an application with hooks of its own."""
        response = super().as_response()
        response.body = b"".join(self._pieces)
        return response


_line = ": ".join
"""A header from its name and value, made without a step of the interpreter."""


@lru_cache(maxsize=64)
def _around(status: int, version: HttpVersion, second: int, kept: str, keep_alive: bool) -> tuple[str, str]:
    """Return what stands before and behind the headers of a response: both are the same for a second."""
    line = f"HTTP/{version.major}.{version.minor} {status} {reason_phrase(status)}"
    start = f"{line}\r\nDate: {formatdate(second, usegmt=True)}\r\nServer: {SERVER_SOFTWARE}\r\n"
    return start, f"\r\n{connection_lines(version, kept, keep_alive=keep_alive)}\r\n"


def connection_lines(version: HttpVersion, kept: str, *, keep_alive: bool) -> str:
    """What has to be said of the connection: nothing where it is as the version has it."""
    if keep_alive:
        return kept if version == HttpVersion11 else "Connection: keep-alive\r\n"
    return "Connection: close\r\n" if version == HttpVersion11 else ""
