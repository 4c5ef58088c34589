"""The shape of a decision table: its rows, and a function that finds the row an exchange covers."""

from collections.abc import Callable, Hashable, Mapping, Sequence
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
    that selects the rows of the tables. `getter` makes a function of the names of several fields that returns them.
    """

    fields: tuple[str, ...]
    values: Callable[[Any], tuple[Any, ...]]
    tables: tuple[Table, ...] = ()
    names: Mapping[str, str] = MappingProxyType({})
    shape: Callable[[Any], Hashable] = nothing
    getter: Callable[..., Callable[[Any], Any]] = attrgetter

    @classmethod
    def of(
        cls,
        names: Mapping[str, str],
        tables: tuple[Table, ...] = (),
        shape: Callable[[Any], Hashable] = nothing,
        getter: Callable[..., Callable[[Any], Any]] = attrgetter,
    ) -> "Writes":
        """Return the coverage of properties that are fields of the record; `names` maps property to field."""
        return cls(tuple(names), getter(*names.values()), tables, names, shape, getter)

    def values_of(self, properties: Sequence[str]) -> Callable[[Any], tuple[Any, ...]]:
        """Return a function that returns the record's values of some `fields`, in that order."""
        if len(properties) > 1 and self.names:
            return self.getter(*(self.names[each] for each in properties))
        places = [self.fields.index(each) for each in properties]
        return lambda record: tuple([self.values(record)[place] for place in places])
