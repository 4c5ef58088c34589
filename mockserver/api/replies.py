"""What goes out: the vendor's envelope around a refusal, and the few bodies of its HTTP framework."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from mockserver.rules.rule import ACCEPTED, Refusal, Rule

GENERIC = "Something went wrong"
"""What the service says for every failure inside; the reason is in the journal."""

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
_PAGE = b"<!doctype html><title>Infisical</title><p>The service answers this path with its UI, not with its API.\n"


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
    type: str = JSON
    """The media type. The body is bytes unless it is JSON; without a body it is empty."""


def refused(refusal: Refusal, request_id: str, *, closes: bool = False) -> Reply:
    """The answer that a refusal comes to."""
    if refusal.answer.shape == "page":
        return Reply(refusal.status, _PAGE, refusal.rule, str(refusal.message), type=HTML)
    shape = _framework if refusal.answer.shape == "framework" else _envelope
    reason = refusal.message if isinstance(refusal.message, str) else ""
    return Reply(refusal.status, shape(refusal, request_id), refusal.rule, reason, closes=closes)


def not_routed(refusal: Refusal | None, allowed: tuple[str, ...], request_id: str) -> Reply:
    """Return the reply to a path that leads to no operation; a 405 names the methods that are allowed."""
    assert refusal is not None, "a path that leads nowhere is refused by a rule"
    reply = refused(refusal, request_id)
    return replace(reply, headers={"Allow": ", ".join(allowed)}) if refusal.status == 405 else reply


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
