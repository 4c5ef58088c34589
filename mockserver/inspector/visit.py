"""One request for a page: what it asks for, and the calls of the control API that the page is made from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, urlencode

import orjson
from aiohttp import web

from mockserver.control.inner_request import Reply, inner_request, reply_of
from mockserver.control.resource import Call
from mockserver.http.request_body import read

Dispatch = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]
MAX_FORM = 2 * 1024 * 1024
_MAX_FIELDS = 100


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
        return reply_of(await self.dispatch(inner_request(self.call.request, method, target, content)))


def of_world(world: str, *steps: str) -> str:
    """The address of a world's resource in the control API."""
    return "/".join(("/_mock/worlds", *(quote(each, safe="") for each in (world, *steps))))
