"""Limits of identity texts beyond the contract: blank texts and the columns of the database."""

from collections.abc import Iterator
from typing import Any

from mockserver.infisical.identities.change import Change
from mockserver.infisical.identities.request import Written
from mockserver.infisical.preconditions import from_service
from mockserver.rules import issues
from mockserver.rules.absent import ABSENT
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.issues import Issue, Path
from mockserver.rules.rule import Finding, Rule, Source, answers, rule

COLUMN_LENGTH = 255
VALUE_LENGTH = 1020
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-20")
_CONTRACT_ONLY = answers(contract=VALIDATION_FAILURE, live=None)
_TEXTS = ("name", "metadata")

DATABASE_SUMMARY = (
    "Rejected if the database cannot store `name` or a text of `metadata`: a column holds at most 255 characters"
    " (a metadata value: 1020) and no NUL."
)
DATABASE_REASON = "The database cannot store a text: it may have 255 characters (a metadata value: 1020) and no NUL"


@rule(
    "identity.blank",
    "Rejected if `role`, or a key or value of `metadata`, is empty after trimming.",
    from_service("schema of identities"),
    answers(422, "ValidationFailure"),
    gathers=True,
    about=("role", "metadata"),
)
def blank(request: Written) -> Finding | None:
    # A text that is sent empty violates the contract's minLength, and the contract check reports it.
    named = {issue.path for issue in request.issues}
    found = [
        issues.too_small(request.ranks[str(path[0])], path, "string", 1)
        for path, text in (*_role(request.sent), *_metadata(request.sent))
        if text == "" and path not in named
    ]
    return Finding(issues=tuple(found)) if found else None


@rule(
    "identity.column.length",
    "Rejected if `name` or a key of `metadata` has more than 255 characters, or a value of `metadata` more than 1020.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=_TEXTS,
)
def length(request: Written) -> Finding | None:
    found = [
        issues.too_big(request.ranks[str(path[0])], path, "string", _limit(path))
        for path, text in (*_name(request.sent), *_metadata(request.sent))
        if len(text) > _limit(path)
    ]
    return Finding(issues=tuple(found)) if found else None


@rule(
    "identity.column.nul",
    "Rejected if `name`, `role`, or a key or value of `metadata` contains a NUL character.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=("name", "role", "metadata"),
)
def nul(request: Written) -> Finding | None:
    found = [
        _nul(request.ranks[str(path[0])], path)
        for path, text in (*_name(request.sent), *_role(request.sent), *_metadata(request.sent))
        if "\0" in text
    ]
    return Finding(issues=tuple(found)) if found else None


TEXT_RULES: tuple[Rule[Any], ...] = (blank, length, nul)


def name_refused(sent: Change) -> bool:
    """Whether the name does not fit its column."""
    return any(len(text) > COLUMN_LENGTH or "\0" in text for _, text in _name(sent))


def metadata_refused(sent: Change) -> bool:
    """Whether a text of the metadata does not fit its column."""
    return any(len(text) > _limit(path) or "\0" in text for path, text in _metadata(sent))


def _nul(rank: int, path: Path) -> Issue:
    return issues.custom(rank, path, "The database cannot store a NUL character: remove it")


def _limit(path: Path) -> int:
    return VALUE_LENGTH if path[-1] == "value" else COLUMN_LENGTH


def _name(sent: Change) -> Iterator[tuple[Path, str]]:
    if sent.name is not ABSENT:
        yield ("name",), sent.name


def _role(sent: Change) -> Iterator[tuple[Path, str]]:
    if sent.role is not ABSENT:
        yield ("role",), sent.role


def _metadata(sent: Change) -> Iterator[tuple[Path, str]]:
    for index, pair in enumerate(() if sent.metadata is ABSENT else sent.metadata):
        for name, text in pair._asdict().items():
            if text is not None:
                yield ("metadata", index, name), text
