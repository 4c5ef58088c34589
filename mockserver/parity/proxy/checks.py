"""An exchange against the document of the generation: what the request and the response break."""

from typing import Any

from mockserver.api.request_rules import BODY
from mockserver.api.request_rules import Received as ReadBody
from mockserver.api.route_match import RouteMatch
from mockserver.contract.engine import Request
from mockserver.contract.operation import JSON
from mockserver.contract.violation import Violation
from mockserver.parity.proxy.content import Unreadable, json_of
from mockserver.parity.proxy.messages import NO_BODY
from mockserver.rules.edition import Edition

Breaches = tuple[dict[str, str], ...]


def request_breaches(found: RouteMatch, request: Request, value: Any, received: ReadBody, edition: Edition) -> Breaches:
    """Return what the request breaks. `value` is its body, as far as it can be read."""
    if received.problem is not None:
        refusal = BODY.decide(received, edition).refusal
        reason = "the body cannot be read" if refusal is None else str(refusal.message)
        return (Violation((), "content", note=reason).as_json(),)
    violations = found.contract.checks.request(found.parameters, request, value)[1]
    return _shown(found.contract.let_through(violations, received.media_type))


def response_breaches(found: RouteMatch, status: int, media_type: str, content: bytes | str) -> Breaches:
    """Return what the response breaks. `content` is its body, or the reason why the body cannot be read.

    The document describes no error of the service's HTTP framework, of its rate limits or of a gateway before it: an
    error status that it does not have is none of its business.
    """
    contract = found.contract
    bodies = contract.responses.get(status)
    if bodies is None and status >= 400:
        return ()
    if bodies is None or (status in NO_BODY and not bodies):
        return () if status in NO_BODY else _shown(contract.checks.response_violations(status, media_type, None))
    if isinstance(content, str):
        return _shown([Violation((), "content", note=f"the body is not checked: {content}")])
    if not content and not bodies:
        return ()
    if media_type != JSON or JSON not in bodies:
        return _shown([] if media_type in bodies else contract.checks.response_violations(status, media_type, None))
    try:
        value = json_of(content)
    except Unreadable as error:
        return _shown([Violation((), "content", note=f"the body cannot be read: {error}")])
    return _shown(contract.checks.response_violations(status, media_type, value))


def _shown(violations: list[Violation]) -> Breaches:
    return tuple(each.as_json() for each in violations)
