"""A request's body as a value: by its media type, as the service reads it, or what stands against it."""

from typing import Any, Literal
from urllib.parse import parse_qsl

from aiohttp import web

from mockserver.api.json_text import NotJson, NotUtf8, parse
from mockserver.api.replies import Reply
from mockserver.api.request_headers import RequestHeaders
from mockserver.api.request_rules import BODY, Received
from mockserver.contract.engine import UNDEFINED
from mockserver.contract.operation import Described
from mockserver.http import request_body
from mockserver.http.request_body import at_hand
from mockserver.journal.entry import KEPT_BODY, Entry
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Refusal
from mockserver.worlds.world import World

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
Announced = Literal["", "length", "chunked"]
_NOT_READ = Received("")
_UNANNOUNCED = Received("", "unannounced")
_CHUNKED_EMPTY = Received("", "chunked-empty")
_DELETE_CHUNKED_EMPTY = Received("", "delete-chunked-empty")
_READ_FIRST = frozenset(("POST", "PUT", "PATCH"))


async def read(request: web.BaseRequest, media_type: str, seconds: float) -> tuple[bytes, Received]:
    """The bytes of the body, and what is wrong with their coming."""
    came = await request_body.read(request, request.client_max_size, seconds)
    return came.content, Received(media_type, came.problem, came.reason)


async def problem_without_route(
    request: web.BaseRequest, headers: RequestHeaders, reply: Reply, entry: Entry, world: World, seconds: float
) -> Refusal | None:
    """Return the refusal of a body on a path that has no operation; None if it can be read, or is not read.

    The service's framework reads the body before it answers 404. In profile `contract` nobody reads it.
    """
    if request.method not in _READ_FIRST or world.profile is not Profile.LIVE or reply.rule not in _NO_ROUTE:
        return None
    content, received = at_hand(request), headers.body
    if content is None:
        content, received = await read(request, received.media_type, seconds)
    entry.body, entry.body_size = content[:KEPT_BODY], len(content)
    nowhere = Described("", request.method, "", (), None, False, (JSON,), {}, False)
    _, received = value(content, received, nowhere, world.profile, announced=headers.announced)
    return None if received.problem is None else BODY.decide(received, world.edition).refusal


_NO_ROUTE = frozenset(("route.unknown", "route.segment", "route.method"))


def value(
    content: bytes, received: Received, operation: Described, profile: Profile, *, announced: Announced
) -> tuple[Any, Received]:
    """The value that the bytes stand for, and what stands against them.

    As in the service's framework: the body of a GET is never read, that of a DELETE if its headers have announced one,
    and one that an operation has no use for must be readable all the same.
    """
    media_type = received.media_type
    if operation.method == "GET":
        return UNDEFINED, _NOT_READ
    if operation.method == "DELETE" and not announced:
        return UNDEFINED, _UNANNOUNCED if media_type == JSON else _NOT_READ
    if received.problem is not None:
        return UNDEFINED, received
    if not media_type and not content:
        if announced == "chunked":
            return UNDEFINED, _DELETE_CHUNKED_EMPTY if operation.method == "DELETE" else _CHUNKED_EMPTY
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
        lenient = announced == "chunked" and profile is Profile.LIVE
        found, received = _json(content, received, lenient=lenient)
    return (UNDEFINED if operation.body is None else found), received


def _json(content: bytes, received: Received, *, lenient: bool = False) -> tuple[Any, Received]:
    """Parse JSON. If `lenient`, each byte sequence that is not UTF-8 is read as U+FFFD.

    The service reads every body like that, and then finds that it no longer has the announced length.
    """
    if not content:
        return UNDEFINED, Received(received.media_type, "empty")
    try:
        parsed = parse(content)
    except NotUtf8 as error:
        if lenient:
            return _json(content.decode("utf-8", "replace").encode(), received)
        return UNDEFINED, Received(received.media_type, "encoding", str(error))
    except NotJson as error:
        return UNDEFINED, Received(received.media_type, "syntax", str(error))
    # `in` first tries to read its left side as a number, which takes ten times as long as the search.
    # A single byte is found in a fraction of the time that a text takes.
    find = content.find
    suspicious = find(b"\\") >= 0 or (find(b"_") >= 0 and find(b"__proto__") >= 0) or find(b"constructor") >= 0
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
