"""The methods of the Model Context Protocol: initialize, ping, tools/list and tools/call."""

from typing import Any

from mockserver.control.mcp import tools
from mockserver.control.mcp.tool import Asked, Result
from mockserver.control.resource import Call
from mockserver.errors import did_you_mean, nearest, quoted

VERSIONS = ("2025-06-18", "2025-11-25")
"""The revisions of the protocol that are supported, the newest last."""
PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS = -32700, -32600, -32601, -32602
_METHODS = ("initialize", "ping", "tools/call", "tools/list")
_INSTRUCTIONS = """\
A mock of Infisical's machine-identity API that rejects what the service rejects. When a request was rejected, call \
latest_rejections: it names the rule that decided, the fields it read, and the state. Each world is an isolated state; \
requests without a world go to `default`. Fix the client, not the mock: rules are those of the service."""


class RpcError(Exception):
    """A JSON-RPC error: the request is wrong, whatever the tools say."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self._code = code

    def as_json(self) -> dict[str, Any]:
        """Return the `error` of the response."""
        return {"code": self._code, "message": str(self)}


async def result_of(call: Call, method: str, params: dict[str, Any]) -> dict[str, Any]:
    """Return the result of a method. Raises RpcError."""
    match method:
        case "initialize":
            return _initialized(call, params)
        case "ping":
            return {}
        case "tools/list":
            if params.get("cursor") is not None:
                raise RpcError(INVALID_PARAMS, "there is no such cursor: the list of tools has one page")
            return {"tools": [each.described() for each in tools.TOOLS]}
        case "tools/call":
            return (await _called(call, params)).as_json()
    near = did_you_mean(nearest(method, _METHODS))
    raise RpcError(
        METHOD_NOT_FOUND, f"there is no method {quoted(method)}.{near} It must be one of {', '.join(_METHODS)}."
    )


def _initialized(call: Call, params: dict[str, Any]) -> dict[str, Any]:
    wanted = params.get("protocolVersion")
    if not isinstance(wanted, str):
        raise RpcError(INVALID_PARAMS, "/protocolVersion: must be a string, such as 2025-11-25")
    return {
        "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[-1],
        "capabilities": {"tools": {"listChanged": False}},
        "serverInfo": {
            "name": "infisical-mock",
            "title": "Mock of Infisical's machine-identity API",
            "version": call.parts.version,
        },
        "instructions": _INSTRUCTIONS,
    }


async def _called(call: Call, params: dict[str, Any]) -> Result:
    """Return the result of a tool. Raises RpcError for an unknown tool."""
    name, arguments = params.get("name"), params.get("arguments")
    if not isinstance(name, str):
        raise RpcError(INVALID_PARAMS, "/name: must be the name of a tool")
    tool = tools.BY_NAME.get(name)
    if tool is None:
        near = did_you_mean(nearest(name, tools.BY_NAME))
        known = ", ".join(tools.BY_NAME)
        raise RpcError(INVALID_PARAMS, f"there is no tool {quoted(name)}.{near} It must be one of {known}.")
    if arguments is not None and not isinstance(arguments, dict):
        raise RpcError(INVALID_PARAMS, "/arguments: must be an object")
    return await tool.call(Asked(call, arguments or {}))
