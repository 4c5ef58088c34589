"""The seam between the pipeline and an operation: what it is given, and what it gives back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.api.caller import Caller
from mockserver.api.issue_list import Issues
from mockserver.rules import Decision, Rulebook
from mockserver.worlds.world import World


@dataclass(slots=True)
class Call:
    """One request behind the contract check: where it goes, when (milliseconds), what it says, who says it."""

    world: World
    now: int
    parameters: Mapping[str, str]
    body: Any
    issues: Issues
    caller: Caller

    @property
    def sent(self) -> tuple[str, ...] | None:
        """The properties of the body; None if it is no object."""
        return tuple(self.body) if isinstance(self.body, dict) else None


@dataclass(slots=True)
class Outcome:
    """The walk over the operation's rules, and the body of the 200 unless one of them refused."""

    decision: Decision
    body: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation of the contract, by its `operationId`, with its rules and the function that carries it out."""

    id: str
    rules: Rulebook[Any]
    handle: Callable[[Call], Outcome]
