"""Requests over a real connection, and the record of them. A test may spoil an answer before the client reads it."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp


@dataclass(frozen=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.content)


@dataclass(frozen=True)
class Exchange:
    """One request and the answer to it. `body` is what was sent as JSON, None for no body."""

    method: str
    path: str
    body: Any
    headers: Mapping[str, str]
    answer: Answer

    @property
    def line(self) -> tuple[str, str, Any, int]:
        """Method, path with query, body and status: what a script of a test is made of."""
        return self.method, self.path, self.body, self.answer.status

    @property
    def breaches(self) -> int:
        """How many breaches of the contract the server let through in it."""
        return int(self.answer.headers.get("Mock-Breach", "0"))

    @property
    def rule(self) -> str:
        return self.answer.headers["Mock-Rule"]


Spoil = Callable[[Exchange], Answer]
"""What the client reads instead of an answer."""

Send = Callable[[str, str, Any, Mapping[str, str]], Awaitable[Answer]]
"""Takes method, address, JSON value of the body (None: no body) and headers."""


class Recorder:
    """Sends requests, as they are told, and keeps every exchange in order."""

    def __init__(self, session: aiohttp.ClientSession, spoil: Spoil | None = None) -> None:
        self.exchanges: list[Exchange] = []
        self._session = session
        self._spoil = spoil

    @property
    def lines(self) -> list[tuple[str, str, Any, int]]:
        return [each.line for each in self.exchanges]

    async def send(self, method: str, url: str, body: Any, headers: Mapping[str, str]) -> Answer:
        """The answer that the client is to read. No header but those is sent, save what HTTP itself needs."""
        content = None if body is None else json.dumps(body).encode()
        async with self._session.request(
            method,
            url,
            data=content,
            headers=headers,
            skip_auto_headers=("Content-Type", "User-Agent", "Accept"),
        ) as response:
            answer = Answer(response.status, response.headers, await response.read())
        parts = urlsplit(url)
        exchange = Exchange(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers, answer)
        self.exchanges.append(exchange)
        return answer if self._spoil is None else self._spoil(exchange)
