"""Reads the bytes of a request, bounded in size and in time. What goes wrong is a value, not an exception."""

import asyncio
from dataclasses import dataclass
from typing import Literal

from aiohttp import web

READ_SECONDS = 10


@dataclass(slots=True)
class Incoming:
    """The bytes that came, or why they did not come whole."""

    content: bytes
    problem: Literal["size", "incomplete"] | None = None
    reason: str = ""


async def read(request: web.BaseRequest, limit: int) -> Incoming:
    """The body of `request`: at most `limit` bytes, within READ_SECONDS."""
    if (request.content_length or 0) > limit:
        return Incoming(b"", "size")
    try:
        if request.content.is_eof():  # nothing to wait for: the usual case
            content = request.content.read_nowait()
            return Incoming(content) if len(content) <= limit else Incoming(b"", "size")
        async with asyncio.timeout(READ_SECONDS):
            return await _gathered(request, limit)
    except TimeoutError:
        return Incoming(b"", "incomplete", f"it was not there after {READ_SECONDS} seconds")
    except web.RequestPayloadError as error:
        return Incoming(b"", "incomplete", str(error))


async def _gathered(request: web.BaseRequest, limit: int) -> Incoming:
    chunks: list[bytes] = []
    size = 0
    while size <= limit:
        chunk = await request.content.readany()
        if not chunk:
            return Incoming(b"".join(chunks))
        chunks.append(chunk)
        size += len(chunk)
    return Incoming(b"", "size")
