"""A client that costs little: raw bytes out, status, head and body back, over one connection that is kept."""

import asyncio
import time
from collections import deque
from typing import NamedTuple

import orjson

ADMIN = "acme-admin-token"


class Answer(NamedTuple):
    """One answer: its status, the head as it came, its body, and the seconds between request and answer."""

    status: int
    head: bytes
    body: bytes
    seconds: float

    @property
    def json(self):
        return orjson.loads(self.body)

    def header(self, name: str) -> str:
        """The header of that name; empty if there is none."""
        mark = b"\r\n" + name.encode() + b": "
        return self.head.partition(mark)[2].partition(b"\r\n")[0].decode("latin-1")


def request_bytes(method: str, path: str, body: object = None, *, token: str = ADMIN, **headers: str) -> bytes:
    """A whole request. `body` is bytes, or a value to be sent as JSON."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    if not path.startswith(("/w/", "/_mock/worlds/")):
        lines.append("Mock-World: default")  # behind nginx a control call must name a world
    if token:
        lines.append(f"Authorization: Bearer {token}")
    content = b""
    if body is not None:
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        lines.append("Content-Type: application/json")
        lines.append(f"Content-Length: {len(content)}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + content


class Connection(asyncio.Protocol):
    """One connection. Several requests may be under way: answers come in their order."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self.closed = False
        self._waiting: deque[tuple[asyncio.Future[Answer], float]] = deque()
        self._came = b""

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport

    def ask(self, content: bytes) -> "asyncio.Future[Answer]":
        """Sends a whole request; the answer comes. ConnectionError if the connection ends instead."""
        future = asyncio.get_running_loop().create_future()
        if self.closed:
            future.set_exception(ConnectionResetError("closed by the server"))
            return future
        self._waiting.append((future, time.perf_counter()))
        self.transport.write(content)
        return future

    def data_received(self, data: bytes) -> None:
        came = self._came + data if self._came else data
        while True:
            end = came.find(b"\r\n\r\n")
            if end < 0:
                break
            head = came[:end]
            at = head.find(b"\r\nContent-Length: ")
            length = int(head[at + 18 :].partition(b"\r\n")[0]) if at >= 0 else 0
            whole = end + 4 + length
            if len(came) < whole:
                break
            status = int(head[9:12])
            if self._waiting:
                future, began = self._waiting.popleft()
                if not future.done():
                    future.set_result(Answer(status, head, came[end + 4 : whole], time.perf_counter() - began))
            came = came[whole:]
        self._came = came

    def connection_lost(self, error: Exception | None) -> None:
        self.closed = True
        for future, _ in self._waiting:
            if not future.done():
                future.set_exception(error or ConnectionResetError("closed by the server"))
        self._waiting.clear()

    def abort(self) -> None:
        """Ends the connection at once."""
        if self.transport is not None:
            self.transport.abort()


async def connected(port: int) -> Connection:
    """A new connection to the server on this machine."""
    _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    return connection
