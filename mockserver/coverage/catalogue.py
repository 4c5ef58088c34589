"""The items that can be covered, collected once from the contract's operations, rules, fields and decision tables.

The contract decides which items a field has. `absent`: it is not required. `null` and `empty` (an empty
text, list or object): the contract accepts them; where it does not, they are `invalid` like any other bad value.
`changed` and `unchanged` where the operation writes a record, `sent` where it does not. `invalid`: a 422 names the
field; there is no such item where the contract takes every value.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract.checks import SchemaCheck
from mockserver.contract.operation import ContractOperation
from mockserver.rules.contract_rules import UNRECOGNIZED_KEYS
from mockserver.rules.decision_table import Table, Writes
from mockserver.rules.edition import EDITIONS, Edition
from mockserver.rules.rule import Rule, Rulebook, together

EMPTY: tuple[object, ...] = ("", [], {})
_PROBES: tuple[object, ...] = (None, "", "a", 0, 0.5, -1, True, [], [0], {}, {"a": 0})
FIRED, HELD = "refused", "held"


class Subject(NamedTuple):
    """The items of one operation. `fields` maps each property of the body to the classes that can occur.

    `is_closed`: whether an object of the body may have no further properties; else no request is rejected for one.
    """

    id: str
    statuses: tuple[int, ...]
    rules: Rulebook[Any]
    fields: Mapping[str, tuple[str, ...]]
    writes: Writes | None
    is_closed: bool = True

    @classmethod
    def of(cls, contract: ContractOperation, rules: Rulebook[Any], writes: Writes | None) -> "Subject":
        """Return the subject of an operation of the contract."""
        written = frozenset(() if writes is None else writes.fields)
        schema = {} if contract.body is None else contract.body.schema
        fields = {
            name: tuple(_classes(each, required=name in schema.get("required", ()), written=name in written))
            for name, each in schema.get("properties", {}).items()
        }
        is_closed = contract.body is None or _is_closed(schema)
        return cls(contract.id, tuple(sorted(contract.responses)), rules, fields, writes, is_closed)

    def items(self) -> dict[str, tuple[tuple[str, frozenset[Edition]], ...]]:
        """Return the items by section, each with the editions in which it can occur. Empty sections are left out."""
        tables = () if self.writes is None else self.writes.tables
        sections = {
            "statuses": tuple((str(status), _EVERY) for status in self.statuses),
            "rules": tuple(
                each for each in of_rules(self.rules.rules, FIRED, HELD) if self.is_closed or each[0] != _OPEN
            ),
            "fields": tuple((f"{name} {each}", _EVERY) for name, classes in self.fields.items() for each in classes),
            "tables": tuple((row, _editions(table, row)) for table in tables for row in table.rows),
        }
        return {name: items for name, items in sections.items() if items}


class Subjects(dict[str, Subject]):
    """The subjects by operation, each made when it is first asked for: few runs call every operation."""

    def __init__(self) -> None:
        super().__init__()
        self._makers: dict[str, Callable[[], Subject]] = {}

    def add(self, operation: str, make: Callable[[], Subject]) -> None:
        """Add the subject of an operation, unless it is there."""
        self._makers.setdefault(operation, make)

    def __missing__(self, operation: str) -> Subject:
        subject = self[operation] = self._makers[operation]()
        return subject

    def every(self) -> Iterator[Subject]:
        """Yield every subject, in the order in which they were added."""
        return map(self.__getitem__, self._makers)


_EVERY = frozenset(EDITIONS)
_OPEN = f"{UNRECOGNIZED_KEYS} {FIRED}"


def _is_closed(schema: object) -> bool:
    """Whether the schema, or one in it, rejects properties that it does not name."""
    if isinstance(schema, Mapping):
        return schema.get("additionalProperties") is False or any(map(_is_closed, schema.values()))
    return isinstance(schema, list) and any(map(_is_closed, schema))


def _editions(table: Table, row: str) -> frozenset[Edition]:
    held = table.periods.get(row)
    return _EVERY if held is None else frozenset(each for each in EDITIONS if each.generation in held)


def of_rules(rules: Iterable[Rule[Any]], *verdicts: str) -> Iterator[tuple[str, frozenset[Edition]]]:
    """Yield an item for each rule and verdict, with the editions that have the rule."""
    for rule in together(rules):
        for verdict in verdicts:
            yield f"{rule.id} {verdict}", frozenset(rule.answers)


def _classes(schema: dict[str, Any], *, required: bool, written: bool) -> Iterator[str]:
    accepts = SchemaCheck(schema).accepts
    if not required:
        yield "absent"
    if accepts(None):
        yield "null"
    if any(map(accepts, EMPTY)):
        yield "empty"
    yield from ("changed", "unchanged") if written else ("sent",)
    if not all(map(accepts, _PROBES)):
        yield "invalid"
