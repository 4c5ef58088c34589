"""Decision tables as data: the rows of one, and which of them an exchange has met. It knows no table itself."""

from collections.abc import Callable, Hashable, Mapping
from operator import attrgetter
from types import MappingProxyType
from typing import Any, NamedTuple

RowOf = Callable[[Any, Any, Any, tuple[str, ...]], str | None]
"""Takes the stored record, what is sent, the resulting record (None if it is refused), and the rules that refused."""


class Table(NamedTuple):
    """A table of one operation: what its rows are called, and the row that an exchange has met, if it met one."""

    name: str
    rows: tuple[str, ...]
    row_of: RowOf


def nothing(_: Any) -> None:
    """Nothing of a record decides a row where there is no table."""


class Writes(NamedTuple):
    """What an operation that changes a record is counted by.

    `fields` are body properties, `values` reads what a record holds for each, in that order, as one hashable tuple.
    `names` says what each is called in the record, if every one is a field of its own there. `shape` reads what of the
    stored record decides the rows of the tables.
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
        """Of properties that are fields of the record, by those names."""
        return cls(tuple(names), values or attrgetter(*names.values()), tables, names, shape)
