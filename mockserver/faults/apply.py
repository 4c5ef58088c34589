"""What a fault does to a request: it waits, or its connection ends. Only aiohttp's public side is used."""

import asyncio

from aiohttp import web

from mockserver.http.response import BytesResponse

MAX_SECONDS = 300
"""How long a request may be made to wait."""
LOOK_SECONDS = 0.05
"""How often a waiting request looks whether anybody still waits for it."""


class Delays:
    """The waiting of requests. None outlives its client, and none holds up a server that stops."""

    def __init__(self) -> None:
        self._stopping = False

    async def over(self, request: web.BaseRequest, seconds: float) -> bool:
        """Waits so many seconds; False as soon as the client is gone, or the server stops."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0:
            if self._stopping or request.transport is None:
                return False
            await asyncio.sleep(min(left, LOOK_SECONDS))
        return request.transport is not None

    def start(self) -> None:
        """Lets requests wait."""
        self._stopping = False

    def stop(self) -> None:
        """Ends every waiting."""
        self._stopping = True


def drop(request: web.BaseRequest) -> None:
    """Ends the connection at once. The answer that aiohttp is still given goes nowhere."""
    if request.transport is not None:
        request.transport.abort()


async def drop_half_way(request: web.BaseRequest, response: BytesResponse) -> web.StreamResponse:
    """Sends the head and half of the body, and ends the connection; what has been sent arrives."""
    content = response.body
    half = web.StreamResponse(status=response.status, headers=response.headers)
    half.content_length = len(content)
    try:
        await half.prepare(request)
        if request.method != "HEAD":
            await half.write(half_of(content))
    except ConnectionError:
        return half  # nobody is left to cut off
    half.force_close()
    if request.transport is not None:
        request.transport.close()
    return half


def half_of(content: bytes) -> bytes:
    """What arrives of a body that is cut off."""
    return content[: len(content) // 2]
