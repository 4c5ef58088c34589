"""Coverage reports as values: parsed from JSON, merged, filtered and counted. Standard library only.

Each item is `not counted` (it cannot occur in the profiles and generations of the run), `missing` or `covered`. Merging
takes the greater of the three, item by item, so it does not matter in which order reports come, or how often.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

SECTIONS = ("statuses", "rules", "fields", "tables")
EVERY_REQUEST = "(request)"
"""The pseudo-operation of the rules checked before any operation: route, token, headers, body."""

Operations = Mapping[str, Mapping[str, Mapping[str, "State"]]]


class State(StrEnum):
    """The state of an item, in ascending order."""

    NOT_COUNTED = "not counted"
    MISSING = "missing"
    COVERED = "covered"


_RANKS = {state: rank for rank, state in enumerate(State)}


class Unmergeable(Exception):
    """Two reports cannot be merged; the text says in what they differ."""


class Total(NamedTuple):
    """The number of covered items, of all that count."""

    covered: int
    of: int

    @property
    def percent(self) -> float:
        """The percentage, rounded down to a tenth, so that only full coverage is 100; 100 if no item counts."""
        return math.floor(1000 * self.covered / self.of) / 10 if self.of else 100.0

    def reaches(self, percent: float) -> bool:
        """Whether the unrounded share is at least `percent`."""
        return self.covered * 100 >= percent * self.of

    def as_json(self) -> dict[str, Any]:
        """Return `covered`, `of` and `percent`."""
        return {"covered": self.covered, "of": self.of, "percent": self.percent}


class Report(NamedTuple):
    """Items by operation and section, in the order of contract and rules. `contract` is the digest of the document."""

    version: str
    contract: str
    profiles: tuple[str, ...]
    operations: Operations
    generations: tuple[str, ...] = ()

    def merged(self, other: "Report") -> "Report":
        """Return the union of two reports. Raises Unmergeable if version, contract or items differ."""
        for name in ("version", "contract"):
            if getattr(self, name) != getattr(other, name):
                raise Unmergeable(f"one is of {name} {getattr(self, name)}, the other of {getattr(other, name)}")
        if _shape(self.operations) != _shape(other.operations):
            raise Unmergeable("they do not list the same operations and items")
        operations = {
            operation: {
                section: {
                    item: max(state, other.operations[operation][section][item], key=_RANKS.__getitem__)
                    for item, state in items.items()
                }
                for section, items in sections.items()
            }
            for operation, sections in self.operations.items()
        }
        return self._replace(
            profiles=tuple(sorted({*self.profiles, *other.profiles})),
            generations=tuple(sorted({*self.generations, *other.generations})),
            operations=operations,
        )

    def narrowed(self, operations: Iterable[str] = (), sections: Iterable[str] = ()) -> "Report":
        """Return the report with only these operations and sections; an empty iterable means all."""
        chosen, parts = set(operations), set(sections)
        kept = {
            operation: {name: items for name, items in each.items() if not parts or name in parts}
            for operation, each in self.operations.items()
            if not chosen or operation in chosen
        }
        return self._replace(operations={name: each for name, each in kept.items() if each})

    def total(self, operation: str | None = None, section: str | None = None) -> Total:
        """Return the total of one operation or all (None), in one section or all (None)."""
        states = [
            state
            for name, sections in self.operations.items()
            if operation in (None, name)
            for part, items in sections.items()
            if section in (None, part)
            for state in items.values()
        ]
        return Total(states.count(State.COVERED), len(states) - states.count(State.NOT_COUNTED))

    def missing(self, operation: str, section: str) -> list[str]:
        """Return the items that count and are not covered."""
        return [item for item, state in self.operations[operation][section].items() if state is State.MISSING]

    def as_json(self) -> dict[str, Any]:
        """Return the report with its totals as JSON."""
        return {
            "version": self.version,
            "contract": self.contract,
            "profiles": list(self.profiles),
            "generations": list(self.generations),
            "totals": self._totals(None),
            "operations": [
                {
                    "operation": operation,
                    "totals": self._totals(operation),
                    "items": {section: dict(items) for section, items in sections.items()},
                }
                for operation, sections in self.operations.items()
            ],
        }

    def _totals(self, operation: str | None) -> dict[str, Any]:
        there = [
            section
            for section in SECTIONS
            if any(section in sections for name, sections in self.operations.items() if operation in (None, name))
        ]
        return {
            "all": self.total(operation).as_json(),
            **{section: self.total(operation, section).as_json() for section in there},
        }


def merged(reports: Iterable[Report]) -> Report:
    """Return the union of at least one report. Raises Unmergeable if they differ in version, contract or items."""
    first, *others = reports
    for each in others:
        first = first.merged(each)
    return first


def from_json(value: Any) -> Report:
    """Parse a report written by `as_json`. Raises ValueError with place and reason for anything else."""
    _check(value, "", dict, "version", "contract", "profiles", "operations")
    operations: dict[str, dict[str, dict[str, State]]] = {}
    for index, each in enumerate(_check(value["operations"], "/operations", list)):
        where = f"/operations/{index}"
        _check(each, where, dict, "operation", "items")
        operations[_check(each["operation"], f"{where}/operation", str)] = {
            section: {
                item: _state(state, f"{where}/items/{section}/{item}")
                for item, state in _check(items, f"{where}/items/{section}", dict).items()
            }
            for section, items in _check(each["items"], f"{where}/items", dict).items()
            if _known(section, f"{where}/items")
        }
    return Report(
        _check(value["version"], "/version", str),
        _check(value["contract"], "/contract", str),
        _names(value, "profiles"),
        operations,
        _names({"generations": [], **value}, "generations"),
    )


def _names(value: Any, key: str) -> tuple[str, ...]:
    return tuple(sorted(_check(each, f"/{key}", str) for each in _check(value[key], f"/{key}", list)))


def _check(value: Any, where: str, kind: Callable[..., Any], *keys: str) -> Any:
    if type(value) is not kind:
        raise ValueError(f"{where or '(document)'}: not a coverage report: expected {_NAMES[kind]}")
    absent = [key for key in keys if key not in value]
    if absent:
        raise ValueError(f"{where or '(document)'}: not a coverage report: missing {', '.join(absent)}")
    return value


_NAMES: Mapping[Callable[..., Any], str] = {dict: "an object", list: "an array", str: "a string"}


def _state(value: Any, where: str) -> State:
    try:
        return State(value)
    except ValueError:
        raise ValueError(f"{where}: expected one of {', '.join(State)}") from None


def _known(section: str, where: str) -> bool:
    if section not in SECTIONS:
        raise ValueError(f"{where}/{section}: expected one of {', '.join(SECTIONS)}")
    return True


def _shape(operations: Operations) -> dict[str, dict[str, frozenset[str]]]:
    return {
        operation: {section: frozenset(items) for section, items in sections.items()}
        for operation, sections in operations.items()
    }
