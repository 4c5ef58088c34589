"""The edges of the service's HTTP: what is answered before a route is looked up, and where a path ends (errors.md)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from aiohttp import HttpVersion11, web

from mockserver.api import replies
from mockserver.api.replies import Reply
from mockserver.api.request_rules import never
from mockserver.rules.edition import EDITIONS, Edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from mockserver.rules.rule import Answer, Rule, Source, answers

_EDGES = Source("service", "the edges of its HTTP", "2026-08-20")
PREFLIGHT = Rule[Any](
    id="http.preflight",
    summary="Answered with 204 if an OPTIONS request has `Origin` and `Access-Control-Request-Method`: it is the"
    " preflight of a browser.",
    source=_EDGES,
    answers=answers(204, "No Content"),
    check=never,
)
INVALID_PREFLIGHT = Rule[Any](
    id="http.preflight-invalid",
    summary="Rejected if an OPTIONS request lacks `Origin` or `Access-Control-Request-Method`.",
    source=_EDGES,
    answers=answers(contract=None, live=Answer(400, "Invalid Preflight Request")),
    check=never,
)
EXPECTATION = Rule[Any](
    id="http.expectation",
    summary="Rejected if `Expect` is anything but `100-continue`.",
    source=_EDGES,
    answers=answers(contract=None, live=Answer(417, "Expectation Failed")),
    check=never,
)
EDGES = (PREFLIGHT, INVALID_PREFLIGHT, EXPECTATION)
_METHODS = "GET,HEAD,PUT,PATCH,POST,DELETE"
# Until the next major version of the framework, a semicolon ends a path as a question mark does.
_PATH_ENDS: Mapping[Edition, str] = MappingProxyType(
    {
        each: "" if each.profile is Profile.CONTRACT else ";#" if each.generation is Generation.MAY else "#"
        for each in EDITIONS
    }
)


def early_reply(request: web.BaseRequest, edition: Edition) -> Reply | None:
    """Return the reply to a preflight, or to an expectation that is not met; None for any other request."""
    headers = request.headers
    if request.method == "OPTIONS":
        if "Origin" in headers and "Access-Control-Request-Method" in headers:
            return Reply(
                204, b"", PREFLIGHT.id, "A preflight is answered before route and token", _preflight(headers), type=""
            )
        if edition in INVALID_PREFLIGHT.answers:
            reason = "A preflight needs the headers Origin and Access-Control-Request-Method"
            return Reply(400, b"Invalid Preflight Request", INVALID_PREFLIGHT.id, reason, type=replies.TEXT)
    expected = headers.get("Expect", "100-continue")
    if expected.lower() != "100-continue" and request.version == HttpVersion11 and edition in EXPECTATION.answers:
        return Reply(417, b"", EXPECTATION.id, "Expect may only be 100-continue", type="")
    return None


def path_of(path: str, edition: Edition) -> str:
    """Return the part of a path that the service's router sees."""
    for mark in _PATH_ENDS[edition]:
        path = path.partition(mark)[0]
    return path


def cross_origin(origin: str) -> Mapping[str, str]:
    """Return the headers that let a page of that origin read a response."""
    return {
        "Access-Control-Allow-Origin": origin,
        "Access-Control-Allow-Credentials": "true",
        "Vary": "Origin",
    }


def _preflight(headers: Mapping[str, str]) -> Mapping[str, str]:
    asked = headers.get("Access-Control-Request-Headers")
    return {
        **cross_origin(headers["Origin"]),
        "Vary": "Origin, Access-Control-Request-Headers",
        "Access-Control-Allow-Methods": _METHODS,
        **({} if asked is None else {"Access-Control-Allow-Headers": asked}),
    }
