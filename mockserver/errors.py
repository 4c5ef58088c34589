"""Exceptions that prevent a start, each with the exit code of the command line.

    StartError
    ├── SettingsError   a flag or variable with a bad value      exit 2
    ├── FixtureErrors   fixtures that cannot be loaded           exit 3
    └── SpecError       a document that cannot be served         exit 4

Rejections of a client's request are values (`rules.rule.Refusal`), not exceptions. `nearest` and `did_you_mean`
serve the messages about mistyped names.
"""

from collections.abc import Iterable
from errno import EMFILE, ENFILE, ENOMEM, ENOSPC
from itertools import islice
from os import strerror
from typing import NamedTuple

_SHOWN = 60
_COMPARED = 2000


class StartError(Exception):
    """The server cannot start; the text says why, a line for each reason."""

    exit_code = 1


class SettingsError(StartError):
    """A flag or a variable holds a value that cannot be used; the text names it."""

    exit_code = 2


class FixtureError(NamedTuple):
    """One error in a fixture file. `line` and `column` count from 1; `path` is like `identities[0].name`.

    `steps` are the keys and indexes of the path.
    """

    file: str
    line: int
    column: int
    path: str
    reason: str
    steps: tuple[str | int, ...] = ()

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer (RFC 6901), such as `/identities/0/name`; keys may have any characters."""
        return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in self.steps)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.path or '(document)'}: {self.reason}"


class FixtureErrors(StartError):
    """All errors of the fixtures, sorted by file and line."""

    exit_code = 3

    def __init__(self, errors: list[FixtureError]) -> None:
        self.errors = tuple(sorted(errors, key=lambda error: (error.file, error.line, error.column)))
        super().__init__("\n".join(str(error) for error in self.errors))


class SpecError(StartError):
    """The OpenAPI document is missing, malformed, or uses an unsupported feature."""

    exit_code = 4


def lacking(error: BaseException) -> str:
    """Return what the machine lacks, if that is what the error comes from; an empty text if it is not."""
    number = error.errno if isinstance(error, OSError) else None
    # Modules and libraries are loaded when they are needed; the loader of libraries passes on no number.
    if number in (EMFILE, ENFILE) or (isinstance(error, ImportError) and strerror(EMFILE) in str(error)):
        return "there are no file descriptors left (ulimit -n)"
    if number == ENOMEM or isinstance(error, MemoryError):
        return "there is not enough memory"
    return "there is no space left on the disk" if number == ENOSPC else ""


def why_failed(error: BaseException) -> str:
    """Return why an unexpected exception has ended a request, for the journal."""
    return lacking(error) or f"{type(error).__name__}: a bug of this mock, see its log"


def nearest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """Return the known name that is most like `name`, upper and lower case being equal; None if none is close.

    `cutoff` is the least likeness, from 0 to 1. At most 2,000 names are compared, which takes some 20 ms.
    """
    from difflib import get_close_matches  # for a mistake only: no start needs it

    by_folded = {each.casefold(): each for each in islice(known, _COMPARED)}
    found = get_close_matches(name[:_SHOWN].casefold(), by_folded, 1, cutoff)
    return by_folded[found[0]] if found else None


def did_you_mean(name: str | None) -> str:
    """Return the end of a message that proposes `name`; an empty text for None."""
    return "" if name is None else f" Did you mean '{name}'?"


def quoted(name: str) -> str:
    """Return a name that a user typed in quotation marks, cut to 60 characters."""
    return f"'{name}'" if len(name) <= _SHOWN else f"'{name[:_SHOWN]}…'"
