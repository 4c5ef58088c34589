"""One request for a page: what it asks for, and the calls of the control API that the page is made from."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

import orjson
from aiohttp import StreamReader, web
from aiohttp.http import RawRequestMessage
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from mockserver.control.resource import Call
from mockserver.http.request_body import read

Dispatch = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
MAX_FORM = 2 * 1024 * 1024
_MAX_FIELDS = 100


class Reply(NamedTuple):
    """An answer of the control API: its status and its JSON value, or its text where it is no JSON."""

    status: int
    value: Any

    @property
    def ok(self) -> bool:
        """Whether the call did what it was to do."""
        return self.status < 400

    @property
    def message(self) -> str:
        """What was wrong, in words."""
        value = self.value
        return str(value.get("message", "")) if isinstance(value, dict) else str(value or "")


class Visit(NamedTuple):
    """A request for a page. `dispatch` answers calls of the control API, without the guard."""

    call: Call
    dispatch: Dispatch
    parameters: Mapping[str, str] = MappingProxyType({})

    @property
    def query(self) -> Mapping[str, str]:
        """The parameters of the query; of several with one name the first."""
        return self.call.request.query

    @property
    def world(self) -> str:
        """The world that the page is about: of the path, else of the query, else `default`."""
        return self.parameters.get("world") or self.query.get("world") or "default"

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks, which takes a part of the page."""
        return "HX-Request" in self.call.request.headers

    async def get(self, path: str, **query: Any) -> Reply:
        """The answer to a GET of the control API. What is None in the query is left out."""
        given = {name: str(value) for name, value in query.items() if value is not None}
        return await self._answer("GET", f"{path}?{urlencode(given)}" if given else path, b"")

    async def send(self, method: str, path: str, body: Any = None) -> Reply:
        """The answer to a call of the control API that may change something; `body` is its JSON value."""
        return await self._answer(method, path, b"" if body is None else orjson.dumps(body))

    async def text(self, path: str) -> str:
        """The text that a GET of the control API answers; empty if there is none."""
        reply = await self._answer("GET", path, b"")
        return reply.value if reply.ok and isinstance(reply.value, str) else ""

    async def form(self) -> dict[str, str] | None:
        """The fields of the form that was sent, without the empty ones; None if it cannot be read."""
        incoming = await read(self.call.request, MAX_FORM, self.call.parts.body_timeout)
        if incoming.problem is not None:
            return None
        try:
            pairs = parse_qsl(incoming.content.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS)
        except ValueError:
            return None
        return {name: value for name, value in pairs if value.strip()}

    async def _answer(self, method: str, target: str, content: bytes) -> Reply:
        response = await self.dispatch(_inner(self.call.request, method, target, content))
        body = getattr(response, "body", None)
        content = body if isinstance(body, bytes) else b""
        if not content:
            return Reply(response.status, None)
        is_json = response.headers.get("Content-Type", "").startswith("application/json")
        return Reply(response.status, orjson.loads(content) if is_json else content.decode("utf-8", "replace"))


def of_world(world: str, *steps: str) -> str:
    """The address of a world's resource in the control API."""
    return "/".join(("/_mock/worlds", *(quote(each, safe="") for each in (world, *steps))))


def _inner(outer: web.BaseRequest, method: str, target: str, content: bytes) -> web.BaseRequest:
    """A request to the control API, sent by nobody: with the host of the outer one, and a body of its own."""
    url = URL(target, encoded=True)
    headers = CIMultiDict({"Host": outer.headers.get("Host", ""), "Content-Type": "application/json"})
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
