"""The connections to the upstream: sends a request as it came, and reads the response, or the reason why none came."""

import asyncio
import ssl
from io import BytesIO
from typing import Any, NamedTuple

import aiohttp
from aiohttp import hdrs
from multidict import CIMultiDict
from yarl import URL

from mockserver.parity.client import no_answer
from mockserver.parity.proxy.messages import response_headers

LOCAL = ("localhost", "127.0.0.1", "::1")
"""Hosts that no proxy of the environment reaches."""
WHOLE_BYTES = 4 * 1024 * 1024
"""Up to this size a response is read as a whole, checked and kept; a longer one is passed on as it comes."""
_IN_ONE_PIECE = 64 * 1024
_HEADER_BYTES = 64 * 1024
_IDLE_SECONDS = 4
"""Servers close idle connections after five seconds or later: a request must not meet a connection that is closed."""
_SKIPPED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


class Unreachable(Exception):
    """No response came; the text says why."""


class Received(NamedTuple):
    """A response. `rest` is what has still to be read of a long one; None if `body` is the whole body.

    `headers` are those that are passed on.
    """

    status: int
    phrase: str
    headers: CIMultiDict[str]
    body: bytes
    rest: aiohttp.ClientResponse | None = None

    def header(self, name: str) -> str:
        """Return a header as text, whatever bytes it has; empty if there is none."""
        return self.headers.get(name, "").encode("utf-8", "surrogateescape").decode("utf-8", "replace")

    @property
    def media_type(self) -> str:
        """The media type, in lower case and without parameters."""
        return self.header("Content-Type").partition(";")[0].strip().lower()


class _Request(aiohttp.ClientRequest):
    """A request that says nothing of a body if it has none: services tell no body from an empty one."""

    def update_body_from_data(self, body: Any, _stacklevel: int = 3) -> None:
        """Leave out the length that aiohttp adds."""
        announced = hdrs.CONTENT_LENGTH in self.headers
        super().update_body_from_data(body, _stacklevel)
        if body is None and not announced:
            self.headers.pop(hdrs.CONTENT_LENGTH, None)


class Upstream:
    """The server at `url`. It is reached with the first request; `timeout` is in seconds, for a whole response.

    A response that is passed on as it comes may take longer, but never pauses for longer.
    """

    def __init__(self, url: str, timeout: float, trust: ssl.SSLContext | None = None) -> None:
        self.url = url
        self._timeout = timeout
        self._trust = trust
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self, method: str, target: str, headers: CIMultiDict[str], content: bytes | None, *, chunked: bool
    ) -> Received:
        """Return the response to a request. Raises Unreachable if none comes.

        `content` is None if the request announces no body.
        """
        response: aiohttp.ClientResponse | None = None
        try:
            async with asyncio.timeout(self._timeout):
                response = await self._opened().request(
                    method,
                    URL(self.url + target, encoded=True),
                    data=_data(content),
                    headers=_with_length(headers, content, chunked=chunked),
                    chunked=True if chunked else None,
                    skip_auto_headers=_SKIPPED,
                    allow_redirects=False,
                )
                if response.status < 200:
                    raise Unreachable(f"the upstream answered {response.status}, which ends no request")
                return await _received(response)
        except TimeoutError:
            reason = f"no response within {self._timeout:g} s (--timeout)"
        except (aiohttp.ClientError, OSError, ValueError) as error:
            reason = no_answer(error)
        except BaseException:
            _drop(response)
            raise
        _drop(response)
        raise Unreachable(f"{self.url}: {reason}")

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                ssl=True if self._trust is None else self._trust, limit=0, keepalive_timeout=_IDLE_SECONDS
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                request_class=_Request,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._timeout, sock_read=self._timeout),
                trust_env=URL(self.url).host not in LOCAL,
                max_line_size=_HEADER_BYTES,
                max_field_size=_HEADER_BYTES,
            )
        return self._session

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()


def _drop(response: aiohttp.ClientResponse | None) -> None:
    """Close the connection: nobody reads what is left of the response."""
    if response is not None:
        response.close()


async def _received(response: aiohttp.ClientResponse) -> Received:
    """Return the response, read to its end unless it is long or has none."""
    pieces, size = [], 0
    endless = response.content_type == "text/event-stream"
    while not endless and size <= WHOLE_BYTES:
        piece = await response.content.readany()
        if not piece:
            break
        pieces.append(piece)
        size += len(piece)
    rest = response if endless or size > WHOLE_BYTES else None
    headers = response_headers(response.headers)
    return Received(response.status, response.reason or "", headers, b"".join(pieces), rest)


def _data(content: bytes | None) -> Any:
    return BytesIO(content) if content is not None and len(content) > _IN_ONE_PIECE else content


def _with_length(headers: CIMultiDict[str], content: bytes | None, *, chunked: bool) -> CIMultiDict[str]:
    if content is None or chunked:
        return headers
    sent = headers.copy()
    sent["Content-Length"] = str(len(content))
    return sent
