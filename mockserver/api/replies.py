"""What goes out: the vendor's envelope around a refusal, and the few bodies of its HTTP framework."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from mockserver.rules.rule import ACCEPTED, Refusal, Rule

GENERIC = "Something went wrong"
"""What the service says for every failure inside; the reason is in the journal."""

JSON = "application/json; charset=utf-8"


@dataclass(slots=True)
class Reply:
    """Status and JSON value of an answer, the rule that decided, and headers of its own.

    `cut` says that the connection ends half-way through the body, or instead of the whole answer.
    """

    status: int
    body: Any
    rule: str = ACCEPTED
    reason: str = ""
    headers: Mapping[str, str] | None = None
    closes: bool = False
    cut: Literal["", "half-way", "whole"] = ""


def refused(refusal: Refusal, request_id: str, *, closes: bool = False) -> Reply:
    """The answer that a refusal comes to."""
    shape = _framework if refusal.answer.shape == "framework" else _envelope
    reason = refusal.message if isinstance(refusal.message, str) else ""
    return Reply(refusal.status, shape(refusal, request_id), refusal.rule, reason, closes=closes)


def failed(rule: Rule[Any], request_id: str, reason: str, *, closes: bool = False) -> Reply:
    """The answer where no walk decided: broken HTTP, or a bug of ours."""
    answer = next(iter(rule.answers.values()))
    return refused(Refusal(rule.id, answer, reason), request_id, closes=closes)


def _envelope(refusal: Refusal, request_id: str) -> dict[str, Any]:
    message = GENERIC if refusal.status == 500 else refusal.message
    body = {"reqId": request_id, "statusCode": refusal.status, "message": message, "error": refusal.answer.error}
    return body if refusal.details is None else {**body, "details": refusal.details}


def _framework(refusal: Refusal, _: str) -> dict[str, Any]:
    body = {"message": refusal.message, "error": refusal.answer.error, "statusCode": refusal.status}
    return {**body, "code": "FST_ERR_BAD_URL"} if refusal.status == 400 else body
