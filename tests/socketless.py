"""A request as the parsers see it: its line, its headers, and a body that has come whole. There is no connection."""

import asyncio
from functools import cached_property
from typing import Any

from aiohttp import HttpVersion11
from aiohttp.base_protocol import BaseProtocol
from multidict import CIMultiDict
from yarl import URL


class Protocol(BaseProtocol):
    """What a request asks of aiohttp's protocol."""

    ssl_context = peername = sockname = None


class Sent:
    """What aiohttp's request has, as far as it is read before an answer is written."""

    version = HttpVersion11
    remote = "127.0.0.1"
    scheme = "http"
    writer = None
    task = None
    client_max_size = 1024 * 1024

    def __init__(self, target: str, headers: CIMultiDict[str], method: str = "GET", content: bytes = b"") -> None:
        self.method = method
        self.raw_path = target
        self.headers = headers
        self.raw_headers = tuple(
            (name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items()
        )
        self.content = Content(content)
        self.content_length = len(content)
        self.transport: Any = self

    @cached_property
    def protocol(self) -> BaseProtocol:
        return Protocol(asyncio.get_running_loop())

    @cached_property
    def rel_url(self) -> URL:
        path, _, query = self.raw_path.partition("#")[0].partition("?")
        return URL.build(path=path, query_string=query, encoded=True)

    @property
    def query(self) -> Any:
        return self.rel_url.query

    @property
    def path(self) -> str:
        return self.rel_url.path

    @property
    def host(self) -> str:
        return self.headers.get("Host", "localhost")

    @property
    def cookies(self) -> dict[str, str]:
        return {}

    def abort(self) -> None:
        """Ends the connection that there is not."""


class Content:
    """The bytes of a body, all of them there."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.total_bytes = len(content)

    def is_eof(self) -> bool:
        return True

    def exception(self) -> None:
        return None

    def read_nowait(self) -> bytes:
        content, self._content = self._content, b""
        return content

    async def readany(self) -> bytes:
        return self.read_nowait()
