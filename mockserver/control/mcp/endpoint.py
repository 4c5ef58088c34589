"""The HTTP side of the Model Context Protocol: one JSON-RPC message in, one JSON response out.

The messages are written by hand against the specification: the official SDK takes 0.4 s and 55 MiB to import.
"""

from typing import Any, NamedTuple

import orjson
from aiohttp import web

from mockserver.control.mcp.messages import INVALID_REQUEST, PARSE_ERROR, VERSIONS, RpcError, result_of
from mockserver.control.own_contract import MAX_BODY, MAX_DEPTH, is_deep
from mockserver.control.resource import Call, json_response
from mockserver.errors import quoted
from mockserver.http.request_body import read

_VERSION = "MCP-Protocol-Version"
_ACCEPTED = ("application/json", "application/*", "*/*")


class _Rejection(NamedTuple):
    """Why a message is rejected before a method sees it."""

    status: int
    code: int
    message: str


async def post(call: Call) -> web.Response:
    """Return the response to one message: 200 to a request, 202 to a notification, 4xx to what is neither."""
    rejection = _headers(call.request)
    if rejection is not None:
        return _rejected(rejection)
    message = await _message(call)
    if isinstance(message, _Rejection):
        return _rejected(message)
    if "id" not in message or "method" not in message:
        return web.Response(status=202)  # notifications, and responses to requests that this server never sends
    try:
        outcome: dict[str, Any] = {"result": await result_of(call, message["method"], message.get("params", {}))}
    except RpcError as error:
        outcome = {"error": error.as_json()}
    return json_response({"jsonrpc": "2.0", "id": message["id"], **outcome})


def _headers(request: web.BaseRequest) -> _Rejection | None:
    """Return why the headers are wrong; None if they are right."""
    if request.content_type != "application/json":
        return _Rejection(
            415, INVALID_REQUEST, f"send Content-Type: application/json, not {quoted(request.content_type)}"
        )
    accept = request.headers.get("Accept", "*/*").lower()
    if not any(each in accept for each in _ACCEPTED):
        return _Rejection(406, INVALID_REQUEST, "responses are JSON: send Accept: application/json, text/event-stream")
    version = request.headers.get(_VERSION)
    if version is not None and version not in VERSIONS:
        reason = f"{_VERSION} {quoted(version)} is not supported: it must be one of {', '.join(VERSIONS)}"
        return _Rejection(400, INVALID_REQUEST, reason)
    return None


async def _message(call: Call) -> dict[str, Any] | _Rejection:
    """Return the JSON-RPC message in the body, or why there is none."""
    incoming = await read(call.request, MAX_BODY, call.parts.body_timeout)
    if incoming.problem == "size":
        return _Rejection(413, INVALID_REQUEST, f"the message exceeds {MAX_BODY} bytes")
    if incoming.problem is not None:
        return _Rejection(400, PARSE_ERROR, f"the message is incomplete: {incoming.reason}")
    try:
        value = orjson.loads(incoming.content)
    except orjson.JSONDecodeError as error:
        return _Rejection(400, PARSE_ERROR, f"the body is not JSON: see line {error.lineno}, column {error.colno}")
    reason = _malformed(value)
    if reason is None and is_deep(incoming.content, value):
        reason = f"the message is nested deeper than {MAX_DEPTH} levels"
    return value if reason is None else _Rejection(400, INVALID_REQUEST, reason)


def _malformed(value: Any) -> str | None:
    """Return why the value is no JSON-RPC message; None if it is one."""
    if isinstance(value, list):
        return f"send one message, not a batch: {' and '.join(VERSIONS)} have none"
    if not isinstance(value, dict) or value.get("jsonrpc") != "2.0":
        return 'a message is an object with "jsonrpc": "2.0"'
    if "method" not in value:
        return None if "id" in value and ("result" in value or "error" in value) else 'a message has a "method"'
    if not isinstance(value["method"], str):
        return '"method" must be a string'
    if "id" in value and (isinstance(value["id"], bool) or not isinstance(value["id"], str | int)):
        return '"id" must be a string or an integer'
    if not isinstance(value.get("params", {}), dict):
        return '"params" must be an object'
    return None


def _rejected(rejection: _Rejection) -> web.Response:
    error = {"code": rejection.code, "message": rejection.message}
    return json_response({"jsonrpc": "2.0", "id": None, "error": error}, rejection.status)
