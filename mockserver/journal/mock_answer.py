"""The answer that the mock would have given to a forwarded request, and where it differs from the upstream's."""

from typing import Any, NamedTuple

from mockserver import masking


class DifferingField(NamedTuple):
    """A field in which the two answers differ, with its value in each."""

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
            "differences": [
                {
                    "field": masking.text(each.field),
                    "upstream": masking.json_value(each.upstream, each.field.rpartition(".")[2]),
                    "mock": masking.json_value(each.mock, each.field.rpartition(".")[2]),
                }
                for each in self.differences
            ],
        }
