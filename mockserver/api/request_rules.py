"""Rules for every request before its operation: organization header and body."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from mockserver.infisical.javascript import is_slug
from mockserver.rules import issues
from mockserver.rules.edition import Edition
from mockserver.rules.rule import Answer, Finding, Rule, Rulebook, Source, answers, rule

_PIPELINE = Source("service", "request pipeline", "2026-08-20")
_FRAMEWORK = Source("service", "framework-level bodies", "2026-08-20")
_CONTRACT = Source("contract", "openapi.yaml, request body", "2026-04-30")
_MOCK = Source("assumption", "specific to this mock", "2026-11-23")
_INTERNAL = Answer(500, "InternalServerError")
_BAD_MEDIA_TYPE = Answer(415, "FST_ERR_CTP_INVALID_MEDIA_TYPE")
_BAD_JSON = Answer(400, "FST_ERR_CTP_INVALID_JSON_BODY")
_NAMED = {
    "size": Answer(413, "FST_ERR_CTP_BODY_TOO_LARGE"),
    "empty": Answer(400, "FST_ERR_CTP_EMPTY_JSON_BODY"),
    "syntax": _BAD_JSON,
}
"""In 2026-10 the service names the errors of its HTTP framework; before, each of them is a 500 without a reason."""


def _since_named(answer: Answer | None) -> Mapping[Edition, Answer]:
    """Return the answers of a body error: in profile `live` a 500, and that of the framework from 2026-10 on."""
    return answers(contract=Answer(400, "BadRequest"), live={"2026-05": _INTERNAL, "2026-10": answer or _INTERNAL})


@rule(
    "header.organization",
    "Rejected if `x-infisical-org` is sent beside a credential, and is neither empty nor a slug.",
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

BodyProblem = Literal[
    "size",
    "incomplete",
    "media-type",
    "empty",
    "encoding",
    "syntax",
    "prototype-key",
    "unannounced",
    "chunked-empty",
    "delete-chunked-empty",
]


class Received(NamedTuple):
    """A body as read: its media type and its problem. `problem` is None for a body that could be parsed."""

    media_type: str
    problem: BodyProblem | None = None
    reason: str = ""


def _body(
    name: BodyProblem,
    summary: str,
    message: str,
    source: Source = _PIPELINE,
    answers: Mapping[Edition, Answer] | None = None,
) -> Rule[Received]:
    def check(received: Received) -> Finding | None:
        if received.problem != name:
            return None
        return Finding(message.format(media_type=received.media_type, reason=received.reason))

    return Rule(
        id=f"body.{name}",
        summary=summary,
        source=source,
        answers=_since_named(_NAMED.get(name)) if answers is None else answers,
        check=check,
        refuses_valid=False,
    )


@rule(
    "body.media-type",
    "Rejected if the body has a media type that the operation does not accept.",
    _CONTRACT,
    _since_named(_BAD_MEDIA_TYPE),
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
        "Rejected if the body is larger than 1 MiB (`--max-body`).",
        "The body is larger than {reason}, the limit of --max-body",
    ),
    _body(
        "incomplete",
        "Rejected if the body is incomplete after ten seconds (`--body-timeout`) or when the client closes.",
        "The body is incomplete: {reason}",
    ),
    _body(
        "empty",
        "Rejected if the body is empty and its content type is JSON.",
        "The body is empty, but its content type is application/json",
    ),
    _body(
        "unannounced",
        "Rejected if a DELETE has a JSON content type and neither a body nor a length.",
        "The request has no body, but its content type is application/json: leave the header out",
        answers=answers(
            contract=None,
            live={
                "2026-05": None,
                "2026-08": _INTERNAL,
                "2026-10": Answer(400, "FST_ERR_CTP_EMPTY_JSON_BODY"),
            },
        ),
    ),
    _body(
        "chunked-empty",
        "Rejected if a chunked body is empty and the request has no content type. A DELETE has a rule of its own.",
        "The chunked body is empty, and there is no content type",
        answers=answers(contract=None, live={"2026-05": _INTERNAL, "2026-10": None}),
    ),
    _body(
        "delete-chunked-empty",
        "Rejected if the chunked body of a DELETE is empty and the request has no content type.",
        "The chunked body is empty, and there is no content type",
        answers=answers(contract=None, live={"2026-05": None, "2026-08": _INTERNAL, "2026-10": None}),
    ),
    _body("encoding", "Rejected if a JSON body is not UTF-8.", "The body is not UTF-8: {reason}"),
    _body("syntax", "Rejected if a JSON body is not valid JSON.", "The body is not valid JSON: {reason}"),
    Rule(
        id="body.prototype-key",
        summary="Rejected if an object of the body has the key `__proto__`, or `constructor` with a `prototype` in it.",
        source=_PIPELINE,
        answers=answers(contract=None, live={"2026-05": _INTERNAL, "2026-10": _BAD_JSON}),
        check=lambda received: (
            Finding("The body has a forbidden key: remove __proto__ or constructor.prototype")
            if received.problem == "prototype-key"
            else None
        ),
        refuses_valid=False,
    ),
)


def never(_: object) -> None:
    """Report nothing: the check of rules outside every rulebook."""


def _own(id: str, summary: str, status: int, error: str, source: Source = _MOCK, **more: Any) -> Rule[Any]:
    """A rule that no rulebook checks: the code that rejects the request names it."""
    return Rule(id=id, summary=summary, source=source, answers=answers(status, error), check=never, **more)


MALFORMED_HTTP = _own(
    "http.malformed",
    "Rejected if the request is not valid HTTP/1.1: request line, headers or framing. The limits are 8 KiB for a"
    " header (`--max-header-size`) and 128 headers (`--max-headers`).",
    400,
    "BadRequest",
    Source("assumption", "grammar of the HTTP parser", "2026-11-23"),
    refuses_valid=False,
)
SLOW_HEAD = _own(
    "http.slow-head",
    "Rejected if the request head is incomplete ten seconds after its first byte (`--header-timeout`).",
    408,
    "RequestTimeout",
    refuses_valid=False,
)
CROWDED = _own(
    "mock.crowded",
    "Rejected if the server already has 4,096 connections (`--max-connections`). The health check still works.",
    503,
    "ServiceUnavailable",
)
RESPONSE_CONTRACT = _own(
    "mock.response-contract",
    "Rejected if the mock's own response would break the contract, which is a bug in the mock.",
    500,
    "InternalServerError",
    Source("contract", "openapi.yaml, responses", "2026-04-30"),
)
CRASH = _own(
    "mock.crash",
    "Rejected if the mock raises an exception, which is a bug in the mock. The log has the traceback.",
    500,
    "InternalServerError",
)
PREFERENCE = _own(
    "mock.prefer",
    "Rejected if `Prefer` or `__code` selects an error response of the contract (sent as selected), or a response"
    " that does not exist (400).",
    400,
    "BadRequest",
    errors=("UnauthorizedError", "ForbiddenError", "NotFound", "ValidationFailure", "InternalServerError"),
)
FAULT = _own(
    "mock.fault",
    "Rejected if a fault of the world replaces the response or drops the connection (status 0 in the journal).",
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
UNREACHABLE = _own(
    "proxy.unreachable",
    "Rejected if the upstream of `infisical-mock proxy` gives no response: it cannot be reached, sends no HTTP, closes"
    " the connection, or exceeds `--timeout`.",
    502,
    "BadGateway",
)
OWN: tuple[Rule[Any], ...] = (
    MALFORMED_HTTP,
    SLOW_HEAD,
    CROWDED,
    PREFERENCE,
    FAULT,
    RESPONSE_CONTRACT,
    CRASH,
    UNREACHABLE,
)
