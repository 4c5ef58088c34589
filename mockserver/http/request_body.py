"""Reads the bytes of a request, bounded in size and in time. What goes wrong is a value, not an exception."""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from aiohttp import HttpVersion11, web
from multidict import istr

EXPECT = istr("Expect")
_PAUSE_SECONDS = 1.0
"""A timer that is so late has waited for a process that was paused."""


@dataclass(slots=True)
class Incoming:
    """The bytes that came, or why they did not come whole."""

    content: bytes
    problem: Literal["size", "incomplete"] | None = None
    reason: str = ""


class WholeRequest(web.BaseRequest):
    """A request that has arrived with its whole body, no longer than the limit."""

    @property
    def whole_body(self) -> bytes:
        """The body."""
        raise NotImplementedError


def at_hand(request: web.BaseRequest) -> bytes | None:
    """Return the body if it has arrived whole and is no longer than allowed; None leaves it to `read`."""
    whole: bytes | None = getattr(request, "whole_body", None)  # isinstance() of aiohttp's abstract class is slow
    if whole is not None:
        return whole
    stream = request.content
    if not stream.is_eof() or stream.exception() is not None or stream.total_bytes > request.client_max_size:
        return None
    return stream.read_nowait()


async def read(request: web.BaseRequest, limit: int, seconds: float) -> Incoming:
    """The body of `request`: at most `limit` bytes, within so many seconds."""
    if (request.content_length or 0) > limit:
        return _too_big(limit)
    try:
        async with _TimeLimit(seconds):
            return await _gathered(request, limit)
    except TimeoutError:
        return Incoming(b"", "incomplete", f"it was not there after {seconds:g} seconds (--body-timeout)")
    except web.RequestPayloadError as error:
        return Incoming(b"", "incomplete", str(error))


class _TimeLimit:
    """Raises TimeoutError after that time. A pause of the process gives it anew: what came meanwhile is still unread.

    It forgets its timer at the end. The two would refer to each other, and keep the task with the request and its body
    until the garbage collector comes.
    """

    __slots__ = ("_limit", "_loop", "_seconds", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._limit = asyncio.timeout(None)
        self._timer: asyncio.TimerHandle | None = None

    async def __aenter__(self) -> None:
        self._begin()
        await self._limit.__aenter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._limit.__aexit__(kind, error, at)

    def _begin(self) -> None:
        self._timer = self._loop.call_later(self._seconds, self._expire, self._loop.time() + self._seconds)

    def _expire(self, due: float) -> None:
        if self._loop.time() - due > _PAUSE_SECONDS:
            self._begin()
        else:
            self._timer = None
            self._limit.reschedule(self._loop.time())


async def go_ahead(request: web.BaseRequest) -> None:
    """Tells a client that waits for it to send its body; others are passed over. So does the service, first of all."""
    if request.version == HttpVersion11 and request.headers[EXPECT].lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        request.writer.output_size = 0  # what is sent so far is no part of the answer


async def _gathered(request: web.BaseRequest, limit: int) -> Incoming:
    chunks: list[bytes] = []
    size = 0
    while size <= limit:
        chunk = await request.content.readany()
        if not chunk:
            return Incoming(b"".join(chunks))
        chunks.append(chunk)
        size += len(chunk)
    return _too_big(limit)


def _too_big(limit: int) -> Incoming:
    return Incoming(b"", "size", f"{limit} bytes")
