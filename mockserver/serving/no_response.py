"""What is left of a request that cannot be answered: as little as possible, and nothing for the garbage collector."""

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter


class NoResponse(web.StreamResponse):
    """Ends the connection instead of a response: the client is gone, or has received part of another response.

    aiohttp would also end it for an error that `handle_error` raises, but then its task and the error refer to each
    other.
    """

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Raise ConnectionError, which aiohttp takes for a client that is gone."""
        raise ConnectionError


def forget_frames(error: BaseException | None) -> None:
    """Drop the tracebacks of an error that has been dealt with, and of those that led to it.

    Their frames refer to the error, and to the connection and the request.
    """
    while error is not None:
        error.__traceback__ = None
        error = error.__context__
