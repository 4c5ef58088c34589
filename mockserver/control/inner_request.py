"""Requests that pages and tools make to handlers of the control API, and the replies in a form to work with."""

import asyncio
from typing import Any, NamedTuple

import orjson
from aiohttp import StreamReader, web
from aiohttp.http import RawRequestMessage
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL


class Reply(NamedTuple):
    """A response of the control API: its status, and its JSON value or, without JSON, its text."""

    status: int
    value: Any

    @property
    def ok(self) -> bool:
        """Whether the call succeeded."""
        return self.status < 400

    @property
    def message(self) -> str:
        """The error message."""
        value = self.value
        return str(value.get("message", "")) if isinstance(value, dict) else str(value or "")


def reply_of(response: web.StreamResponse) -> Reply:
    """Return the reply that a response holds."""
    body = getattr(response, "body", None)
    content = body if isinstance(body, bytes) else b""
    if not content:
        return Reply(response.status, None)
    is_json = response.headers.get("Content-Type", "").startswith("application/json")
    return Reply(response.status, orjson.loads(content) if is_json else content.decode("utf-8", "replace"))


def inner_request(
    outer: web.BaseRequest, method: str, target: str, content: bytes = b"", accept: str = "application/json"
) -> web.BaseRequest:
    """Return a request to the control API within another one: it has the host of the outer one, and its own body."""
    url = URL(target, encoded=True)
    headers = CIMultiDict({"Host": outer.headers.get("Host", ""), "Content-Type": "application/json", "Accept": accept})
    headers["Content-Length"] = str(len(content))
    raw = tuple((name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in headers.items())
    message = RawRequestMessage(
        method, target, outer.version, CIMultiDictProxy(headers), raw, False, None, False, False, url
    )
    loop = asyncio.get_running_loop()
    stream = StreamReader(outer.protocol, 2**16, loop=loop)
    stream.feed_data(content)
    stream.feed_eof()
    return web.BaseRequest(message, stream, outer.protocol, outer.writer, outer.task, loop)
