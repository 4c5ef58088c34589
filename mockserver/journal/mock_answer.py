"""The answer that the mock would have given to a forwarded request, and where it differs from the upstream's."""

from typing import Any, NamedTuple

from mockserver import masking
from mockserver.rules.absent import ABSENT


class DifferingField(NamedTuple):
    """A field in which the two answers differ, with its value in each; ABSENT if an answer does not have it."""

    field: str
    upstream: Any
    mock: Any


class MockAnswer(NamedTuple):
    """Status, `error` and deciding rule of the mock's answer, and the fields in which the upstream's differs from it.

    `unknown` says why the mock cannot tell how it would have answered; empty if it can.
    """

    status: int = 0
    error: str | None = None
    rule: str = ""
    differences: tuple[DifferingField, ...] = ()
    unknown: str = ""

    @property
    def differs(self) -> list[str]:
        """The names of the fields that differ."""
        return [each.field for each in self.differences]

    @property
    def says(self) -> str:
        """A sentence about the two answers."""
        if self.unknown:
            return f"The mock cannot tell how it would have answered: {self.unknown}"
        if not self.differences:
            return "The mock would have answered the same"
        answer = f"{self.status} {self.error}" if self.error else f"{self.status}"
        rule = "" if self.rule == "accepted" else f" ({self.rule})"
        return f"The mock would have answered {answer}{rule}; differs in {', '.join(self.differs)}"

    def as_json(self) -> dict[str, Any]:
        """The parts of an explanation, secrets masked."""
        return {
            "mock": None if self.unknown else {"status": self.status, "error": self.error, "rule": self.rule},
            "mockSays": masking.text(self.says),
            "notCompared": masking.text(self.unknown) or None,
            "differences": [_shown(each) for each in self.differences],
        }


def _shown(field: DifferingField) -> dict[str, Any]:
    """Return the field and its values, secrets masked. An absent value has no key."""
    name = field.field.rpartition(".")[2]
    values = {"upstream": field.upstream, "mock": field.mock}
    return {
        "field": masking.text(field.field),
        **{side: masking.json_value(value, name) for side, value in values.items() if value is not ABSENT},
    }
