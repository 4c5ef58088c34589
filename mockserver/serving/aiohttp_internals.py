"""The only module that uses private names of aiohttp: it takes a whole request from the parser without a task.

aiohttp answers every request in a task, two turns of the event loop after its last byte. A request that needs no
waiting can be answered while its bytes are delivered. Public names do not reach that far. If one of the private ones is
missing or new in another version of aiohttp, `UNKNOWN` says which, and every request takes aiohttp's own path.
"""

import asyncio
import types
from collections.abc import Coroutine, Generator
from functools import cached_property
from typing import Any, cast

from aiohttp import StreamReader, web
from aiohttp.http import HttpRequestParser, RawRequestMessage, StreamWriter

from mockserver.http.request_body import WholeRequest

_HANDLER_NAMES = ("_waiter", "_messages", "_parser", "_upgraded", "_close", "_force_close")
_REQUEST_NAMES = frozenset(
    (
        *("_message", "_protocol", "_payload_writer", "_payload", "_headers", "_method", "_version", "_rel_url"),
        *("_post", "_read_bytes", "_state", "_cache", "_task", "_client_max_size", "_client_max_fields", "_loop"),
        *("_transport_sslcontext", "_transport_peername", "_transport_sockname"),
        *("_content_type", "_stored_content_type", "_content_dict"),
    )
)


def _unknown_names() -> tuple[str, ...]:
    """Return the private names that this version of aiohttp lacks, or has beyond those known here."""
    slots = {name for each in web.RequestHandler.__mro__ for name in getattr(each, "__slots__", ())}
    missing = [f"RequestHandler.{name}" for name in _HANDLER_NAMES if name not in slots]
    if not hasattr(HttpRequestParser, "message_consumed"):
        missing.append("HttpRequestParser.message_consumed")
    if "_buffer" not in getattr(StreamReader, "__slots__", ()):
        missing.append("StreamReader._buffer")
    attributes = frozenset(getattr(web.BaseRequest, "ATTRS", ()))
    return (*missing, *(f"BaseRequest.{name}" for name in sorted(attributes ^ _REQUEST_NAMES)))


UNKNOWN = _unknown_names()
"""Why no request can be answered at once; empty if it can."""


_ONE_PIECE_BYTES = 32_768
"""Up to this size a body never makes aiohttp pause the client, so nothing has to be resumed."""


class DirectRequest(WholeRequest):
    """A request that is whole when it is made. What few requests ask of it is made when it is asked for."""

    method = raw_path = ""
    raw_headers: Any = ()
    version: Any = None
    remote: str | None = None
    keep_alive = True
    _task: Any = None
    _client_max_fields = 1000

    def __init__(
        self, message: RawRequestMessage, payload: StreamReader, protocol: "DirectHandler", limit: int
    ) -> None:
        self._message = message
        self._payload = payload
        self._protocol = protocol
        self._headers = message.headers
        self._method = message.method
        self._version = message.version
        self._rel_url = message.url
        # aiohttp has properties for these, which take longer to be read.
        self.method = message.method
        self.raw_path = message.path
        self.raw_headers = message.raw_headers
        self.version = message.version
        self.remote = protocol.remote
        self.keep_alive = not message.should_close
        self._client_max_size = limit
        self._body: bytes | None = None

    @property
    def whole_body(self) -> bytes:
        """The body. It stays in the stream until it is asked for: aiohttp may have to answer the request instead."""
        body = self._body
        if body is None:
            payload = self._payload
            # Reading it from the stream would parse the connection's next bytes first: none came.
            pieces = payload._buffer  # noqa: SLF001 - this module alone does so
            if payload.total_bytes <= _ONE_PIECE_BYTES and len(pieces) == 1:
                body = bytes(pieces[0])
            else:
                body = payload.read_nowait() if payload.total_bytes else b""
            self._body = body
        return body

    @cached_property
    def _loop(self) -> Any:  # type: ignore[override]
        return asyncio.get_running_loop()

    @cached_property
    def _payload_writer(self) -> StreamWriter:  # type: ignore[override]
        return StreamWriter(self._protocol, self._loop)

    @cached_property
    def _cache(self) -> Any:  # type: ignore[override]
        return {}

    @cached_property
    def _state(self) -> Any:  # type: ignore[override]
        return {}

    @cached_property
    def _transport_sslcontext(self) -> Any:  # type: ignore[override]
        return self._protocol.ssl_context

    @cached_property
    def _transport_peername(self) -> Any:  # type: ignore[override]
        return self._protocol.peername

    @cached_property
    def _transport_sockname(self) -> Any:  # type: ignore[override]
        return self._protocol.sockname

    def proceed_with(self, writer: Any, task: "asyncio.Task[None]") -> None:
        """Continue in a task of aiohttp, which brings its own writer."""
        self._payload_writer = writer
        self._task = task


_parse = web.RequestHandler.data_received
"""A tenth of a microsecond less than `super()` takes, on every request."""


class DirectHandler(web.RequestHandler):
    """aiohttp's protocol. It offers each request that is whole, and the only one, before aiohttp handles it."""

    __slots__ = ("remote",)

    remote: str | None
    """The address of the client, as the `remote` of its requests has it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Note the client's address."""
        super().connection_made(transport)
        name = self.peername
        self.remote = None if name is None else str(name[0] if isinstance(name, list | tuple) else name)

    def connection_lost(self, exc: BaseException | None) -> None:
        """Drop the requests that nobody will handle: their bodies refer to the connection."""
        super().connection_lost(exc)
        if not UNKNOWN and self._waiter is None:
            self._messages.clear()

    @property
    def has_queued_requests(self) -> bool:
        """Whether aiohttp has parsed requests that it has not begun to handle. False where its names are unknown."""
        return bool(getattr(self, "_messages", None))

    def answer_directly(self, message: RawRequestMessage, payload: StreamReader) -> bool:
        """Answer the request, or leave it to aiohttp: False. A subclass knows how."""
        return False

    def data_received(self, data: bytes) -> None:
        """Parse as aiohttp does, and offer the request if there is one."""
        waiter = self._waiter
        if UNKNOWN or waiter is None or waiter.done():  # it is handling a request already, or has not begun
            _parse(self, data)
            return
        # aiohttp waits for a request. It is not told of this one unless it has to handle it. Meanwhile it looks busy,
        # as it does while a handler runs: bytes that are read on until then only join the queue.
        messages = self._messages
        self._waiter = None
        try:
            _parse(self, data)
            if len(messages) == 1 and not self._upgraded:
                message, payload = messages[0]
                if (
                    type(message) is RawRequestMessage
                    and payload.is_eof()
                    and not message.upgrade
                    and message.path.startswith("/")
                    and self.answer_directly(message, payload)
                ):
                    messages.popleft()
                    if self._parser is not None:
                        self._parser.message_consumed()
        finally:
            self._waiter = waiter
            if self._close or self._force_close:
                waiter.cancel()
            elif messages:
                waiter.set_result(None)


_Coroutine = Coroutine[Any, Any, web.StreamResponse]
Runner = Generator[Any, Any, None]


def runner() -> Runner:
    """Return a generator that runs the coroutines that are sent to it, one after another, outside of a task.

    It yields what a coroutine waits for, and its result as a tuple of one. A coroutine that is awaited hands on its
    result as it is; one that is called by `send` has to raise it, which takes more than twice as long.
    """
    made = _runner()
    made.send(None)
    return made


@types.coroutine
def _runner() -> Runner:
    finished: tuple[web.StreamResponse] | None = None
    while True:
        coroutine: _Coroutine = yield finished
        finished = ((yield from coroutine),)


class Begun:
    """A coroutine that has begun to wait outside of a task, in a runner; awaiting it goes on from there."""

    def __init__(self, runs: Runner, waits_for: Any) -> None:
        self._runs = runs
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, web.StreamResponse]:
        """Wait for what the coroutine waits for, and return what it returns."""
        waits_for = self._waits_for
        while type(waits_for) is not tuple:
            error: BaseException | None = None
            try:
                sent = yield waits_for
            except BaseException as thrown:
                error = thrown
            waits_for = self._runs.send(sent) if error is None else self._runs.throw(error)
        return cast(web.StreamResponse, waits_for[0])
