"""What all auth methods of an identity have in common: attached or not, and what they say of the tokens they issue.

TTL and max TTL in seconds, uses, trusted IPs: Kubernetes, Universal and Token Auth are judged alike (behaviour 2, 3.6).
"""

from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from mockserver.infisical.javascript import BIGINT_MAX, bigint
from mockserver.infisical.preconditions import BAD_REQUEST, AuthenticatedRequest, CallerFacts, from_service
from mockserver.infisical.trusted_ips import EVERYWHERE_TEXTS, TrustedIp, trusted_ip
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT, Absent
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.issues import CROSS_FIELD_RANK, OBJECT_RANK, Issue
from mockserver.rules.rule import Answer, Finding, Source, answers, rule

Record = TypeVar("Record")

DEFAULT_TTL = 2_592_000
"""Seconds: what attach stores for a TTL and a max TTL that are not sent."""
MAX_TTL = 315_360_000
_SERVICE = Source("service", "settings of an auth method", "2026-08-28")


@dataclass(slots=True)
class MethodRequest(Generic[Record]):
    """A request about one auth method (`method` is its name in words) of one identity, and the record if attached."""

    identity_id: str
    facts: CallerFacts
    method: str
    stored: Record | None
    issues: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False

    @property
    def record(self) -> Record:
        """The record; for whoever stands behind the rule that refuses an identity without one."""
        assert self.stored is not None, "asked for the record before the rule that makes sure there is one"
        return self.stored


class SentSettings(Protocol):
    """The settings that a body sends."""

    @property
    def access_token_trusted_ips(self) -> tuple[str, ...] | Absent:
        """The texts of the trusted IPs, trimmed."""

    @property
    def access_token_ttl(self) -> float | Absent:
        """Seconds."""

    @property
    def access_token_max_ttl(self) -> float | Absent:
        """Seconds."""

    @property
    def access_token_num_uses_limit(self) -> float | Absent:
        """How many uses; 0 is no limit."""

    @property
    def writes_nothing(self) -> bool:
        """Whether an update with them would set no column."""


class SendsSettings(Protocol):
    """A body of settings, held to the contract. `wrong_types`: rules that compare fields keep quiet."""

    @property
    def sent(self) -> SentSettings:
        """What the body sends."""

    @property
    def wrong_types(self) -> bool:
        """Whether a value has a wrong type."""


@rule(
    "column.integer",
    "`accessTokenNumUsesLimit` fits 64 bits.",
    Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-28"),
    answers(contract=VALIDATION_FAILURE, live=None),
    gathers=True,
    about=("accessTokenNumUsesLimit",),
)
def column_integer(request: SendsSettings) -> Finding | None:
    if not past_64_bits(request.sent.access_token_num_uses_limit):
        return None
    issue = issues.too_big(OBJECT_RANK - 1, ("accessTokenNumUsesLimit",), "number", BIGINT_MAX)
    return Finding(issues=(issue,))


@rule(
    "attach.ttl.body",
    "The TTL is not above the max TTL, defaults included: 0 is no exception. The issue is the whole body's.",
    from_service("schema of attach, Universal and Token Auth"),
    answers(422, "ValidationFailure"),
    gathers=True,
)
def attach_ttl_order(request: SendsSettings) -> Finding | None:
    sent = (request.sent.access_token_ttl, request.sent.access_token_max_ttl)
    ttl, max_ttl = [DEFAULT_TTL if value is ABSENT else value for value in sent]
    if request.wrong_types or ttl <= max_ttl:
        return None
    return _ttl_order(f"{_TTL_ORDER} (each is {DEFAULT_TTL} if it is not sent)")


@rule(
    "update.ttl.body",
    "A non-zero TTL is not above a non-zero max TTL of the same body. The issue is the whole body's.",
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
    "At least one column is set: the running service fails on an empty UPDATE, the contract profile answers 200.",
    Source("service", "update, decision list row 28", "2026-08-28"),
    answers(contract=None, live=Answer(500, "Update by id")),
)
def nothing_to_write(request: SendsSettings) -> Finding | None:
    return Finding("The body sets no column, and an UPDATE of nothing fails") if request.sent.writes_nothing else None


class TrustedIpTexts(AuthenticatedRequest, Protocol):
    """A request that sends trusted IPs."""

    @property
    def trusted_ip_texts(self) -> tuple[str, ...]:
        """The texts of all lists of trusted IPs, trimmed, in the order of the service's checks."""


class TtlChange(AuthenticatedRequest, Protocol):
    """An update of an auth method."""

    @property
    def sent(self) -> SentSettings:
        """What the body sends."""

    @property
    def stored_max_ttl(self) -> int:
        """The max TTL that is stored."""


@rule(
    "update.ttl.stored-max",
    "The TTL is not above the max TTL; the stored max stands in for whichever is not sent, or sent as 0.",
    Source("service", "update, decision list row 13", "2026-08-28"),
    BAD_REQUEST,
    about=("accessTokenTTL", "accessTokenMaxTTL"),
)
def ttl_stored_max(request: TtlChange) -> Finding | None:
    stored_max, sent = request.stored_max_ttl, request.sent
    # The stored *max*, never the stored TTL, stands in for a TTL that is not sent: a quirk (issue 7516).
    limit = sent_or_zero(sent.access_token_max_ttl) or stored_max
    candidate = sent_or_zero(sent.access_token_ttl) or stored_max
    return ttl_above(candidate, limit)


def ttl_above(ttl: int, limit: int) -> Finding | None:
    """A finding if the limit is one (not 0) and the TTL is above it."""
    if 0 < limit < ttl:
        return Finding(f"Access token TTL ({ttl}) must not be greater than its max TTL ({limit})")
    return None


def sent_or_zero(value: float | Absent) -> int:
    """The integer that was sent; 0 for none."""
    return 0 if value is ABSENT else int(value)


@rule(
    "trusted-ips.plan",
    "Without `ipAllowlisting` in the plan only the texts `0.0.0.0/0` and `::/0` can be trusted.",
    _SERVICE,
    BAD_REQUEST,
    about=("accessTokenTrustedIps", "clientSecretTrustedIps"),
)
def trusted_ips_plan(request: TrustedIpTexts) -> Finding | None:
    if EVERYWHERE_TEXTS.issuperset(request.trusted_ip_texts) or request.facts.plan_has("ipAllowlisting"):
        return None
    return Finding("The plan has no IP allowlisting: without an upgrade only 0.0.0.0/0 and ::/0 can be trusted")


@rule(
    "trusted-ips.valid",
    "Each trusted IP is an address or a CIDR block.",
    _SERVICE,
    BAD_REQUEST,
    about=("accessTokenTrustedIps", "clientSecretTrustedIps"),
)
def trusted_ips_valid(request: TrustedIpTexts) -> Finding | None:
    for text in request.trusted_ip_texts:
        if trusted_ip(text) is None:
            return Finding(f"'{text}' is not a valid IPv4 or IPv6 address or CIDR block")
    return None


def parsed(texts: tuple[str, ...] | Absent, otherwise: tuple[TrustedIp, ...]) -> tuple[TrustedIp, ...]:
    """What is stored for the texts; `otherwise` where none were sent. Texts that are no trusted IPs are left out."""
    if texts is ABSENT:
        return otherwise
    return tuple([item for item in map(trusted_ip, texts) if item is not None])


def whole(value: float | Absent, otherwise: int) -> int:
    """The integer that is stored for a number; `otherwise` where none was sent."""
    return otherwise if value is ABSENT else bigint(value)


def past_64_bits(value: float | Absent) -> bool:
    """Whether the number is whole and no 64-bit integer."""
    if value is ABSENT or value <= BIGINT_MAX // 2:
        return False
    return (isinstance(value, int) or value.is_integer()) and bigint(value) > BIGINT_MAX
