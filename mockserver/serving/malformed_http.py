"""Malformed HTTP: says what is wrong with it."""

from aiohttp.http_exceptions import HttpProcessingError, InvalidURLError, LineTooLong

from mockserver.settings import Settings


def reason_of(error: BaseException | None, message: str | None, settings: Settings) -> str:
    """Return what is wrong with the bytes, without quoting them as the parser does: they may hold a secret."""
    if isinstance(error, InvalidURLError):
        return "The request's target is no URL"
    if isinstance(error, LineTooLong):
        return f"The request line or a header is longer than {settings.max_header_size} bytes (--max-header-size)"
    if not message or not isinstance(error, HttpProcessingError):
        return "The request is not HTTP/1.1"
    if message.startswith("Too many headers"):
        return f"The request has more than {settings.max_headers} headers (--max-headers)"
    return message.splitlines()[0].partition(":")[0]
