"""Column limits of Universal Auth and its client secrets that the service's schema does not check.

The schema accepts fractions for the lockout and for client secrets, so they reach the database, which rejects them.
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
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-20")
_CONTRACT_ONLY = answers(contract=VALIDATION_FAILURE, live=None)
_SETTINGS = ("accessTokenPeriod", "lockoutThreshold", "lockoutDurationSeconds", "lockoutCounterResetSeconds")


def _integers(
    values: Iterable[tuple[str, float | Absent]], ranks: Mapping[str, int], named: tuple[Issue, ...]
) -> tuple[Issue, ...]:
    """Return an issue for each value that does not fit an integer column, except those in `named` already."""
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
    "Rejected if a number of the lockout settings is not an integer, or one of them or `accessTokenPeriod` does not"
    " fit a signed 64-bit integer.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=_SETTINGS,
)
def settings_integer(request: SettingsRequest) -> Finding | None:
    found = _settings(request)
    return Finding(issues=found) if found else None


def settings_database(id: str, error: str) -> Rule[Any]:
    """Return the rule that rejects settings that the INSERT or UPDATE fails on; `error` names the statement."""

    @rule(
        id,
        "Rejected if the database cannot store a value: an integer column holds whole numbers of 64 bits.",
        _COLUMN,
        answers(contract=None, live=Answer(500, error)),
    )
    def check(request: SettingsRequest) -> Finding | None:
        if not past_64_bits(request.sent.access_token_num_uses_limit) and not _settings(request):
            return None
        return Finding("The database cannot store one of the values: integer columns hold whole numbers of 64 bits")

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
        found.append(issues.custom(rank, path, "The database cannot store a NUL character: remove it"))
    return tuple(found)


@rule(
    "client-secret.column.text",
    "Rejected if `description` has more than 255 characters after trimming, or contains a NUL character.",
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
    "Rejected if `numUsesLimit` or `ttl` is not an integer, or does not fit a signed 64-bit integer.",
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
    "Rejected if the database cannot store a value: `description` holds at most 255 characters and no NUL, an"
    " integer column whole numbers of 64 bits.",
    _COLUMN,
    answers(contract=None, live=Answer(500, "Create")),
    about=("description", "numUsesLimit", "ttl"),
)
def secret_database(request: CreateRequest) -> Finding | None:
    if not _description(request) and not _numbers(request):
        return None
    return Finding(
        "The database cannot store one of the values: description may have 255 characters and no NUL, integer columns"
        " hold whole numbers of 64 bits"
    )
