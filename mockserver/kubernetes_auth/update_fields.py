"""The 422 stage of an update: what the service's own schema asks beyond the published one, and what a column can hold.

All of it is reported together (behaviour 3.1, 3.2). The rules that compare fields keep quiet when a field has a wrong
type or an unknown enum value, as the service's schema does.
"""

import re
from collections.abc import Callable

from mockserver import issues
from mockserver.absent import ABSENT
from mockserver.contract_rules import VALIDATION_FAILURE
from mockserver.issues import CROSS_FIELD_RANK, Issue
from mockserver.javascript import BIGINT_MAX, bigint
from mockserver.kubernetes_auth.attempt import UpdateAttempt
from mockserver.kubernetes_auth.change import RANKS, Change
from mockserver.kubernetes_auth.record import GATEWAY_MODE
from mockserver.rules import Finding, Rule, Source, both, parted

COLUMN_LENGTH = 255
_COLUMNS = ("allowedNamespaces", "allowedNames", "allowedAudience")
_HOST = re.compile(r"[A-Za-z0-9:./\-]*", re.ASCII)


Issues = tuple[Issue, ...]


def _host_blank(attempt: UpdateAttempt) -> Issues:
    """Blanks only: a text that is empty as sent breaks the contract's own minLength, and is named there."""
    if attempt.sent.kubernetes_host != "" or any(issue.path == ("kubernetesHost",) for issue in attempt.issues):
        return ()
    return (issues.too_small(RANKS["kubernetesHost"], ("kubernetesHost",), "string", 1),)


def _host_characters(attempt: UpdateAttempt) -> Issues:
    host = attempt.sent.kubernetes_host
    if not isinstance(host, str) or _HOST.fullmatch(host):
        return ()
    message = "The Kubernetes host may hold only letters, digits, colons, periods, slashes and hyphens"
    return (issues.custom(RANKS["kubernetesHost"], ("kubernetesHost",), message),)


def _host_length(attempt: UpdateAttempt) -> Issues:
    host = attempt.sent.kubernetes_host
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


def _column_length(attempt: UpdateAttempt) -> Issues:
    if len(_columns(attempt.sent)) <= COLUMN_LENGTH:
        return ()
    return tuple(
        issues.too_big(RANKS[name], (name,), "string", COLUMN_LENGTH)
        for name, text in _each_column(attempt.sent)
        if len(text) > COLUMN_LENGTH
    )


def _column_nul(attempt: UpdateAttempt) -> Issues:
    if "\0" not in _columns(attempt.sent):
        return ()
    return tuple(
        issues.custom(RANKS[name], (name,), "The database stores no NUL character")
        for name, text in _each_column(attempt.sent)
        if "\0" in text
    )


def _column_integer(attempt: UpdateAttempt) -> Issues:
    uses = attempt.sent.access_token_num_uses_limit
    if uses is ABSENT or uses <= BIGINT_MAX // 2 or not is_whole(uses) or bigint(uses) <= BIGINT_MAX:
        return ()
    name = "accessTokenNumUsesLimit"
    return (issues.too_big(RANKS[name], (name,), "number", BIGINT_MAX),)


def is_whole(number: float) -> bool:
    """Whether the number is finite and integral."""
    return isinstance(number, int) or number.is_integer()


def database_refuses(attempt: UpdateAttempt) -> bool:
    """Whether the UPDATE would fail on one of the values."""
    return bool(_column_length(attempt) or _column_nul(attempt) or _column_integer(attempt))


def _gateway_needed(attempt: UpdateAttempt) -> Issues:
    sent = attempt.sent
    if attempt.wrong_types or sent.token_review_mode != GATEWAY_MODE or _truthy(sent.gateway_id, sent.gateway_pool_id):
        return ()
    message = "Token review mode 'gateway' needs a gatewayId or a gatewayPoolId in the same request"
    return (issues.custom(CROSS_FIELD_RANK, ("gatewayId",), message),)


def _both_gateways(attempt: UpdateAttempt) -> Issues:
    sent = attempt.sent
    if attempt.wrong_types or not _truthy(sent.gateway_id) or not _truthy(sent.gateway_pool_id):
        return ()
    return (issues.custom(CROSS_FIELD_RANK, ("gatewayPoolId",), "Send gatewayId or gatewayPoolId, not both"),)


def _ttl_order(attempt: UpdateAttempt) -> Issues:
    ttl, max_ttl = attempt.sent.access_token_ttl, attempt.sent.access_token_max_ttl
    if ttl is ABSENT or max_ttl is ABSENT or attempt.wrong_types or not ttl or not max_ttl or ttl <= max_ttl:
        return ()
    message = "accessTokenTTL must not be greater than accessTokenMaxTTL"
    return (issues.custom(CROSS_FIELD_RANK, ("accessTokenTTL",), message),)


def _truthy(*values: object) -> bool:
    """Whether one of the values is a text that is not empty, as the service's language has it."""
    return any(isinstance(value, str) and value != "" for value in values)


def _finding(check: Callable[[UpdateAttempt], Issues]) -> Callable[[UpdateAttempt], Finding | None]:
    def judge(attempt: UpdateAttempt) -> Finding | None:
        found = check(attempt)
        return Finding(issues=found) if found else None

    return judge


_SCHEMA = "the service's update schema"
_SERVICE = Source("service", _SCHEMA, "2026-08-28")
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-28")
_REFUSED = both(422, "ValidationFailure")
_CONTRACT_ONLY = parted(contract=VALIDATION_FAILURE, live=None)


def _rule(
    id: str, says: str, about: tuple[str, ...], check: Callable[[UpdateAttempt], Issues], *, columns: bool = False
) -> Rule[UpdateAttempt]:
    return Rule(
        id=f"update.{id}",
        says=says,
        source=_COLUMN if columns else _SERVICE,
        answers=_CONTRACT_ONLY if columns else _REFUSED,
        check=_finding(check),
        gathers=True,
        about=frozenset(about),
    )


_HOST_FIELD = ("kubernetesHost",)
FIELD_RULES: tuple[Rule[UpdateAttempt], ...] = (
    _rule("host.blank", "`kubernetesHost` is not empty once trimmed.", _HOST_FIELD, _host_blank),
    _rule("host.characters", "`kubernetesHost` holds only `A-Z a-z 0-9 : . / -`.", _HOST_FIELD, _host_characters),
    _rule("host.length", "`kubernetesHost` has at most 255 characters.", _HOST_FIELD, _host_length),
    _rule(
        "column.length",
        "`allowedNamespaces`, `allowedNames` and `allowedAudience` have at most 255 characters.",
        _COLUMNS,
        _column_length,
        columns=True,
    ),
    _rule("column.nul", "No text column holds a NUL character.", _COLUMNS, _column_nul, columns=True),
    _rule(
        "column.integer",
        "`accessTokenNumUsesLimit` fits 64 bits.",
        ("accessTokenNumUsesLimit",),
        _column_integer,
        columns=True,
    ),
    _rule(
        "mode.gateway-needed",
        "Mode `gateway` comes with a gateway or pool in the same body; a stored one does not count.",
        ("tokenReviewMode",),
        _gateway_needed,
    ),
    _rule("gateway.both", "A body does not send a gateway and a pool.", ("gatewayPoolId",), _both_gateways),
    _rule(
        "ttl.order",
        "A non-zero TTL is not above a non-zero max TTL of the same body.",
        ("accessTokenTTL",),
        _ttl_order,
    ),
)
