"""What the columns of Universal Auth and its client secrets hold, beyond what the service's schema asks.

Its schema does not ask whole numbers of the lockout and of client secrets, so a fraction gets as far as the database.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from mockserver.infisical.auth_methods.token_settings import past_64_bits
from mockserver.infisical.javascript import BIGINT_MAX
from mockserver.infisical.universal_auth import request as secrets
from mockserver.infisical.universal_auth import settings
from mockserver.infisical.universal_auth.request import CreateRequest, SettingsRequest
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT, Absent
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rule, Source, answers, rule

COLUMN_LENGTH = 255
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-28")
_CONTRACT_ONLY = answers(contract=VALIDATION_FAILURE, live=None)
_SETTINGS = ("accessTokenPeriod", "lockoutThreshold", "lockoutDurationSeconds", "lockoutCounterResetSeconds")


def _integers(
    values: Iterable[tuple[str, float | Absent]], ranks: Mapping[str, int], named: tuple[Issue, ...]
) -> tuple[Issue, ...]:
    """An issue for each value that no integer column takes, but for those that the contract check has named."""
    paths = {issue.path for issue in named}
    found = [_integer(name, value, ranks[name]) for name, value in values if (name,) not in paths]
    return tuple(issue for issue in found if issue is not None)


def _integer(name: str, value: float | Absent, rank: int) -> Issue | None:
    if value is ABSENT:
        return None
    if isinstance(value, float) and not value.is_integer():
        return issues.invalid_type(rank, (name,), "integer", "float")
    return issues.too_big(rank, (name,), "number", BIGINT_MAX) if past_64_bits(value) else None


def _settings(request: SettingsRequest) -> tuple[Issue, ...]:
    sent = request.sent
    numbers = (
        sent.access_token_period,
        sent.lockout_threshold,
        sent.lockout_duration_seconds,
        sent.lockout_counter_reset_seconds,
    )
    return _integers(zip(_SETTINGS, numbers, strict=True), settings.RANKS, request.issues)


@rule(
    "universal-auth.column.integer",
    "The numbers of the lockout are whole, and `accessTokenPeriod` fits 64 bits.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=_SETTINGS,
)
def settings_integer(request: SettingsRequest) -> Finding | None:
    found = _settings(request)
    return Finding(issues=found) if found else None


def settings_database(id: str, error: str) -> Rule[Any]:
    """The rule of the live profile that the INSERT or UPDATE, whose name is `error`, takes the settings."""

    @rule(
        id,
        "The database takes the values: whole numbers of 64 bits.",
        _COLUMN,
        answers(contract=None, live=Answer(500, error)),
    )
    def check(request: SettingsRequest) -> Finding | None:
        if not past_64_bits(request.sent.access_token_num_uses_limit) and not _settings(request):
            return None
        return Finding("The database refuses one of the values")

    return check


def _numbers(request: CreateRequest) -> tuple[Issue, ...]:
    values = (("numUsesLimit", request.sent.num_uses_limit), ("ttl", request.sent.ttl))
    return _integers(values, secrets.RANKS, request.issues)


def _description(request: CreateRequest) -> tuple[Issue, ...]:
    rank, path, text = secrets.RANKS["description"], ("description",), request.sent.description
    found = []
    if len(text) > COLUMN_LENGTH:
        found.append(issues.too_big(rank, path, "string", COLUMN_LENGTH))
    if "\0" in text:
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
def secret_text(request: CreateRequest) -> Finding | None:
    found = _description(request)
    return Finding(issues=found) if found else None


@rule(
    "client-secret.column.integer",
    "`numUsesLimit` and `ttl` are whole, and fit 64 bits.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=("numUsesLimit", "ttl"),
)
def secret_integer(request: CreateRequest) -> Finding | None:
    found = _numbers(request)
    return Finding(issues=found) if found else None


@rule(
    "client-secret.database",
    "The database takes the values: a description of 255 characters without NUL, whole numbers of 64 bits.",
    _COLUMN,
    answers(contract=None, live=Answer(500, "Create")),
    about=("description", "numUsesLimit", "ttl"),
)
def secret_database(request: CreateRequest) -> Finding | None:
    if not _description(request) and not _numbers(request):
        return None
    return Finding("The database refuses one of the values")
