"""Exceptions that prevent a start, each with the exit code of the command line.

    StartError
    ├── SettingsError   a flag or variable with a bad value      exit 2
    ├── FixtureErrors   fixtures that cannot be loaded           exit 3
    └── SpecError       a document that cannot be served         exit 4

Rejections of a client's request are values (`rules.rule.Refusal`), not exceptions.
"""

from typing import NamedTuple


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
