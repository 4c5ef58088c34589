"""The ledger: every rule of the server once."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from mockserver.api import request_rules
from mockserver.api.http_edges import EDGES
from mockserver.api.operation import Operation
from mockserver.api.stages import STAGES
from mockserver.rules.rule import Rule, together

Row = tuple[str, Rule[Any]]


class Ledger(Iterable[Row]):
    """The rows of `ledger`, made when they are first asked for: they need every operation."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = operations

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @cached_property
    def _rows(self) -> tuple[Row, ...]:
        return ledger(self._operations)


def ledger(given: Iterable[Operation]) -> tuple[Row, ...]:
    """Every rule once, with the stage that asks it, in the order of the pipeline.

    The stage of an operation's rule is the operation, or `shared` if several ask it.
    """
    operations = tuple(given)
    asked = Counter(name for operation in operations for name in {rule.id for rule in operation.rules.rules})
    books = (
        *((stage, rulebook.rules) for stage, rulebook in STAGES),
        *((operation.id, operation.rules.rules) for operation in operations),
        ("mock", (*EDGES, *request_rules.OWN)),
    )
    stages: dict[str, str] = {}
    for stage, rules in books:
        for rule in rules:
            stages.setdefault(rule.id, "shared" if asked[rule.id] > 1 else stage)
    return tuple((stages[rule.id], rule) for rule in together(rule for _, rules in books for rule in rules))
