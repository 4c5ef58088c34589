"""Error responses that a fault or a `Prefer` header forces, in the vendor's format.

The journal gets the reason. The response body contains only what the vendor's would.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mockserver.api import replies
from mockserver.api.operation import Operation
from mockserver.api.replies import Reply
from mockserver.contract.operation import ContractOperation
from mockserver.faults.reading import Offer
from mockserver.http.reason_phrases import reason_phrase
from mockserver.rules import issues
from mockserver.rules.rule import Answer, Refusal, Rule

_BODIES: Mapping[int, tuple[str, str]] = {
    400: ("BadRequest", "The request cannot be carried out"),
    401: ("UnauthorizedError", "The access token is no longer valid"),
    403: ("ForbiddenError", "The caller is not allowed to do this"),
    404: ("NotFound", "The resource was not found"),
    422: ("ValidationFailure", "The request does not match the schema"),
    429: ("RateLimitExceeded", "Too many requests"),
    500: ("InternalServerError", ""),
    504: ("GatewayTimeoutError", "The gateway did not answer in time"),
}


def forced(rule: Rule[Any], status: int, request_id: str, reason: str) -> Reply:
    """Return an error response with that status. `reason` goes to the journal."""
    error, message = _BODIES.get(status) or _unheard_of(status)
    told: str | list[dict[str, object]] = message
    if status == 422:
        told = issues.as_json((issues.custom(0, (), message),))
    reply = replies.refused(Refusal(rule.id, Answer(status, error), told), request_id)
    return replace(reply, reason=reason)


def too_many(rule: Rule[Any], seconds: int, request_id: str, reason: str) -> Reply:
    """Return the vendor's 429, which the contract does not define, with `Retry-After: seconds`."""
    message = f"Too many requests: try again in {seconds} second(s)"
    reply = replies.refused(Refusal(rule.id, Answer(429, _BODIES[429][0]), message), request_id)
    return replace(reply, reason=reason, headers={"Retry-After": str(seconds)})


def offer(contract: ContractOperation, operation: Operation, rule: Rule[Any]) -> Offer:
    """Return the faults that can apply to an operation."""
    errors = (status for status in contract.responses if status >= 400)
    return Offer(
        frozenset(each for each in errors if contract.checks.accepts_json(each, forced(rule, each, "req-", "").body)),
        reads=contract.method == "GET" or operation.only_reads,
        names_identity="{identityId}" in contract.path,
    )


def _unheard_of(status: int) -> tuple[str, str]:
    """Return error name and message, from the standard phrase, for a status whose vendor names are unknown."""
    phrase = reason_phrase(status, f"Status {status}")
    return phrase.replace(" ", ""), phrase
