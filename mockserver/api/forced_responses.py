"""Answers that no rule of an operation has come to: of a status that is asked for, in the vendor's shape.

What a fault or a `Prefer` does is put into words for the journal; the body says no more than the vendor's would.
"""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from mockserver.api import replies
from mockserver.api.operation import Operation
from mockserver.api.replies import Reply
from mockserver.contract.operation import ContractOperation
from mockserver.faults.reading import Offer
from mockserver.rules import issues
from mockserver.rules.rule import Answer, Refusal, Rule

_BODIES: Mapping[int, tuple[str, str]] = {
    400: ("BadRequest", "The request cannot be carried out"),
    401: ("UnauthorizedError", "The access token is no good any more"),
    403: ("ForbiddenError", "The caller is not allowed to do this"),
    404: ("NotFound", "There is no such thing"),
    422: ("ValidationFailure", "The request does not keep to the schema"),
    429: ("RateLimitExceeded", "Too many requests"),
    500: ("InternalServerError", ""),
    504: ("GatewayTimeoutError", "The gateway did not answer in time"),
}


def forced(rule: Rule[Any], status: int, request_id: str, reason: str) -> Reply:
    """An error of that status; the journal has the reason."""
    error, message = _BODIES.get(status) or _unheard_of(status)
    told: str | list[dict[str, object]] = message
    if status == 422:
        told = issues.as_json((issues.custom(0, (), message),))
    reply = replies.refused(Refusal(rule.id, Answer(status, error), told), request_id)
    return replace(reply, reason=reason)


def too_many(rule: Rule[Any], seconds: int, request_id: str, reason: str) -> Reply:
    """The vendor's 429. It has no schema of its own, and says when to come back, in the header and in words."""
    message = f"Too many requests: try again in {seconds} second(s)"
    reply = replies.refused(Refusal(rule.id, Answer(429, _BODIES[429][0]), message), request_id)
    return replace(reply, reason=reason, headers={"Retry-After": str(seconds)})


def offer(contract: ContractOperation, operation: Operation, rule: Rule[Any]) -> Offer:
    """What can be forced upon an operation."""
    errors = (status for status in contract.responses if status >= 400)
    return Offer(
        frozenset(each for each in errors if contract.checks.accepts_json(each, forced(rule, each, "req-", "").body)),
        reads=contract.method == "GET" or operation.only_reads,
        names_identity="{identityId}" in contract.path,
    )


def _unheard_of(status: int) -> tuple[str, str]:
    """A status of which the vendor's error names are not known: its own phrase."""
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = f"Status {status}"
    return phrase.replace(" ", ""), phrase
