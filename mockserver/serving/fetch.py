"""Read what stands at a URL, for the commands: bounded in size and time, with errors in words for a person."""

import ssl
from http.client import HTTPException
from pathlib import Path
from typing import Any, NamedTuple
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, HTTPSHandler, ProxyHandler, Request, build_opener

from mockserver.clock import stopwatch
from mockserver.serving.trust import trusting

_CHUNK, _MOST_SECONDS = 1024 * 1024, 300


class Unfetched(Exception):
    """Nothing could be read; the text says why. `status` is that of the response, 0 if none came."""

    def __init__(self, reason: str, status: int = 0, headers: Any = None) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = headers


class Fetched(NamedTuple):
    """The body of a response with status 2xx, and the URL that it came from."""

    content: bytes
    url: str


class _NoRedirects(HTTPRedirectHandler):
    """A redirect is an error: a bearer must not go to another server."""

    def redirect_request(self, *_: Any) -> None:
        """Follow nothing."""
        return


def trust_of(ca_file: Path | None) -> ssl.SSLContext:
    """Return what HTTPS servers are trusted by. Raises Unfetched if the file cannot be used."""
    try:
        return trusting(ca_file)
    except OSError as error:
        raise Unfetched(f"cannot use {ca_file}: {error.strerror or error}") from error


def fetched(
    url: str,
    *,
    token: str | None = None,
    trust: ssl.SSLContext | None = None,
    timeout: float = 10,
    most: int = 64 * 1024 * 1024,
    through_proxy: bool = False,
) -> Fetched:
    """Return what a GET of the URL answers. Raises Unfetched with the reason.

    `token` is sent as a bearer, and then no redirect is followed. `through_proxy` uses the proxy of the environment,
    which cannot reach a mock on this machine.
    """
    if not url.startswith(("http://", "https://")):
        raise Unfetched("not a URL: it must start with http:// or https://")
    headers = {"Accept": "application/json, */*;q=0.5"}
    handlers: list[Any] = [] if through_proxy else [ProxyHandler({})]
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
        handlers.append(_NoRedirects())
    if trust is not None:
        handlers.append(HTTPSHandler(context=trust))
    try:
        with build_opener(*handlers).open(Request(url, headers=headers), timeout=timeout) as answer:  # noqa: S310
            content, source = _read(answer, most), answer.geturl()
    except HTTPError as error:
        with error:
            raise Unfetched(f"status {error.code}", error.code, error.headers) from error
    except TimeoutError as error:
        raise Unfetched(f"no response within {timeout:g} seconds") from error
    except (OSError, HTTPException, ValueError) as error:
        raise Unfetched(_reason(error, timeout)) from error
    return Fetched(content, source)


def _read(answer: Any, most: int) -> bytes:
    """Return the body. Raises Unfetched if it is too large, or trickles in."""
    begun, content = stopwatch(), bytearray()
    while part := answer.read1(_CHUNK):
        content += part
        if len(content) > most:
            raise Unfetched(f"more than {most} bytes")
        if stopwatch() - begun > _MOST_SECONDS:
            raise Unfetched(f"the response is not complete after {_MOST_SECONDS} seconds")
    if answer.length:
        raise Unfetched("the connection was closed in the middle of the response")
    return bytes(content)


def _reason(error: Exception, timeout: float) -> str:
    reason: Any = getattr(error, "reason", None) or error
    if isinstance(reason, TimeoutError):
        return f"no response within {timeout:g} seconds"
    if getattr(reason, "verify_message", ""):
        return f"its certificate is not trusted ({reason.verify_message}): give --tls-ca-file"
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__)
