"""The name of a token: what its column takes."""

from typing import Protocol

from mockserver.rules import issues
from mockserver.rules.absent import Absent
from mockserver.rules.contract_rules import VALIDATION_FAILURE
from mockserver.rules.rule import Finding, Source, answers, rule

COLUMN_LENGTH = 255
_RANK = 0
_COLUMN = Source("service", "column types; refused at the schema stage by design of this mock", "2026-08-28")
_CONTRACT_ONLY = answers(contract=VALIDATION_FAILURE, live=None)


class Names(Protocol):
    """A body that may name a token."""

    @property
    def name(self) -> str | Absent:
        """The name as it was sent."""


class NamesToken(Protocol):
    """A request with such a body."""

    @property
    def sent(self) -> Names:
        """What the body sends."""


@rule(
    "token-auth.name.length",
    "A token's `name` has at most 255 characters.",
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
    "A token's `name` holds no NUL character.",
    _COLUMN,
    _CONTRACT_ONLY,
    gathers=True,
    about=("name",),
)
def nul(request: NamesToken) -> Finding | None:
    name = request.sent.name
    if not isinstance(name, str) or "\0" not in name:
        return None
    return Finding(issues=(issues.custom(_RANK, ("name",), "The database stores no NUL character"),))


RULES = (length, nul)


def refused(request: NamesToken) -> Finding | None:
    """A finding if the INSERT or UPDATE would fail on the name."""
    unfit = length.check(request) or nul.check(request)
    return Finding("The database refuses the name") if unfit else None
