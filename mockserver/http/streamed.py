"""A response whose body is made while it is sent, no faster than the client reads it."""

from collections.abc import Iterator

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

from mockserver.http.turns import in_turns


class StreamedResponse(web.StreamResponse):
    """A 200 of unknown length: in chunks, or, in HTTP/1.0, up to the end of the connection.

    `pieces` yields the body, and empty pieces where it makes a pause. It is not asked for a HEAD request.
    """

    def __init__(self, pieces: Iterator[bytes], media_type: str) -> None:
        super().__init__(headers={"Content-Type": media_type})
        self._pieces = pieces
        self._is_head = False

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Send the headers."""
        self._is_head = request.method == "HEAD"
        return await super().prepare(request)

    async def write_eof(self, data: bytes = b"") -> None:
        """Send the body. Raises ConnectionError if the client goes away; nothing more is made then."""
        if not self._is_head:
            async for piece in in_turns(self._pieces):
                if piece:
                    await self.write(piece)
        await super().write_eof(data)
