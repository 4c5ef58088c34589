"""Malformed HTTP: says what is wrong with it."""

from aiohttp import HttpVersion10, HttpVersion11
from aiohttp.http_exceptions import HttpProcessingError, InvalidURLError, LineTooLong

from mockserver.api.pipeline import VendorApi
from mockserver.api.request_rules import MALFORMED_HTTP
from mockserver.http.response import BytesResponse
from mockserver.settings import Settings

VERSIONS = (HttpVersion11, HttpVersion10)
"""The versions of HTTP that are served."""
PLAIN_HTTP = "The request is plain HTTP on a port that serves HTTPS: use https://"


def malformed(vendor: VendorApi, reason: str = "The request is neither HTTP/1.0 nor HTTP/1.1") -> BytesResponse:
    """Return the response to malformed HTTP. It is sent in HTTP/1.1, whatever the request was to be."""
    response = vendor.rejected(MALFORMED_HTTP, reason)
    response.version = HttpVersion11
    return response


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
    if message.startswith("Received HTTPS"):
        return "The client began TLS on a port that serves HTTP: use http://, or start the server with --tls auto"
    return message.splitlines()[0].partition(":")[0]
