"""A request's body as a value: by its media type, as the service reads it, or what stands against it."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web
from multidict import istr

from mockserver import incoming
from mockserver.api.json_text import NotJson, NotUtf8, parse
from mockserver.api.request_rules import MAX_BODY, BodyProblem, Received
from mockserver.contract.compiled import ContractOperation
from mockserver.incoming import Incoming
from mockserver.profiles import Profile

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
_CONTENT_TYPE, _LENGTH, _ENCODING = istr("Content-Type"), istr("Content-Length"), istr("Transfer-Encoding")


class Undefined:
    """No body at all: what the service's language calls undefined."""


UNDEFINED = Undefined()
_NOT_READ = Received("")


def at_hand(request: web.BaseRequest) -> tuple[bytes, Received] | None:
    """The body if it has arrived whole already, as a small one has; else None, and `read` waits for it."""
    came = incoming.at_hand(request, MAX_BODY)
    return None if came is None else _came(request, came)


async def read(request: web.BaseRequest) -> tuple[bytes, Received]:
    """The bytes of the body, and what is wrong with their coming."""
    return _came(request, await incoming.read(request, MAX_BODY))


def _came(request: web.BaseRequest, came: Incoming) -> tuple[bytes, Received]:
    return came.content, _received(request.headers.get(_CONTENT_TYPE, ""), came.problem, came.reason)


@lru_cache(maxsize=256)
def _received(content_type: str, problem: BodyProblem | None, reason: str) -> Received:
    return Received(content_type.partition(";")[0].strip().lower(), problem, reason)


def again(headers: Mapping[str, str]) -> Received:
    """What there is to say of a body that came whole before."""
    return _received(headers.get(_CONTENT_TYPE, ""), None, "")


def announced(headers: Mapping[str, str]) -> bool:
    """Whether the headers speak of a body, if only of an empty one."""
    return _LENGTH in headers or _ENCODING in headers


def value(
    content: bytes, received: Received, operation: ContractOperation, profile: Profile, *, announced: bool
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
    found, received = _read(content, received)
    return (UNDEFINED if operation.body is None else found), received


def _read(content: bytes, received: Received) -> tuple[Any, Received]:
    media_type = received.media_type
    if media_type == "text/plain":
        return content.decode("utf-8", "replace"), received
    if media_type == FORM:
        return _form(content), received
    return _json(content, received)


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
