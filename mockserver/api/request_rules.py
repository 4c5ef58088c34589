"""What every request meets before its operation: route, organization header, body. Tokens have rules of their own."""

from typing import Any, Literal, NamedTuple

from mockserver.infisical.javascript import is_slug
from mockserver.rules import issues
from mockserver.rules.rule import Answer, Finding, Rule, Rulebook, Source, answers, rule

_PIPELINE = Source("service", "request pipeline", "2026-08-28")
_FRAMEWORK = Source("service", "framework-level bodies", "2026-08-28")
_CONTRACT = Source("contract", "openapi.yaml, request body", "2026-04-30")
_MOCK = Source("assumption", "this mock's own", "2026-11-23")
_BODY_ANSWERS = answers(contract=Answer(400, "BadRequest"), live=Answer(500, "InternalServerError"))


class Routing(NamedTuple):
    """What the router made of a request line."""

    target: str
    method: str
    world: str
    world_known: bool
    problem: Literal["encoding", "unknown", "segment", "method"] | None = None
    world_gone: str = ""


@rule("world.unknown", "The world that the request names exists.", _MOCK, answers(404, "NotFound"))
def world_unknown(routing: Routing) -> Finding | None:
    if routing.world_known:
        return None
    reason = routing.world_gone or "worlds are created through /_mock/worlds, never by use"
    return Finding(f"There is no world '{routing.world}' here: {reason}")


@rule(
    "route.encoding",
    "The path's percent-encoding can be decoded.",
    _FRAMEWORK,
    answers(contract=Answer(400, "BadRequest"), live=Answer(400, "Bad Request", "framework")),
    refuses_valid=False,
)
def route_encoding(routing: Routing) -> Finding | None:
    return Finding(f"'{routing.target}' is not a valid url component") if routing.problem == "encoding" else None


_NO_ROUTE = answers(contract=Answer(404, "NotFound"), live=Answer(404, "Not Found", "framework"))


@rule("route.unknown", "The path is one of the contract's.", _FRAMEWORK, _NO_ROUTE, refuses_valid=False)
def route_unknown(routing: Routing) -> Finding | None:
    return _no_route(routing) if routing.problem == "unknown" else None


@rule("route.segment", "No segment of the path is longer than 100 characters.", _FRAMEWORK, _NO_ROUTE)
def route_segment(routing: Routing) -> Finding | None:
    return _no_route(routing) if routing.problem == "segment" else None


@rule(
    "route.method",
    "The path has an operation of that method.",
    _FRAMEWORK,
    answers(contract=Answer(405, "MethodNotAllowed"), live=Answer(404, "Not Found", "framework")),
    refuses_valid=False,
)
def route_method(routing: Routing) -> Finding | None:
    return _no_route(routing) if routing.problem == "method" else None


def _no_route(routing: Routing) -> Finding:
    return Finding(f"Route {routing.method}:{routing.target} not found")


ROUTE: Rulebook[Routing] = Rulebook(world_unknown, route_encoding, route_unknown, route_segment, route_method)


@rule(
    "header.organization",
    "`x-infisical-org`, if it is sent, is a slug.",
    _PIPELINE,
    answers(422, "ValidationFailure"),
    gathers=True,
)
def organization_header(value: str) -> Finding | None:
    if is_slug(value):
        return None
    issue = issues.custom(0, ("x-infisical-org",), "Must be a slug: lower-case letters, digits and single hyphens")
    return Finding(issues=(issue,))


HEADERS: Rulebook[str] = Rulebook(organization_header)

BodyProblem = Literal["size", "incomplete", "media-type", "empty", "encoding", "syntax", "prototype-key", "text"]


class Received(NamedTuple):
    """A body that has been read: its media type, and what stands against it (None: nothing)."""

    media_type: str
    problem: BodyProblem | None = None
    reason: str = ""


def _body(name: BodyProblem, summary: str, message: str, source: Source = _PIPELINE) -> Rule[Received]:
    def check(received: Received) -> Finding | None:
        if received.problem != name:
            return None
        return Finding(message.format(media_type=received.media_type, reason=received.reason))

    return Rule(
        id=f"body.{name}", summary=summary, source=source, answers=_BODY_ANSWERS, check=check, refuses_valid=False
    )


@rule(
    "body.media-type",
    "The body has a media type that the operation takes.",
    _CONTRACT,
    _BODY_ANSWERS,
    refuses_valid=False,
)
def media_type(received: Received) -> Finding | None:
    if received.problem != "media-type":
        return None
    return Finding(f"Unsupported media type '{received.media_type}': send application/json")


BODY: Rulebook[Received] = Rulebook(
    media_type,
    _body(
        "size",
        "The body has at most 1 MiB (`--max-body`).",
        "The body is larger than {reason}, the limit of --max-body",
    ),
    _body(
        "incomplete",
        "The body arrives whole, within ten seconds (`--body-timeout`).",
        "The body did not arrive whole: {reason}",
    ),
    _body("empty", "A JSON body is not empty.", "The body is empty, and its content type is application/json"),
    _body("encoding", "A JSON body is UTF-8.", "The body is not UTF-8: {reason}"),
    _body("syntax", "A JSON body is JSON.", "The body is not valid JSON: {reason}"),
    Rule(
        id="body.prototype-key",
        summary="No object of the body has the key `__proto__` (nor `constructor` with a `prototype` in it).",
        source=_PIPELINE,
        answers=answers(contract=None, live=Answer(500, "InternalServerError")),
        check=lambda received: Finding("A forbidden prototype key") if received.problem == "prototype-key" else None,
        refuses_valid=False,
    ),
)


def _never(_: object) -> None:
    """The check of a rule that no walk asks."""


def _own(id: str, summary: str, status: int, error: str, source: Source = _MOCK, **more: Any) -> Rule[Any]:
    """A rule that is decided where it comes up, and not in a walk."""
    return Rule(id=id, summary=summary, source=source, answers=answers(status, error), check=_never, **more)


MALFORMED_HTTP = _own(
    "http.malformed",
    "The request is HTTP/1.1: request line, headers (8 KiB each, `--max-header-size`; at most 128,"
    " `--max-headers`) and framing.",
    400,
    "BadRequest",
    Source("assumption", "what the HTTP parser takes", "2026-11-23"),
    refuses_valid=False,
)
SLOW_HEAD = _own(
    "http.slow-head",
    "The head of a request comes within ten seconds of its first byte (`--header-timeout`).",
    408,
    "RequestTimeout",
    refuses_valid=False,
)
CROWDED = _own(
    "mock.crowded",
    "There are at most 4,096 connections (`--max-connections`); on one more, only the health check is answered.",
    503,
    "ServiceUnavailable",
)
RESPONSE_CONTRACT = _own(
    "mock.response-contract",
    "Every answer of this mock keeps to the contract; one that does not is a bug of ours and becomes this 500.",
    500,
    "InternalServerError",
    Source("contract", "openapi.yaml, responses", "2026-04-30"),
)
CRASH = _own(
    "mock.crash",
    "No part of this mock raises; one that does is a bug of ours, is logged, and becomes this 500.",
    500,
    "InternalServerError",
)
PREFERENCE = _own(
    "mock.prefer",
    "`Prefer` and `__code` ask for nothing, or for a success; an error of the contract that they ask for is"
    " answered, anything else is this 400.",
    400,
    "BadRequest",
    errors=("UnauthorizedError", "ForbiddenError", "NotFound", "ValidationFailure", "InternalServerError"),
)
FAULT = _own(
    "mock.fault",
    "No fault of the world answers in the operation's place, or drops the connection (status 0 in the journal).",
    500,
    "InternalServerError",
    errors=(
        "BadRequest",
        "UnauthorizedError",
        "ForbiddenError",
        "NotFound",
        "ValidationFailure",
        "RateLimitExceeded",
    ),
)
OWN: tuple[Rule[Any], ...] = (MALFORMED_HTTP, SLOW_HEAD, CROWDED, PREFERENCE, FAULT, RESPONSE_CONTRACT, CRASH)
