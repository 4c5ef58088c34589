"""The shape of a decision table: its rows, and a function that finds the row an exchange covers."""

from collections.abc import Callable, Hashable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

from mockserver.rules.generation import Generation

RowOf = Callable[[Any, Any, Any, tuple[str, ...]], str | None]
"""Return the name of the covered row, or None.

The arguments are the stored record, the sent change, the resulting record (None if the request is rejected) and the
ids of the rules that rejected it.
"""


class Table(NamedTuple):
    """A decision table of one operation: the names of its rows, and the function that finds the covered one.

    `periods` has the generations of the rows that do not hold in all of them.
    """

    name: str
    rows: tuple[str, ...]
    row_of: RowOf
    periods: Mapping[str, tuple[Generation, ...]] = MappingProxyType({})


def nothing(_: Any) -> None:
    """The `shape` of an operation without tables: no part of the record matters."""


class Writes(NamedTuple):
    """What coverage counts for an operation that changes a record.

    `fields` are body properties. `values` returns the record's value of each, in that order, as a hashable tuple.
    `names` maps each property to its field in the record, if it has one. `shape` returns the part of the stored record
    that selects the rows of the tables.
    """

    fields: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    tables: tuple[Table, ...] = ()
    names: Mapping[str, str] = MappingProxyType({})
    shape: Callable[[Any], Hashable] = nothing

    @classmethod
    def of(
        cls,
        names: Mapping[str, str],
        values: Callable[[Any], tuple[Any, ...]] | None = None,
        tables: tuple[Table, ...] = (),
        shape: Callable[[Any], Hashable] = nothing,
    ) -> "Writes":
        """Return the coverage of properties that are fields of the record; `names` maps property to field."""
        return cls(tuple(names), values or attrgetter(*names.values()), tables, names, shape)
