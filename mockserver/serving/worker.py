"""One of several servers behind one port: it answers for its own worlds, and hands connections for others over."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from aiohttp import StreamReader, web
from aiohttp.http import RawRequestMessage

from mockserver.control.resource import problem
from mockserver.http.response import BytesResponse
from mockserver.serving.connection import Connection
from mockserver.serving.connection_limits import Phase
from mockserver.serving.handover import Handover
from mockserver.serving.merged_calls import MergedCalls
from mockserver.serving.server import Server, answered
from mockserver.serving.world_routing import (
    ANY,
    NOBODY,
    NONE,
    NOT_HTTP,
    WORKER_HEADER,
    WORLD_HEADER,
    finder,
    named_in_head,
)

_PATIENCE_SECONDS, _RETRY_SECONDS = 2.0, 0.005
_UNNAMED = (
    "Several servers share this address, and this call names no world: add ?world=NAME or the header Mock-World, or ask"
    " one server for what it has, by the header Mock-Worker"
)
_CREATE = "Several servers share this address, and each has worlds of its own: create one with PUT /_mock/worlds/NAME"
_MISDIRECTED = (
    "This request was sent before the response to another one, and its world is on another server of this address: send"
    " it once that response is there, or on a connection of its own"
)
_DOWN = "The server of this world takes no requests at present: try again"


class WorkerConnection(Connection):
    """A client connection. With each request that begins on it, it goes to the worker of the request's world."""

    __slots__ = ("_handed", "_is_leaving", "_is_placed", "_read", "_worker")

    def __init__(self, worker: "WorkerServer", handed: bytes, *arguments: Any) -> None:
        super().__init__(*arguments)
        self._worker = worker
        self._handed = handed
        """What another worker has read."""
        self._read = b""
        """What has been read of a request, as long as its world is not known or its worker has no room."""
        self._is_placed = self._is_leaving = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Go on with what another worker has read, once aiohttp waits for it."""
        super().connection_made(transport)
        if self._handed:
            self._loop.call_soon(self.data_received, b"")

    def data_received(self, data: bytes) -> None:
        """Keep the connection or hand it over, by the request that begins with the data."""
        if self._handed:
            data, self._handed = self._handed + data, b""
        if self._is_leaving or self.is_closing():
            self._read += data
        elif data and (self._read or (self._phase is Phase.IDLE and not self.has_queued_requests)):
            self._begins(data)
        else:
            super().data_received(data)

    def _begins(self, data: bytes) -> None:
        content = self._read + data
        self._read, self._is_placed = b"", False
        named = named_in_head(content)
        if named is None:
            self._read = content
        elif named is not NOT_HTTP:
            worker = self._worker.find(*named)
            self._is_placed = worker in (self._worker.index, ANY)
            # Whoever has not read a response yet has sent this request before it: `_answer` says so.
            if worker >= 0 and not self._is_placed and not self._has_unsent():
                self._hand_over(worker, content)
                return
        super().data_received(data)  # the parser says at once what is wrong with a head, even with half of one

    def _has_unsent(self) -> bool:
        return self._open_transport is not None and self._open_transport.get_write_buffer_size() > 0

    def _hand_over(self, worker: int, data: bytes) -> None:
        assert self._open_transport is not None
        self._open_transport.pause_reading()
        self._is_leaving, self._read = True, data
        self._try_to_hand_over(worker, self._loop.time() + _PATIENCE_SECONDS)

    def _try_to_hand_over(self, worker: int, until: float) -> None:
        transport = self._open_transport
        if transport is None or transport.is_closing():
            return
        try:
            is_gone = self._worker.hands.send(worker, transport.get_extra_info("socket").fileno(), self._read)
        except OSError:
            is_gone, until = False, 0
        if is_gone:
            self._read = b""
            transport.abort()  # the other worker's descriptor keeps the connection open
        elif self._loop.time() < until:
            self._loop.call_later(_RETRY_SECONDS, self._try_to_hand_over, worker, until)
        else:
            transport.write(_down())
            self.force_close()

    def answer_directly(self, message: RawRequestMessage, payload: StreamReader) -> bool:
        """Answer the request, unless this is the wrong worker: some were parsed before their world was looked up."""
        if not self._is_placed and not self._worker.has(message.path, message.headers):
            return False
        return super().answer_directly(message, payload)


class WorkerServer(Server):
    """One of the servers of a port. All of them accept connections from `listening`."""

    def __init__(
        self, app: web.Application, host: str, port: int, *, listening: socket.socket, handover: Handover
    ) -> None:
        super().__init__(app, host, port)
        self._shared = listening
        self.hands, self.index = handover, handover.index
        self._find = finder(handover.workers)
        self._taking: set[asyncio.Task[None]] = set()
        self._has_control = self._mock.settings.control
        self._calls = MergedCalls(handover.workers)

    def find(self, target: str, world: str, worker: str) -> int:
        """Return the index of the worker that has the world of a request, `ANY`, `NONE` or `NOBODY`."""
        found = self._find(target, world, worker)
        return found if found >= ANY or self._has_control else self._find("/api/", world, "")

    def has(self, target: str, headers: Mapping[str, str]) -> bool:
        """Whether this worker answers the request."""
        return self._found(target, headers) in (self.index, ANY)

    def _found(self, target: str, headers: Mapping[str, str]) -> int:
        return self.find(target, headers.get(WORLD_HEADER, ""), headers.get(WORKER_HEADER, ""))

    def _refused(self, found: int, target: str) -> web.Response:
        """Return the response to a request that this worker cannot answer."""
        if found == NOBODY:
            return problem(400, "NoSuchWorker", f"{WORKER_HEADER} must be a number from 1 to {self.hands.workers}")
        if found == NONE:
            is_worlds = target.partition("?")[0] == "/_mock/worlds"
            return problem(501, "WorldNotNamed", _CREATE if is_worlds else _UNNAMED)
        response = problem(421, "MisdirectedRequest", _MISDIRECTED)
        response.force_close()
        return response

    async def start(self) -> None:
        """Listen, and take connections that other workers hand over. Raises what `Server.start` raises."""
        await super().start()
        self.hands.start(self._take)

    async def stop(self) -> None:
        """Take no more connections, and stop."""
        self.hands.stop()
        await super().stop()
        await self._calls.close()

    def _name(self) -> str:
        return f"{super()._name()} (worker {self.index + 1})"

    def _connection(self, server: web.Server, loop: asyncio.AbstractEventLoop, handed: bytes = b"") -> Connection:
        return WorkerConnection(self, handed, self._mock, self.limits, server, loop)

    async def _bind(
        self, loop: asyncio.AbstractEventLoop, connection: Callable[[], Connection], **options: Any
    ) -> asyncio.Server:
        return await loop.create_server(connection, sock=self._shared.dup(), **options)

    def _take(self, connection: socket.socket, content: bytes) -> None:
        """Go on with a connection that another worker has handed over."""
        task = asyncio.get_running_loop().create_task(self._taken(connection, content))
        self._taking.add(task)
        task.add_done_callback(self._taking.discard)

    async def _taken(self, connection: socket.socket, content: bytes) -> None:
        loop, server = asyncio.get_running_loop(), self._server
        assert server is not None
        try:
            connection.setblocking(False)
            await loop.connect_accepted_socket(lambda: self._connection(server, loop, content), connection)
        except OSError:
            connection.close()  # the client is gone

    def _answer(self, request: web.BaseRequest) -> Awaitable[web.StreamResponse]:
        target = request.raw_path
        found = self._found(target, request.headers)
        if found in (self.index, ANY):
            return super()._answer(request)
        if found == NONE and self._calls.merges(request):
            return self._calls.answer(request, self.url)
        return answered(self._refused(found, target))


def _down() -> bytes:
    body = orjson.dumps({"error": "ServerDown", "message": _DOWN})
    headers = {"Content-Type": "application/json; charset=utf-8", "Retry-After": "1"}
    response = BytesResponse(503, headers, body)
    response.force_close()
    return response.head() + response.body
