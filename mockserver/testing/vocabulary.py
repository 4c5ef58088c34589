"""The words that a test gives to the mock, as types for a type checker, and their check before a request is sent."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, TypedDict, get_args

from mockserver.errors import did_you_mean, nearest, quoted
from mockserver.rules.generation import Name as GenerationName
from mockserver.settings import EngineName, ExpiryStatus, Format, Level, TlsName
from mockserver.testing.operation_names import OPERATIONS, OperationName

ProfileName = Literal["contract", "live"]
FaultKind = Literal["delay", "status", "rate-limit", "drop", "stale"]
DropPlace = Literal["before-write", "after-write", "mid-body"]
WarningCode = Literal[
    "unknown-properties",
    "whole-object",
    "trusted-ip-prefix",
    "reviewer-jwt-erased",
    "hasty-retry",
    "rate-limit",
    "expired-token",
    "polling",
]
AsOf = GenerationName | str
"""A generation, a date, or a release of the vendor."""
PROFILES: tuple[ProfileName, ...] = get_args(ProfileName)
KINDS: tuple[FaultKind, ...] = get_args(FaultKind)

RateLimitPreset = Literal["cloud-free", "cloud-pro"]


class RateLimitNumbers(TypedDict, total=False):
    """Requests that a client address may send in a window of 60 seconds; a missing limit does not limit."""

    read: int
    write: int
    identityCreation: int


RateLimits = RateLimitPreset | RateLimitNumbers

Range = TypedDict("Range", {"from": float, "to": float})
"""A range of seconds."""


class FaultSettings(TypedDict, total=False):
    """The properties of `POST /_mock/worlds/{world}/faults` beside `kind`."""

    operation: OperationName
    identityId: str
    seconds: float | Range
    status: int
    retryAfter: int
    where: DropPlace
    times: int
    every: int
    probability: float
    seed: int


class Matcher(TypedDict, total=False):
    """Conditions on a request. A value of `body` that is no mapping asks for equality."""

    operation: OperationName
    method: str
    path: str
    identity: str
    body: Mapping[str, Any]
    status: int
    rule: str
    warning: WarningCode


class Bounds(TypedDict, total=False):
    """Bounds on the number of matching requests."""

    atLeast: int
    atMost: int


class _ChangeWithValues(TypedDict, total=False):
    before: Any
    after: Any


class Change(_ChangeWithValues):
    """A field of the state that changes, and its values if they matter."""

    pointer: str


class _StateBounds(TypedDict, total=False):
    to: int
    ignoring: Sequence[str]


_StateFrom = TypedDict("_StateFrom", {"from": int, "changed": Sequence[Change]})


class StateChanges(_StateFrom, _StateBounds):
    """Every change of the state between two revisions."""


class Expectation(Matcher, total=False):
    """The properties of `POST /_mock/requests/verify`, but for the world."""

    since: str
    count: int | Bounds
    maxRequestsPerMinute: int
    order: Sequence[Matcher]
    state: StateChanges
    failOnWarning: bool


class Filters(TypedDict, total=False):
    """The filters of `GET /_mock/requests`, but for the world."""

    operation: OperationName
    status: int
    rule: str
    since: str
    warning: WarningCode
    warnings: Literal["true", "false"]


class MockSettings(TypedDict, total=False):
    """The settings of `mockserver.Settings` that `Mock` does not name itself."""

    host: str
    port: int
    port_file: Path | None
    tls: TlsName
    tls_ca_file: Path | str | None
    tls_cert: Path | str | None
    tls_key: Path | str | None
    watch: bool
    spec: Path | None
    engine: EngineName
    seed: int | None
    trusted_proxies: Sequence[str]
    rate_limits: RateLimits | None
    token_secret: str
    token_expiry_status: ExpiryStatus
    control: bool
    control_token: str | None
    journal_size: int
    journal_bytes: int
    fail_on_warning: bool
    max_worlds: int
    world_idle: float
    max_connections: int
    max_body: int
    max_header_size: int
    max_headers: int
    header_timeout: float
    body_timeout: float
    idle_timeout: float
    write_timeout: float
    log_level: Level
    log_format: Format
    docs_url: str
    allowed_hosts: tuple[str, ...]


def mistake(what: str, name: object, known: Iterable[str], *, listed: bool = True) -> str:
    """Return why `name` is no valid name; an empty text if it is one of `known`. `listed`: the text has all of them."""
    names = list(known)
    if name in names:
        return ""
    near = did_you_mean(nearest(str(name), names))
    more = f" It must be {' or '.join(filter(None, (', '.join(names[:-1]), names[-1])))}." if listed else ""
    return f"there is no {what} {quoted(str(name))}.{near}{more}"


def mistake_in(wanted: Mapping[str, Any]) -> str:
    """Return the first mistake in the names of a fault, matcher, expectation or filter; an empty text without one."""
    if "operation" in wanted:
        found = mistake("operation", wanted["operation"], OPERATIONS, listed=False)
        if found:
            return found
    status = wanted.get("status")
    if isinstance(status, int) and not 100 <= status <= 599:
        return f"a status is an integer from 100 to 599, not {status}"
    return next(filter(None, map(mistake_in, wanted.get("order", ()))), "")
