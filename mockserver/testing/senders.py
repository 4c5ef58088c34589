"""Senders of calls: with the standard library for synchronous callers, with aiohttp for asynchronous ones."""

import ssl
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from mockserver.testing.calls import Answer, Call, MockError

if TYPE_CHECKING:
    import aiohttp

T = TypeVar("T")
SECONDS = 30
"""Time limit for a response; the mock takes less than a millisecond."""


def headers_of(sent: Call[Any], control_token: str | None) -> dict[str, str]:
    """Return the headers of a call, with the token of the control API if there is one."""
    bearer = {} if control_token is None else {"Authorization": f"Bearer {control_token}"}
    return {**bearer, **sent.headers}


def waiting(url: str, control_token: str | None = None, trust: ssl.SSLContext | None = None) -> Callable[[Call[T]], T]:
    """Return a sender to the mock at `url` that opens a connection for each call, so none stays open.

    `trust` holds the authorities of an HTTPS URL; by default they are those of the system.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or parts.hostname is None:
        raise MockError(f"'{url}' is not the URL of a mock, such as http://127.0.0.1:8080")
    host, base = parts.hostname, parts.path.rstrip("/")

    if parts.scheme == "https" and trust is None:
        trust = ssl.create_default_context()

    def connection() -> HTTPConnection:
        if parts.scheme == "https":
            return HTTPSConnection(host, parts.port, timeout=SECONDS, context=trust)
        return HTTPConnection(host, parts.port, timeout=SECONDS)

    def send(sent: Call[T]) -> T:
        __tracebackhide__ = True
        made = connection()
        try:
            made.request(sent.method, base + sent.path, sent.content, headers_of(sent, control_token))
            response = made.getresponse()
            answer = Answer(response.status, response.read())
        except (OSError, HTTPException) as error:
            raise MockError(f"no mock answers at {url}: {error or type(error).__name__}{_hint(error)}") from error
        finally:
            made.close()
        return sent.result(answer)

    return send


def _hint(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return ". INFISICAL_MOCK_TLS_CA_FILE names the file with the authority to trust"
    if isinstance(error, ssl.SSLError) and error.reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE"):
        return ". The server speaks HTTP, not HTTPS"
    return ""


def awaiting(
    url: str, session: "aiohttp.ClientSession", control_token: str | None = None, trust: ssl.SSLContext | None = None
) -> Callable[[Call[T]], Any]:
    """Return a sender to the mock at `url` that uses a session; its results are awaited. `trust` as of `waiting`."""
    from aiohttp import ClientError

    async def send(sent: Call[T]) -> T:
        try:
            async with session.request(
                sent.method,
                url + sent.path,
                data=sent.content,
                headers=headers_of(sent, control_token),
                ssl=True if trust is None else trust,
            ) as response:
                answer = Answer(response.status, await response.read())
        except ClientError as error:
            raise MockError(f"no mock answers at {url}: {error}") from error
        return sent.result(answer)

    return send
