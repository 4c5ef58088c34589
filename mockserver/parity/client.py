"""Sends the requests of scripts: to the tenant at its pace, and to a world of the mock."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from io import BytesIO
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from mockserver import __version__
from mockserver.clock import stopwatch
from mockserver.parity.comparison import JSON, NO_ANSWER, Answer
from mockserver.parity.scripts import Step, filled

_MAX_BYTES = 8 * 1024 * 1024
_IN_ONE_PIECE = 64 * 1024
_RETRIES = 5
_RETRY_SECONDS = 60
_MOST_RETRY_SECONDS = 300
TOO_MANY_SILENT = 3
"""Calls in a row without an answer of the service, after which the tenant counts as unreachable."""


class Unreachable(Exception):
    """The tenant does not answer as the service does; the text says what it does instead."""


class Sent(NamedTuple):
    """A request with its placeholders filled."""

    method: str
    path: str
    headers: Mapping[str, str] = {}
    content: bytes | None = None
    chunked: bool = False


def prepared(step: Step, known: Mapping[str, Any]) -> Sent:
    """Return the step's request. Raises Unfilled if it needs a value that is not known."""
    content: bytes | None = None
    headers = {}
    if step.has_body:
        content = json.dumps(filled(step.body, known), ensure_ascii=False).encode("utf-8", "surrogatepass")
        headers["Content-Type"] = JSON
    elif step.text is not None:
        content = str(filled(step.text, known)).encode(step.charset, "replace")
    if step.token is not None:
        headers["Authorization"] = f"Bearer {filled(step.token, known)}"
    for name, value in filled(dict(step.headers), known).items():
        headers[name] = value
    return Sent(step.method, filled(step.path, known), headers, content, step.chunked)


class Client:
    """A client of one server, at `url` (without a slash at its end)."""

    def __init__(self, session: aiohttp.ClientSession, url: str, timeout: float) -> None:
        self._session = session
        self._url = url
        self._timeout = aiohttp.ClientTimeout(total=timeout)
        self._seconds = timeout

    @property
    def base(self) -> str:
        """The path of the server's URL."""
        return URL(self._url).raw_path.rstrip("/")

    async def send(self, sent: Sent) -> Answer:
        """Return the answer; of status NO_ANSWER, with the reason for a body, if none comes."""
        data: Any = _pieces(sent.content) if sent.chunked else sent.content
        if isinstance(data, bytes) and len(data) > _IN_ONE_PIECE:
            data = BytesIO(data)
        try:
            async with self._session.request(
                sent.method,
                URL(self._url + sent.path, encoded=True),
                data=data,
                headers=sent.headers,
                skip_auto_headers=("Content-Type",),
                allow_redirects=False,
                timeout=self._timeout,
            ) as response:
                return _answer(response, await _content(response))
        except TimeoutError:
            return Answer(NO_ANSWER, f"no answer within {self._seconds:g} s")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            return Answer(NO_ANSWER, no_answer(error))


async def _pieces(content: bytes | None) -> AsyncIterator[bytes]:
    if content:
        yield content


async def _content(response: aiohttp.ClientResponse) -> bytes:
    """Return the body, or its beginning: nothing that the service sends is as long as the limit."""
    pieces, size = [], 0
    async for piece in response.content.iter_chunked(64 * 1024):
        pieces.append(piece)
        size += len(piece)
        if size > _MAX_BYTES:
            break
    return b"".join(pieces)


def _answer(response: aiohttp.ClientResponse, content: bytes) -> Answer:
    rule, retry_after = (response.headers.get(name, "") for name in ("Mock-Rule", "Retry-After"))
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type == JSON:
        try:
            return Answer(response.status, json.loads(content), JSON, rule, retry_after)
        except (ValueError, RecursionError):
            media_type = "broken JSON"
    text = content[:2000].decode("utf-8", "replace")
    return Answer(response.status, text, media_type, rule, retry_after)


def no_answer(error: Exception) -> str:
    """Return in a few words why a request has no answer."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return "its certificate is not trusted: --tls-ca-file names the authorities to trust"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "no server has that name"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {error.os_error.strerror or 'refused'}"
    if isinstance(error, aiohttp.ClientPayloadError):
        return "the connection was closed in the middle of the answer"
    if isinstance(error, aiohttp.ServerDisconnectedError | aiohttp.ClientOSError | OSError):
        return "the connection was closed without an answer"
    return "the answer is not HTTP"


class Tenant:
    """The client of the tenant: at most `rate` requests a minute (0: no limit), and 429 is honoured.

    `waited` counts the answers 429. `silent` counts the calls in a row without an answer of the service.
    """

    def __init__(self, client: Client, rate: float) -> None:
        self._client = client
        self._pause = 60 / rate if rate else 0.0
        self._next = 0.0
        self.requests = self.waited = self.silent = 0

    @property
    def base(self) -> str:
        """The path of the tenant's URL."""
        return self._client.base

    async def send(self, sent: Sent) -> Answer:
        """Return the answer. After a 429 the request is sent again, once the time that the tenant asks for is over."""
        for attempt in range(_RETRIES + 1):
            await self._pace()
            answer, retry_after = await self._once(sent)
            if answer.status != 429 or attempt == _RETRIES:
                return answer
            self.waited += 1
            await asyncio.sleep(retry_after)
        raise AssertionError("the loop returns")

    async def _once(self, sent: Sent) -> tuple[Answer, float]:
        answer = await self._client.send(sent)
        self.requests += 1
        return answer, _seconds(answer.retry_after)

    async def _pace(self) -> None:
        now = stopwatch()
        if self._pause and now < self._next:
            await asyncio.sleep(self._next - now)
        self._next = max(now, self._next) + self._pause

    def heard(self, answer: Answer, *, expected: bool) -> None:
        """Count whether the service answered; `expected` if the mock gives such an answer too. Raises Unreachable."""
        if expected or of_the_service(answer):
            self.silent = 0
            return
        self.silent += 1
        if self.silent == TOO_MANY_SILENT:
            raise Unreachable(f"{TOO_MANY_SILENT} calls in a row had no answer of the service: {told(answer)}")


def _seconds(text: str) -> float:
    return min(float(text), _MOST_RETRY_SECONDS) if text.isdecimal() else _RETRY_SECONDS


def of_the_service(answer: Answer) -> bool:
    """Whether the service can have given the answer: JSON, and with an error status its envelope."""
    if answer.media_type != JSON:
        return False
    if answer.status < 400:
        return isinstance(answer.body, dict | list)
    return isinstance(answer.body, dict) and "error" in answer.body and "message" in answer.body


def told(answer: Answer) -> str:
    """Return in a few words what came instead of an answer of the service."""
    if answer.status == NO_ANSWER:
        return str(answer.body)
    return f"status {answer.status} with {answer.media_type or 'no media type'}"


def session(trust: ssl.SSLContext | None = None, *, local: bool = False) -> aiohttp.ClientSession:
    """Return a session without cookies. A `local` one uses no proxy of the environment."""
    connector = aiohttp.TCPConnector(ssl=True if trust is None else trust)
    return aiohttp.ClientSession(
        connector=connector,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": f"infisical-mock-parity/{__version__}"},
        trust_env=not local,
    )
