"""The 422 stage of attach and update: what the service's schema asks beyond the published one, and what columns hold.

All of it is reported together (behaviour 3.1, 3.2). The rules that compare fields keep quiet when a field has a wrong
type or an unknown enum value, as the service's schema does.
"""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from mockserver.infisical.auth_methods.token_settings import column_integer, past_64_bits
from mockserver.infisical.kubernetes_auth.change import RANKS, Change
from mockserver.infisical.kubernetes_auth.record import GATEWAY_MODE
from mockserver.infisical.kubernetes_auth.request import Configuration
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.issues import CROSS_FIELD_RANK, Issue
from mockserver.rules.rule import Finding, Rule, Source, answers

COLUMN_LENGTH = 255
_COLUMNS = ("allowedNamespaces", "allowedNames", "allowedAudience")
_HOST = re.compile(r"[A-Za-z0-9:./\-]*", re.ASCII)


Issues = tuple[Issue, ...]


def _host_blank(request: Configuration) -> Issues:
    """Blanks only: a text that is empty as sent breaks the contract's own minLength, and is named there."""
    if request.sent.kubernetes_host != "" or any(issue.path == ("kubernetesHost",) for issue in request.issues):
        return ()
    return (issues.too_small(RANKS["kubernetesHost"], ("kubernetesHost",), "string", 1),)


def _host_characters(request: Configuration) -> Issues:
    host = request.sent.kubernetes_host
    if not isinstance(host, str) or _HOST.fullmatch(host):
        return ()
    message = "The Kubernetes host may hold only letters, digits, colons, periods, slashes and hyphens"
    return (issues.custom(RANKS["kubernetesHost"], ("kubernetesHost",), message),)


def _host_length(request: Configuration) -> Issues:
    host = request.sent.kubernetes_host
    if not isinstance(host, str) or len(host) <= COLUMN_LENGTH:
        return ()
    return (issues.too_big(RANKS["kubernetesHost"], ("kubernetesHost",), "string", COLUMN_LENGTH),)


def _columns(sent: Change) -> str:
    """The texts that go into string columns as they are, joined: one look tells that nothing is wrong with any.

    CA and reviewer JWT are encrypted: any text fits.
    """
    namespaces, names, audience = sent.allowed_namespaces, sent.allowed_names, sent.allowed_audience
    return (
        ("" if namespaces is ABSENT else namespaces)
        + ("" if names is ABSENT else names)
        + ("" if audience is ABSENT else audience)
    )


def _each_column(sent: Change) -> list[tuple[str, str]]:
    texts = zip(_COLUMNS, (sent.allowed_namespaces, sent.allowed_names, sent.allowed_audience), strict=True)
    return [(name, text) for name, text in texts if text is not ABSENT]


def _column_length(request: Configuration) -> Issues:
    if len(_columns(request.sent)) <= COLUMN_LENGTH:
        return ()
    return tuple(
        issues.too_big(RANKS[name], (name,), "string", COLUMN_LENGTH)
        for name, text in _each_column(request.sent)
        if len(text) > COLUMN_LENGTH
    )


def _column_nul(request: Configuration) -> Issues:
    if "\0" not in _columns(request.sent):
        return ()
    return tuple(
        issues.custom(RANKS[name], (name,), "The database stores no NUL character")
        for name, text in _each_column(request.sent)
        if "\0" in text
    )


def database_refuses(request: Configuration) -> bool:
    """Whether the INSERT or UPDATE would fail on one of the values."""
    sent = request.sent
    return bool(_column_length(request) or _column_nul(request) or past_64_bits(sent.access_token_num_uses_limit))


def _gateway_needed(request: Configuration) -> Issues:
    sent = request.sent
    if request.wrong_types or sent.token_review_mode != GATEWAY_MODE or truthy(sent.gateway_id, sent.gateway_pool_id):
        return ()
    message = "Token review mode 'gateway' needs a gatewayId or a gatewayPoolId in the same request"
    return (issues.custom(CROSS_FIELD_RANK, ("gatewayId",), message),)


def _both_gateways(request: Configuration) -> Issues:
    sent = request.sent
    if request.wrong_types or not truthy(sent.gateway_id) or not truthy(sent.gateway_pool_id):
        return ()
    return (issues.custom(CROSS_FIELD_RANK, ("gatewayPoolId",), "Send gatewayId or gatewayPoolId, not both"),)


def truthy(*values: object) -> bool:
    """Whether one of the values is a text that is not empty, as the service's language has it."""
    return any(isinstance(value, str) and value != "" for value in values)


_SERVICE = Source("service", "the service's schema of attach and update", "2026-08-28")
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-28")
_REFUSED = answers(422, "ValidationFailure")
_CONTRACT_ONLY = answers(contract=VALIDATION_FAILURE, live=None)
_Check = Callable[[Any], Issues]


def field_rule(
    id: str,
    summary: str,
    about: tuple[str, ...],
    check: _Check,
    *,
    columns: bool = False,
    source: Source = _SERVICE,
) -> Rule[Any]:
    """A rule whose issues join those of the contract; one about `columns` is the contract profile's only."""

    @wraps(check)
    def judge(request: Configuration) -> Finding | None:
        found = check(request)
        return Finding(issues=found) if found else None

    return Rule(
        id=id,
        summary=summary,
        source=_COLUMN if columns else source,
        answers=_CONTRACT_ONLY if columns else _REFUSED,
        check=judge,
        gathers=True,
        about=frozenset(about),
    )


def schema_rule(id: str, summary: str, source: Source) -> Callable[[_Check], Rule[Any]]:
    """Makes the decorated check a rule that compares fields; it keeps quiet when one has a wrong type."""

    def make(check: _Check) -> Rule[Any]:
        @wraps(check)
        def judge(request: Configuration) -> Issues:
            return () if request.wrong_types else check(request)

        return field_rule(id, summary, (), judge, source=source)

    return make


_HOST_FIELD = ("kubernetesHost",)
FIELD_RULES: tuple[Rule[Configuration], ...] = (
    field_rule("host.blank", "`kubernetesHost` is not empty once trimmed.", _HOST_FIELD, _host_blank),
    field_rule("host.characters", "`kubernetesHost` holds only `A-Z a-z 0-9 : . / -`.", _HOST_FIELD, _host_characters),
    field_rule("host.length", "`kubernetesHost` has at most 255 characters.", _HOST_FIELD, _host_length),
    field_rule(
        "column.length",
        "`allowedNamespaces`, `allowedNames` and `allowedAudience` have at most 255 characters.",
        _COLUMNS,
        _column_length,
        columns=True,
    ),
    field_rule("column.nul", "No text column holds a NUL character.", _COLUMNS, _column_nul, columns=True),
    column_integer,
)
MODE_RULES: tuple[Rule[Configuration], ...] = (
    field_rule(
        "mode.gateway-needed",
        "Mode `gateway` comes with a gateway or pool in the same body; a stored one does not count.",
        ("tokenReviewMode",),
        _gateway_needed,
    ),
    field_rule("gateway.both", "A body does not send a gateway and a pool.", ("gatewayPoolId",), _both_gateways),
)
