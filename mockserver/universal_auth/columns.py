"""What the columns of Universal Auth and its client secrets hold, beyond what the service's schema asks.

Its schema does not ask whole numbers of the lockout and of client secrets, so a fraction gets as far as the database.
"""

from collections.abc import Iterable
from typing import Any

from mockserver import issues
from mockserver.absent import ABSENT, Absent
from mockserver.auth_method import past_64_bits
from mockserver.contract_rules import VALIDATION_FAILURE
from mockserver.issues import Issue
from mockserver.javascript import BIGINT_MAX
from mockserver.rules import Answer, Finding, Rule, Source, parted, rule
from mockserver.universal_auth import attempt as secrets
from mockserver.universal_auth import settings
from mockserver.universal_auth.attempt import CreateAttempt, NewSecret, SettingsAttempt
from mockserver.universal_auth.settings import Settings

COLUMN_LENGTH = 255
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-28")
_CONTRACT_ONLY = parted(contract=VALIDATION_FAILURE, live=None)
_SETTINGS = ("accessTokenPeriod", "lockoutThreshold", "lockoutDurationSeconds", "lockoutCounterResetSeconds")


def _integer(name: str, value: float | Absent, rank: int) -> Issue | None:
    if value is ABSENT:
        return None
    if isinstance(value, float) and not value.is_integer():
        return issues.invalid_type(rank, (name,), "integer", "float")
    return issues.too_big(rank, (name,), "number", BIGINT_MAX) if past_64_bits(value) else None


def _found(each: Iterable[Issue | None]) -> tuple[Issue, ...]:
    return tuple(issue for issue in each if issue is not None)


def _settings_integers(sent: Settings) -> tuple[Issue, ...]:
    values = (
        sent.access_token_period,
        sent.lockout_threshold,
        sent.lockout_duration_seconds,
        sent.lockout_counter_reset_seconds,
    )
    return _found(_integer(name, value, settings.RANKS[name]) for name, value in zip(_SETTINGS, values, strict=True))


@rule(
    "universal-auth.column.integer",
    "The numbers of the lockout are whole, and `accessTokenPeriod` fits 64 bits.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=_SETTINGS,
)
def settings_integer(attempt: SettingsAttempt) -> Finding | None:
    found = _settings_integers(attempt.sent)
    return Finding(issues=found) if found else None


def settings_database(id: str, error: str) -> Rule[Any]:
    """The rule of the live profile that the INSERT or UPDATE, whose name is `error`, takes the settings."""

    @rule(id, "The database takes the values: integers of 64 bits.", _COLUMN, parted(None, Answer(500, error)))
    def check(attempt: SettingsAttempt) -> Finding | None:
        sent = attempt.sent
        if not past_64_bits(sent.access_token_num_uses_limit) and not _settings_integers(sent):
            return None
        return Finding("The database refuses one of the values")

    return check


def _secret_integers(sent: NewSecret) -> tuple[Issue, ...]:
    values = (("numUsesLimit", sent.num_uses_limit), ("ttl", sent.ttl))
    return _found(_integer(name, value, secrets.RANKS[name]) for name, value in values)


def _description(sent: NewSecret) -> tuple[Issue, ...]:
    rank, path = secrets.RANKS["description"], ("description",)
    found = []
    if len(sent.description) > COLUMN_LENGTH:
        found.append(issues.too_big(rank, path, "string", COLUMN_LENGTH))
    if "\0" in sent.description:
        found.append(issues.custom(rank, path, "The database stores no NUL character"))
    return tuple(found)


@rule(
    "client-secret.column.text",
    "`description`, once trimmed, has at most 255 characters and no NUL character.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=("description",),
)
def secret_text(attempt: CreateAttempt) -> Finding | None:
    found = _description(attempt.sent)
    return Finding(issues=found) if found else None


@rule(
    "client-secret.column.integer",
    "`numUsesLimit` and `ttl` are whole, and fit 64 bits.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=("numUsesLimit", "ttl"),
)
def secret_integer(attempt: CreateAttempt) -> Finding | None:
    found = _secret_integers(attempt.sent)
    return Finding(issues=found) if found else None


@rule(
    "client-secret.database",
    "The database takes the values: a description of 255 characters without NUL, integers of 64 bits.",
    _COLUMN,
    parted(contract=None, live=Answer(500, "Create")),
    about=("description", "numUsesLimit", "ttl"),
)
def secret_database(attempt: CreateAttempt) -> Finding | None:
    if not _description(attempt.sent) and not _secret_integers(attempt.sent):
        return None
    return Finding("The database refuses one of the values")
