"""Token settings of an auth method: TTL and max TTL in seconds, number of uses, trusted IPs.

Kubernetes Auth, Universal Auth and Token Auth share these rules.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from mockserver.infisical.javascript import BIGINT_MAX, bigint
from mockserver.infisical.preconditions import BAD_REQUEST, AuthenticatedRequest, CallerFacts, from_service
from mockserver.infisical.trusted_ips import EVERYWHERE_TEXTS, TrustedIp, trusted_ips
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT, Absent
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.issues import CROSS_FIELD_RANK, OBJECT_RANK, Issue
from mockserver.rules.rule import Answer, Finding, Source, answers, rule

Record = TypeVar("Record")

DEFAULT_TTL = 2_592_000
"""Seconds. Attach stores this value for a TTL or max TTL that is not sent."""
FITS_COLUMNS = "fits the columns"
"""The kind of update that sends neither a host nor a template, short texts without NUL, and integers up to 2^53 - 1."""
_SERVICE = Source("service", "settings of an auth method", "2026-08-20")


@dataclass(slots=True)
class MethodRequest(Generic[Record]):
    """A request about one auth method of one identity.

    `method` is the display name. `stored` is the record, or None if the method is not attached.
    """

    identity_id: str
    facts: CallerFacts
    method: str
    stored: Record | None
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False

    @property
    def record(self) -> Record:
        """The stored record. Only rules that follow the check for a record may read it."""
        assert self.stored is not None, "a rule reads the record before the rule that checks that it exists"
        return self.stored


class SentSettings(Protocol):
    """The token settings in a request body."""

    @property
    def access_token_trusted_ips(self) -> tuple[str, ...] | Absent:
        """The trusted IPs as trimmed texts."""

    @property
    def access_token_ttl(self) -> float | Absent:
        """`accessTokenTTL` in seconds."""

    @property
    def access_token_max_ttl(self) -> float | Absent:
        """`accessTokenMaxTTL` in seconds."""

    @property
    def access_token_num_uses_limit(self) -> float | Absent:
        """The number of uses of a token; 0 means no limit."""

    @property
    def writes_nothing(self) -> bool:
        """Whether an update with these settings would set no column."""


class SendsSettings(Protocol):
    """A request that sends token settings, after the contract check."""

    @property
    def sent(self) -> SentSettings:
        """The parsed body."""

    @property
    def wrong_types(self) -> bool:
        """Whether a value has a wrong type; rules that compare fields then pass."""


class SendsRankedSettings(SendsSettings, Protocol):
    """A request that sends token settings, and knows the order of its fields."""

    @property
    def ranks(self) -> Mapping[str, int]:
        """The rank of each property among the issues of a 422."""


@rule(
    "column.integer",
    "Rejected if `accessTokenNumUsesLimit` does not fit a signed 64-bit integer.",
    Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-20"),
    answers(contract=VALIDATION_FAILURE, live=None),
    until="2026-09",
    gathers=True,
    about=("accessTokenNumUsesLimit",),
    settled_by=FITS_COLUMNS,
)
def column_integer(request: SendsSettings) -> Finding | None:
    if not past_64_bits(request.sent.access_token_num_uses_limit):
        return None
    issue = issues.too_big(OBJECT_RANK - 1, ("accessTokenNumUsesLimit",), "number", BIGINT_MAX)
    return Finding(issues=(issue,))


_INTEGERS = ("accessTokenTTL", "accessTokenMaxTTL", "accessTokenNumUsesLimit")


@rule(
    "integer.safe",
    "Rejected if an integer is beyond 2^53 - 1, which Zod 4 refuses.",
    Source("service", "recorded issue lists", "2026-10-14"),
    answers(422, "ValidationFailure"),
    since="2026-10",
    gathers=True,
    about=_INTEGERS,
    settled_by=FITS_COLUMNS,
)
def safe_integers(request: SendsRankedSettings) -> Finding | None:
    sent = request.sent
    numbers = (sent.access_token_ttl, sent.access_token_max_ttl, sent.access_token_num_uses_limit)
    found = tuple(
        issues.unsafe_integer(request.ranks[name], (name,), number)
        for name, number in zip(_INTEGERS, numbers, strict=True)
        if number is not ABSENT and abs(number) > issues.SAFE
    )
    return Finding(issues=found) if found else None


@rule(
    "attach.ttl.body",
    "Rejected if `accessTokenTTL` exceeds `accessTokenMaxTTL`. A value that is not sent counts as its default; 0 has no"
    " special meaning. The issue's `path` is empty.",
    from_service("schema of attach, Universal and Token Auth"),
    answers(422, "ValidationFailure"),
    gathers=True,
)
def attach_ttl_order(request: SendsSettings) -> Finding | None:
    sent = (request.sent.access_token_ttl, request.sent.access_token_max_ttl)
    ttl, max_ttl = [DEFAULT_TTL if value is ABSENT else value for value in sent]
    if request.wrong_types or ttl <= max_ttl:
        return None
    return _ttl_order(f"{_TTL_ORDER} (the default of each is {DEFAULT_TTL})")


@rule(
    "update.ttl.body",
    "Rejected if `accessTokenTTL` exceeds `accessTokenMaxTTL` in the same body and neither is 0."
    " The issue's `path` is empty.",
    from_service("schema of update, Universal and Token Auth"),
    answers(422, "ValidationFailure"),
    gathers=True,
    about=("accessTokenTTL",),
)
def update_ttl_order(request: SendsSettings) -> Finding | None:
    ttl, max_ttl = request.sent.access_token_ttl, request.sent.access_token_max_ttl
    if ttl is ABSENT or max_ttl is ABSENT or request.wrong_types or not ttl or not max_ttl or ttl <= max_ttl:
        return None
    return _ttl_order(_TTL_ORDER)


_TTL_ORDER = "accessTokenTTL must not be greater than accessTokenMaxTTL"


def _ttl_order(message: str) -> Finding:
    return Finding(issues=(issues.custom(CROSS_FIELD_RANK, (), message),))


@rule(
    "update.nothing-to-write",
    "Rejected if the body sets no column: the running service fails on an empty UPDATE.",
    Source("service", "update, decision list row 28", "2026-08-20"),
    answers(contract=None, live=Answer(500, "Update by id")),
)
def nothing_to_write(request: SendsSettings) -> Finding | None:
    return (
        Finding("The body sets no column, so the UPDATE fails: send at least one field")
        if request.sent.writes_nothing
        else None
    )


class TrustedIpTexts(AuthenticatedRequest, Protocol):
    """A request that sends trusted IPs."""

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """All trusted IPs of the body as trimmed texts, in the order in which the service checks them."""


class TtlChange(AuthenticatedRequest, Protocol):
    """An update of an auth method."""

    @property
    def sent(self) -> SentSettings:
        """The parsed body."""

    @property
    def stored_max_ttl(self) -> int:
        """The stored `accessTokenMaxTTL` in seconds."""


@rule(
    "update.ttl.stored-max",
    "Rejected if `accessTokenTTL` exceeds `accessTokenMaxTTL`. The stored maximum replaces each of the two that is not"
    " sent or is 0; a maximum of 0 is no limit.",
    Source("service", "update, decision list row 13", "2026-08-20"),
    BAD_REQUEST,
    about=("accessTokenTTL", "accessTokenMaxTTL"),
)
def ttl_stored_max(request: TtlChange) -> Finding | None:
    stored_max, sent = request.stored_max_ttl, request.sent
    # A quirk of the service (its issue 7516): the stored maximum, not the stored TTL, replaces a TTL that is not sent.
    limit = sent_or_zero(sent.access_token_max_ttl) or stored_max
    candidate = sent_or_zero(sent.access_token_ttl) or stored_max
    return ttl_above(candidate, limit)


def ttl_above(ttl: int, limit: int) -> Finding | None:
    """Return a finding if `ttl` exceeds `limit`, both in seconds; a limit of 0 or less is no limit."""
    if 0 < limit < ttl:
        return Finding(f"Access token TTL ({ttl}) must not be greater than its max TTL ({limit})")
    return None


def sent_or_zero(value: float | Absent) -> int:
    """Return the sent number as an integer; 0 if none was sent."""
    return 0 if value is ABSENT else int(value)


@rule(
    "trusted-ips.plan",
    "Rejected if the plan lacks `ipAllowlisting` and a trusted IP is not the text `0.0.0.0/0` or `::/0`.",
    _SERVICE,
    BAD_REQUEST,
    about=("accessTokenTrustedIps", "clientSecretTrustedIps"),
)
def trusted_ips_plan(request: TrustedIpTexts) -> Finding | None:
    if EVERYWHERE_TEXTS.issuperset(request.trusted_ip_texts) or request.facts.plan_has("ipAllowlisting"):
        return None
    return Finding("The plan does not include IP allowlisting: upgrade it, or trust only 0.0.0.0/0 and ::/0")


@rule(
    "trusted-ips.valid",
    "Rejected if a trusted IP is neither an IP address nor a CIDR block.",
    _SERVICE,
    BAD_REQUEST,
    about=("accessTokenTrustedIps", "clientSecretTrustedIps"),
)
def trusted_ips_valid(request: TrustedIpTexts) -> Finding | None:
    texts = request.trusted_ip_texts
    items = trusted_ips(texts)
    if None not in items:
        return None
    return Finding(f"'{texts[items.index(None)]}' is not a valid IPv4 or IPv6 address or CIDR block")


def parsed(texts: tuple[str, ...] | Absent, otherwise: tuple[TrustedIp, ...]) -> tuple[TrustedIp, ...]:
    """Return the trusted IPs to store, without the invalid texts; `otherwise` if none were sent."""
    if texts is ABSENT:
        return otherwise
    return tuple(filter(None, trusted_ips(texts)))


def whole(value: float | Absent, otherwise: int) -> int:
    """Return the integer to store for a number; `otherwise` if none was sent."""
    return otherwise if value is ABSENT else bigint(value)


def past_64_bits(value: float | Absent) -> bool:
    """Whether the number is whole and exceeds the maximum of a signed 64-bit integer."""
    if value is ABSENT or value <= BIGINT_MAX // 2:
        return False
    return (isinstance(value, int) or value.is_integer()) and bigint(value) > BIGINT_MAX
