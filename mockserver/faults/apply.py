"""Apply faults: delay a request or drop its connection, with aiohttp's public API only."""

import asyncio

from aiohttp import web

from mockserver.http.reason_phrases import reason_phrase
from mockserver.http.response import BytesResponse

MAX_SECONDS = 300
"""The longest delay, in seconds."""
LOOK_SECONDS = 0.05
"""Interval, in seconds, at which a delayed request checks that its client is still connected."""


class Delays:
    """Delays of requests. A delay ends early when its client disconnects or the server stops."""

    def __init__(self) -> None:
        self._stopping = False

    async def over(self, request: web.BaseRequest, seconds: float) -> bool:
        """Wait `seconds`. Return False early if the client disconnects or the server stops, else True."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            if self._stopping or request.transport is None:
                return False
            await asyncio.sleep(min(left, LOOK_SECONDS))
        return request.transport is not None

    def start(self) -> None:
        """Allow delays again."""
        self._stopping = False

    def stop(self) -> None:
        """End all delays."""
        self._stopping = True


def drop(request: web.BaseRequest) -> None:
    """Abort the connection. The response that aiohttp still receives is discarded."""
    if request.transport is not None:
        request.transport.abort()


async def drop_half_way(request: web.BaseRequest, response: BytesResponse) -> web.StreamResponse:
    """Send the headers and half of the body, flush them, and close the connection."""
    content = response.body
    half = web.StreamResponse(status=response.status, reason=reason_phrase(response.status), headers=response.headers)
    half.content_length = len(content)
    try:
        await half.prepare(request)
        if request.method != "HEAD":
            await half.write(half_of(content))
    except ConnectionError:
        return half  # the client has disconnected already
    half.force_close()
    if request.transport is not None:
        request.transport.close()
    return half


def half_of(content: bytes) -> bytes:
    """Return the part of a body that is sent before the connection is closed."""
    return content[: len(content) // 2]
