"""Operations as the document describes them, each with what an engine answers about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from mockserver.contract.checks import Parameter, SchemaCheck
from mockserver.contract.engine import Checks
from mockserver.contract.violation import Violation

JSON = "application/json"


@dataclass(slots=True, eq=False)  # frozen ones take half a millisecond of a start each
class Described:
    """One operation of the document. `body` is the schema of its JSON body, None if it takes none.

    `parameters` are those whose value can be wrong. `responses` are the schemas of what each status may answer with,
    by media type.
    """

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: SchemaCheck | None
    body_required: bool
    request_media_types: tuple[str, ...]
    responses: Mapping[int, Mapping[str, SchemaCheck]]
    needs_token: bool

    @property
    def ranks(self) -> Mapping[str, int]:
        """The place of each property of the body in the document."""
        return {} if self.body is None else self.body.ranks

    def let_through(self, violations: list[Violation], media_type: str) -> list[Violation]:
        """What an accepted request broke nevertheless: the violations, and a media type that is not the document's."""
        offered = self.request_media_types
        if not media_type or media_type in offered or not offered:
            return violations
        note = f"the contract takes {', '.join(offered)}, not {media_type}"
        return [*violations, Violation((), "content", note=note)]


Engine = Callable[[Described], Checks]
"""Binds what it asks to one operation, once."""


@dataclass(slots=True, eq=False)  # frozen ones take half a millisecond of a start each
class ContractOperation(Described):
    """One operation of the document, with its checks by the engine that the mock was started with."""

    checks: Checks
    is_ours: bool = True
    """Whether the document is the package's own. Another one may lack properties that a generation has."""

    @classmethod
    def bound(cls, described: Described, engine: Engine, *, is_ours: bool = True) -> "ContractOperation":
        """The operation with its checks."""
        values: dict[str, Any] = {each.name: getattr(described, each.name) for each in fields(described)}
        return cls(**values, checks=engine(described), is_ours=is_ours)
