"""A request's body as a value: by its media type, as the service reads it, or what stands against it."""

from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from mockserver.api.json_text import NotJson, NotUtf8, parse
from mockserver.api.request_rules import Received
from mockserver.contract.engine import UNDEFINED
from mockserver.contract.operation import Described
from mockserver.http import request_body
from mockserver.rules.profile import Profile

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_NOT_READ = Received("")


def at_hand(request: web.BaseRequest) -> bytes | None:
    """The body if it has come whole already, as a small one has; else None, and `read` waits for it."""
    return request_body.at_hand(request, request.client_max_size)


async def read(request: web.BaseRequest, media_type: str, seconds: float) -> tuple[bytes, Received]:
    """The bytes of the body, and what is wrong with their coming."""
    came = await request_body.read(request, request.client_max_size, seconds)
    return came.content, Received(media_type, came.problem, came.reason)


def value(
    content: bytes, received: Received, operation: Described, profile: Profile, *, announced: bool
) -> tuple[Any, Received]:
    """The value that the bytes stand for, and what stands against them.

    As in the service's framework: the body of a GET is never read, that of a DELETE if its headers have announced one,
    and one that an operation has no use for must be readable all the same.
    """
    media_type = received.media_type
    if operation.method == "GET" or (operation.method == "DELETE" and not announced):
        return UNDEFINED, _NOT_READ
    if received.problem is not None:
        return UNDEFINED, received
    if not media_type and not content:
        return UNDEFINED, received
    if media_type not in (operation.request_media_types or (JSON,)) and not (
        profile is Profile.LIVE and media_type in (JSON, FORM, "text/plain")
    ):
        return UNDEFINED, Received(media_type, "media-type")
    found: Any
    if media_type == "text/plain":
        found = content.decode("utf-8", "replace")
    elif media_type == FORM:
        found = _form(content)
    else:
        found, received = _json(content, received)
    return (UNDEFINED if operation.body is None else found), received


def _json(content: bytes, received: Received) -> tuple[Any, Received]:
    if not content:
        return UNDEFINED, Received(received.media_type, "empty")
    try:
        parsed = parse(content)
    except NotUtf8 as error:
        return UNDEFINED, Received(received.media_type, "encoding", str(error))
    except NotJson as error:
        return UNDEFINED, Received(received.media_type, "syntax", str(error))
    suspicious = b"__proto__" in content or b"constructor" in content or b"\\u" in content
    if suspicious and _has_prototype_key(parsed):
        return parsed, Received(received.media_type, "prototype-key")
    return parsed, received


def _has_prototype_key(value: Any) -> bool:
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            constructor = each.get("constructor")
            if "__proto__" in each or (isinstance(constructor, dict) and "prototype" in constructor):
                return True
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)
    return False


def _form(content: bytes) -> dict[str, Any]:
    """A form as the service's parser reads it: texts, and a list where a name comes twice."""
    form: dict[str, Any] = {}
    for name, text in parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=None):
        if name not in form:
            form[name] = text
        elif isinstance(form[name], list):
            form[name].append(text)
        else:
            form[name] = [form[name], text]
    return form
