"""The 422 stage of an update: what the service's own schema asks beyond the published one, and what a column can hold.

All of it is reported together (behaviour 3.1, 3.2). The rules that compare fields keep quiet when a field has a wrong
type or an unknown enum value, as the service's schema does.
"""

import re
from collections.abc import Callable, Iterator

from mockserver import issues
from mockserver.absent import ABSENT, Absent
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


def _host_blank(sent: Change) -> Iterator[Issue]:
    if sent.kubernetes_host == "":
        yield issues.too_small(RANKS["kubernetesHost"], ("kubernetesHost",), "string", 1)


def _host_characters(sent: Change) -> Iterator[Issue]:
    host = sent.kubernetes_host
    if isinstance(host, str) and not _HOST.fullmatch(host):
        message = "The Kubernetes host may hold only letters, digits, colons, periods, slashes and hyphens"
        yield issues.custom(RANKS["kubernetesHost"], ("kubernetesHost",), message)


def _host_length(sent: Change) -> Iterator[Issue]:
    if isinstance(sent.kubernetes_host, str) and len(sent.kubernetes_host) > COLUMN_LENGTH:
        yield issues.too_big(RANKS["kubernetesHost"], ("kubernetesHost",), "string", COLUMN_LENGTH)


def _columns(sent: Change) -> tuple[str | Absent, ...]:
    """The texts that go into string columns as they are. CA and reviewer JWT are encrypted: any text fits."""
    return sent.allowed_namespaces, sent.allowed_names, sent.allowed_audience


def _column_length(sent: Change) -> Iterator[Issue]:
    for name, text in zip(_COLUMNS, _columns(sent), strict=True):
        if text is not ABSENT and len(text) > COLUMN_LENGTH:
            yield issues.too_big(RANKS[name], (name,), "string", COLUMN_LENGTH)


def _column_nul(sent: Change) -> Iterator[Issue]:
    for name, text in zip(_COLUMNS, _columns(sent), strict=True):
        if text is not ABSENT and "\0" in text:
            yield issues.custom(RANKS[name], (name,), "The database stores no NUL character")


def _column_integer(sent: Change) -> Iterator[Issue]:
    uses = sent.access_token_num_uses_limit
    if uses is not ABSENT and is_whole(uses) and bigint(uses) > BIGINT_MAX:
        name = "accessTokenNumUsesLimit"
        yield issues.too_big(RANKS[name], (name,), "number", BIGINT_MAX)


def is_whole(number: float) -> bool:
    """Whether the number is finite and integral."""
    return isinstance(number, int) or number.is_integer()


def database_refuses(sent: Change) -> bool:
    """Whether the UPDATE would fail on one of the values."""
    return any(True for check in (_column_length, _column_nul, _column_integer) for _ in check(sent))


def _gateway_needed(sent: Change) -> Iterator[Issue]:
    if sent.token_review_mode == GATEWAY_MODE and not _truthy(sent.gateway_id) and not _truthy(sent.gateway_pool_id):
        message = "Token review mode 'gateway' needs a gatewayId or a gatewayPoolId in the same request"
        yield issues.custom(CROSS_FIELD_RANK, ("gatewayId",), message)


def _both_gateways(sent: Change) -> Iterator[Issue]:
    if _truthy(sent.gateway_id) and _truthy(sent.gateway_pool_id):
        message = "Send gatewayId or gatewayPoolId, not both"
        yield issues.custom(CROSS_FIELD_RANK, ("gatewayPoolId",), message)


def _ttl_order(sent: Change) -> Iterator[Issue]:
    ttl, max_ttl = sent.access_token_ttl, sent.access_token_max_ttl
    if ttl is ABSENT or max_ttl is ABSENT:
        return
    if ttl and max_ttl and ttl > max_ttl:
        message = "accessTokenTTL must not be greater than accessTokenMaxTTL"
        yield issues.custom(CROSS_FIELD_RANK, ("accessTokenTTL",), message)


def _truthy(value: object) -> bool:
    return isinstance(value, str) and value != ""


_Check = Callable[[UpdateAttempt], Finding | None]


def _field(check: Callable[[Change], Iterator[Issue]]) -> _Check:
    def judge(attempt: UpdateAttempt) -> Finding | None:
        found = tuple(check(attempt.sent))
        return Finding(issues=found) if found else None

    return judge


def _cross(check: Callable[[Change], Iterator[Issue]]) -> _Check:
    judge = _field(check)
    return lambda attempt: None if attempt.wrong_types else judge(attempt)


def _host_blank_beyond_contract(attempt: UpdateAttempt) -> Finding | None:
    """Blanks only: a text that is empty as sent breaks the contract's own minLength already."""
    named = any(issue.path == ("kubernetesHost",) and issue.code == "too_small" for issue in attempt.issues)
    return None if named else _field(_host_blank)(attempt)


_SCHEMA = "the service's update schema"
_SERVICE = Source("service", _SCHEMA, "2026-08-28")
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-28")
_REFUSED = both(422, "ValidationFailure")
_CONTRACT_ONLY = parted(contract=VALIDATION_FAILURE, live=None)


def _rule(id: str, says: str, about: tuple[str, ...], check: _Check, *, columns: bool = False) -> Rule[UpdateAttempt]:
    return Rule(
        id=f"update.{id}",
        says=says,
        source=_COLUMN if columns else _SERVICE,
        answers=_CONTRACT_ONLY if columns else _REFUSED,
        check=check,
        gathers=True,
        about=frozenset(about),
    )


_HOST_FIELD = ("kubernetesHost",)
FIELD_RULES: tuple[Rule[UpdateAttempt], ...] = (
    _rule("host.blank", "`kubernetesHost` is not empty once trimmed.", _HOST_FIELD, _host_blank_beyond_contract),
    _rule(
        "host.characters", "`kubernetesHost` holds only `A-Z a-z 0-9 : . / -`.", _HOST_FIELD, _field(_host_characters)
    ),
    _rule("host.length", "`kubernetesHost` has at most 255 characters.", _HOST_FIELD, _field(_host_length)),
    _rule(
        "column.length",
        "`allowedNamespaces`, `allowedNames` and `allowedAudience` have at most 255 characters.",
        _COLUMNS,
        _field(_column_length),
        columns=True,
    ),
    _rule("column.nul", "No text column holds a NUL character.", _COLUMNS, _field(_column_nul), columns=True),
    _rule(
        "column.integer",
        "`accessTokenNumUsesLimit` fits 64 bits.",
        ("accessTokenNumUsesLimit",),
        _field(_column_integer),
        columns=True,
    ),
    _rule(
        "mode.gateway-needed",
        "Mode `gateway` comes with a gateway or pool in the same body; a stored one does not count.",
        ("tokenReviewMode",),
        _cross(_gateway_needed),
    ),
    _rule("gateway.both", "A body does not send a gateway and a pool.", ("gatewayPoolId",), _cross(_both_gateways)),
    _rule(
        "ttl.order",
        "A non-zero TTL is not above a non-zero max TTL of the same body.",
        ("accessTokenTTL",),
        _cross(_ttl_order),
    ),
)
