"""The column limits of a token's name."""

from typing import Protocol

from mockserver.rules import issues
from mockserver.rules.absent import Absent
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.rule import Finding, Source, answers, rule

COLUMN_LENGTH = 255
_RANK = 0
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-20")
_CONTRACT_ONLY = answers(contract=VALIDATION_FAILURE, live=None)

DATABASE_SUMMARY = (
    "Rejected if the database cannot store the token's `name`: the column holds at most 255 characters and no NUL."
)


class Names(Protocol):
    """A parsed body that may name a token."""

    @property
    def name(self) -> str | Absent:
        """The name as sent."""


class NamesToken(Protocol):
    """A request whose body may name a token."""

    @property
    def sent(self) -> Names:
        """The parsed body."""


@rule(
    "token-auth.name.length",
    "Rejected if the token's `name` has more than 255 characters.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=("name",),
)
def length(request: NamesToken) -> Finding | None:
    name = request.sent.name
    if not isinstance(name, str) or len(name) <= COLUMN_LENGTH:
        return None
    return Finding(issues=(issues.too_big(_RANK, ("name",), "string", COLUMN_LENGTH),))


@rule(
    "token-auth.name.nul",
    "Rejected if the token's `name` contains a NUL character.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=("name",),
)
def nul(request: NamesToken) -> Finding | None:
    name = request.sent.name
    if not isinstance(name, str) or "\0" not in name:
        return None
    return Finding(issues=(issues.custom(_RANK, ("name",), "The database cannot store a NUL character: remove it"),))


RULES = (length, nul)


def database_finding(request: NamesToken) -> Finding | None:
    """Return a finding if the INSERT or UPDATE would fail on the name; None otherwise."""
    if length.check(request) is None and nul.check(request) is None:
        return None
    return Finding("The database cannot store the token's name: it may have 255 characters and no NUL")
