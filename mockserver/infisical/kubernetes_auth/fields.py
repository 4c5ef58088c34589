"""Field rules of attach and update: conditions of the service's schema beyond the published one, and column limits.

One 422 lists the issues of all of them. Rules that compare fields pass if a field has a wrong type or an unknown enum
value, as in the service's schema.
"""

import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from mockserver.infisical.auth_methods.token_settings import FITS_COLUMNS, column_integer, past_64_bits, safe_integers
from mockserver.infisical.kubernetes_auth.change import COLUMN_LENGTH, RANKS, Change, column_texts
from mockserver.infisical.kubernetes_auth.record import GATEWAY_MODE
from mockserver.infisical.kubernetes_auth.request import Configuration
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.edition import Edition
from mockserver.rules.generation import Name
from mockserver.rules.issues import CROSS_FIELD_RANK, Issue
from mockserver.rules.rule import Answer, Finding, Rule, Source, answers

_COLUMNS = ("allowedNamespaces", "allowedNames", "allowedAudience")
HOST_CHARACTERS = re.compile(r"[A-Za-z0-9:./\-]*", re.ASCII)


Issues = tuple[Issue, ...]


def _host_blank(request: Configuration) -> Issues:
    """A text that is empty as sent violates the contract's `minLength`; that issue is not repeated here."""
    if request.sent.kubernetes_host != "" or any(issue.path == ("kubernetesHost",) for issue in request.issues):
        return ()
    return (issues.too_small(RANKS["kubernetesHost"], ("kubernetesHost",), "string", 1),)


def _host_characters(request: Configuration) -> Issues:
    host = request.sent.kubernetes_host
    if not isinstance(host, str) or HOST_CHARACTERS.fullmatch(host):
        return ()
    message = "kubernetesHost may contain only letters, digits, colons, periods, slashes and hyphens"
    return (issues.custom(RANKS["kubernetesHost"], ("kubernetesHost",), message),)


def _host_length(request: Configuration) -> Issues:
    return _long_host(request.sent)


def _long_host(sent: Change) -> Issues:
    host = sent.kubernetes_host
    if not isinstance(host, str) or len(host) <= COLUMN_LENGTH:
        return ()
    return (issues.too_big(RANKS["kubernetesHost"], ("kubernetesHost",), "string", COLUMN_LENGTH),)


def _each_column(sent: Change) -> list[tuple[str, str]]:
    texts = zip(_COLUMNS, (sent.allowed_namespaces, sent.allowed_names, sent.allowed_audience), strict=True)
    return [(name, text) for name, text in texts if text is not ABSENT]


def _column_length(request: Configuration) -> Issues:
    return _too_long(request.sent)


def _too_long(sent: Change) -> Issues:
    if len(column_texts(sent)) <= COLUMN_LENGTH:
        return ()
    return tuple(
        issues.too_big(RANKS[name], (name,), "string", COLUMN_LENGTH)
        for name, text in _each_column(sent)
        if len(text) > COLUMN_LENGTH
    )


def _column_nul(request: Configuration) -> Issues:
    return _with_nul(request.sent)


def _with_nul(sent: Change) -> Issues:
    if "\0" not in column_texts(sent):
        return ()
    return tuple(
        issues.custom(RANKS[name], (name,), "The database cannot store a NUL character: remove it")
        for name, text in _each_column(sent)
        if "\0" in text
    )


def database_refuses(request: Configuration) -> bool:
    """Whether the INSERT or UPDATE would fail because of one of the values."""
    written = request.written
    return bool(
        _long_host(written)
        or _too_long(written)
        or _with_nul(written)
        or past_64_bits(written.access_token_num_uses_limit)
    )


DATABASE_SUMMARY = (
    "Rejected if the database cannot store a value: a text column holds at most 255 characters and no NUL,"
    " an integer column 64 bits."
)
DATABASE_REASON = (
    "The database cannot store one of the values: texts may have 255 characters and no NUL, integers 64 bits"
)


def _gateway_needed(request: Configuration) -> Issues:
    sent = request.sent
    if request.wrong_types or request.is_configured_by_template or sent.token_review_mode != GATEWAY_MODE:
        return ()
    if truthy(sent.gateway_id, sent.gateway_pool_id):
        return ()
    message = "Token review mode 'gateway' needs a gatewayId or gatewayPoolId in the same request"
    return (issues.custom(CROSS_FIELD_RANK, ("gatewayId",), message),)


def _both_gateways(request: Configuration) -> Issues:
    sent = request.sent
    if request.wrong_types or request.is_configured_by_template:
        return ()
    if not truthy(sent.gateway_id) or not truthy(sent.gateway_pool_id):
        return ()
    return (issues.custom(CROSS_FIELD_RANK, ("gatewayPoolId",), "Send gatewayId or gatewayPoolId, not both"),)


def truthy(*values: object) -> bool:
    """Whether one of the values is a text that is not empty, which JavaScript treats as true."""
    return any(isinstance(value, str) and value != "" for value in values)


_SERVICE = Source("service", "the service's schema of attach and update", "2026-08-20")
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-20")
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
    answered: Mapping[Edition, Answer] | None = None,
    since: Name | None = None,
) -> Rule[Any]:
    """Return a rule that adds its issues to the 422. With `columns`, only profile `contract` has it."""

    @wraps(check)
    def find(request: Configuration) -> Finding | None:
        found = check(request)
        return Finding(issues=found) if found else None

    return Rule(
        id=id,
        summary=summary,
        source=_COLUMN if columns else source,
        answers=answered or (_CONTRACT_ONLY if columns else answers(422, "ValidationFailure", since=since)),
        check=find,
        gathers=True,
        about=frozenset(about),
        settled_by=FITS_COLUMNS if columns else "",
    )


def schema_rule(
    id: str, summary: str, source: Source, *, since: Name | None = None, about: tuple[str, ...] = ()
) -> Callable[[_Check], Rule[Any]]:
    """Turn the decorated check into a rule that compares fields; it passes if a field has a wrong type."""

    def make(check: _Check) -> Rule[Any]:
        @wraps(check)
        def find(request: Configuration) -> Issues:
            return () if request.wrong_types else check(request)

        return field_rule(id, summary, about, find, source=source, since=since)

    return make


_HOST_FIELD = ("kubernetesHost",)
_HOST_LENGTH = answers(contract=VALIDATION_FAILURE, live={"2026-08": VALIDATION_FAILURE})
"""In 2026-05 only the database limits the host."""
FIELD_RULES: tuple[Rule[Any], ...] = (
    field_rule(
        "host.blank",
        "Rejected if `kubernetesHost` is empty after trimming.",
        _HOST_FIELD,
        _host_blank,
    ),
    field_rule(
        "host.length",
        "Rejected if `kubernetesHost` has more than 255 characters.",
        _HOST_FIELD,
        _host_length,
        answered=_HOST_LENGTH,
    ),
    field_rule(
        "host.characters",
        "Rejected if `kubernetesHost` contains a character other than `A-Z a-z 0-9 : . / -`.",
        _HOST_FIELD,
        _host_characters,
    ),
    field_rule(
        "column.length",
        "Rejected if `allowedNamespaces`, `allowedNames` or `allowedAudience` has more than 255 characters.",
        _COLUMNS,
        _column_length,
        columns=True,
    ),
    field_rule(
        "column.nul",
        "Rejected if `allowedNamespaces`, `allowedNames` or `allowedAudience` contains a NUL character.",
        _COLUMNS,
        _column_nul,
        columns=True,
    ),
    column_integer,
    safe_integers,
)
MODE_RULES: tuple[Rule[Configuration], ...] = (
    field_rule(
        "mode.gateway-needed",
        "Rejected if `tokenReviewMode` is `gateway` and the same body sends neither `gatewayId` nor `gatewayPoolId`."
        " A stored id does not count.",
        ("tokenReviewMode",),
        _gateway_needed,
    ),
    field_rule(
        "gateway.both",
        "Rejected if the body sends an id in both `gatewayId` and `gatewayPoolId`.",
        ("gatewayPoolId",),
        _both_gateways,
    ),
)
