"""One difference between two documents, and what it means for a caller."""

from enum import Enum
from typing import Any, NamedTuple


class Side(Enum):
    """Who sends what a schema describes. Callers send requests and read responses."""

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def hidden(self) -> str:
        """The keyword of properties that this side does not have."""
        return "readOnly" if self is Side.REQUEST else "writeOnly"

    def breaks(self, *, narrows: bool, widens: bool) -> bool:
        """Whether a caller of the old document breaks: his requests may be rejected, or he may not know a response."""
        return narrows if self is Side.REQUEST else widens


class Change(NamedTuple):
    """What differs at one place. `fields` are the names of the properties on the way to it.

    `place` is a JSON Pointer into the new document; into the old one for what the new one lacks.
    """

    kind: str
    place: str
    before: Any
    after: Any
    breaking: bool
    fields: tuple[str, ...] = ()
    part: str = ""

    def below(self, *names: str) -> "Change":
        """Return the change as seen from further up."""
        return self._replace(fields=(*names, *self.fields))


class Difference(NamedTuple):
    """A change of an operation. `operation` is its `operationId`, `line` its method and path."""

    operation: str
    line: str
    change: Change
