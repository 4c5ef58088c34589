"""A tool of the Model Context Protocol: its description, the check of its arguments, and its result."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

import orjson

from mockserver.contract.checks import SchemaCheck
from mockserver.control.inner_request import Reply, inner_request, reply_of
from mockserver.control.own_contract import errors
from mockserver.control.resource import Call, Handler
from mockserver.worlds.registry import DEFAULT

WORLD = {"type": "string", "minLength": 1, "maxLength": 64, "description": "Id of the world; `default` if left out."}


class Result(NamedTuple):
    """The result of a tool: its text, the same as a JSON object if there is one, and whether the tool failed."""

    text: str
    value: dict[str, Any] | None = None
    failed: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the `result` of `tools/call`."""
        structured = {} if self.value is None else {"structuredContent": self.value}
        return {"content": [{"type": "text", "text": self.text}], **structured, "isError": self.failed}


class Asked(NamedTuple):
    """A call of a tool with arguments."""

    call: Call
    arguments: Mapping[str, Any]

    @property
    def world(self) -> str:
        """The world that the arguments name, else that of the address (`?world=`) or `Mock-World`, else `default`."""
        return str(self.given("world").get("world", DEFAULT))

    def value(self, name: str, default: int) -> int:
        """Return an integer among the arguments."""
        return int(self.arguments.get(name, default))

    def given(self, *names: str) -> dict[str, Any]:
        """Return those of the arguments that are given; the address may give the world."""
        request = self.call.request
        world = request.query.get("world") or request.headers.get("Mock-World")
        arguments = self.arguments if not world else {"world": world, **self.arguments}
        return {name: arguments[name] for name in names if name in arguments}

    async def get(self, handler: Handler, accept: str = "application/json", **query: Any) -> Reply:
        """Return the reply to a GET of the control API; `world` and `id` are parameters of its path."""
        path = {name: str(query.pop(name)) for name in ("id",) if name in query}
        return await self._reply(handler, "GET", f"/_mock/mcp?{urlencode(_texts(query))}", b"", accept, path)

    async def send(self, handler: Handler, method: str, body: Any = None) -> Reply:
        """Return the reply to a call of the control API that changes the world; `body` is its JSON value."""
        return await self._reply(handler, method, "/_mock/mcp", b"" if body is None else orjson.dumps(body))

    async def _reply(
        self,
        handler: Handler,
        method: str,
        target: str,
        content: bytes,
        accept: str = "application/json",
        path: Mapping[str, str] = MappingProxyType({}),
    ) -> Reply:
        request = inner_request(self.call.request, method, target, content, accept)
        return reply_of(await handler(self.call._replace(request=request, parameters={"world": self.world, **path})))


def _texts(query: Mapping[str, Any]) -> dict[str, str]:
    """Return the values of a query as texts; booleans as JSON writes them."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in query.items()}


class Tool(NamedTuple):
    """A tool. `properties` describes its arguments, `required` names those that must be given.

    `needs` is a handler of the control API that a proxy may lack; empty if the tool works everywhere.
    """

    name: str
    title: str
    description: str
    properties: Mapping[str, Any]
    run: Callable[[Asked], Awaitable[Result]]
    required: tuple[str, ...] = ()
    changes: bool = False
    needs: str = ""

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of its arguments."""
        needed = {"required": list(self.required)} if self.required else {}
        return {"type": "object", "properties": dict(self.properties), **needed, "additionalProperties": False}

    def described(self) -> dict[str, Any]:
        """Return the tool as `tools/list` shows it."""
        return {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": self.schema,
            "annotations": {"readOnlyHint": not self.changes, "destructiveHint": False, "openWorldHint": False},
        }

    async def call(self, asked: Asked) -> Result:
        """Return the result; a failed one if the server lacks what it needs, or the arguments break the schema."""
        if self.needs in asked.call.parts.unavailable:
            return Result(asked.call.parts.unavailable[self.needs], None, True)
        rows = errors(_check(self), dict(asked.arguments))
        if rows:
            return Result(
                "; ".join(f"{each['pointer'] or '(arguments)'}: {each['reason']}" for each in rows), None, True
            )
        return await self.run(asked)


_CHECKS: dict[str, SchemaCheck] = {}


def _check(tool: Tool) -> SchemaCheck:
    if tool.name not in _CHECKS:
        _CHECKS[tool.name] = SchemaCheck(tool.schema)
    return _CHECKS[tool.name]


def shown(reply: Reply) -> Result:
    """Return the reply of the control API as a result: its JSON value, or the message of the error."""
    if not reply.ok:
        return failed(reply)
    return of_value(reply.value)


def failed(reply: Reply) -> Result:
    """Return the failed result that says what the control API says."""
    return Result(reply.message or f"the control API answers {reply.status}", None, True)


def of_value(value: dict[str, Any]) -> Result:
    """Return the result that holds a JSON object."""
    return Result(orjson.dumps(value).decode(), value)
