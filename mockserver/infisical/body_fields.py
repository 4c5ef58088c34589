"""Parse the fields of a JSON body by property name and type.

Clients send few shapes of bodies, so how a shape is parsed is worked out once.
"""

from collections.abc import Callable, Mapping
from itertools import compress
from typing import Any, NamedTuple, TypeVar

from mockserver.infisical.javascript import WHITE_SPACE


class Field(NamedTuple):
    """A body property: its attribute name, the Python types of its JSON values, and a function that parses a value."""

    name: str
    types: tuple[type, ...]
    read: Callable[[Any], object] | None = None


NULL = type(None)
NUMBER = (int, float)


Owner = TypeVar("Owner")
Plan = TypeVar("Plan")


class BodyShape:
    """The names of a JSON object's properties, in order, and the types of their values.

    `hash` tells shapes apart.
    """

    __slots__ = ("_plans", "hash", "names", "types")

    def __init__(self, names: tuple[str, ...], types: tuple[type, ...]) -> None:
        self.names = names
        self.types = types
        self.hash = hash((names, types))
        self._plans: dict[int, tuple[Any, Any]] = {}

    def plan(self, owner: Owner, make: Callable[["BodyShape", Owner], Plan]) -> Plan:
        """Return what `make` works out from the shape for `owner`, a constant. It is kept with the shape."""
        found = self._plans.get(id(owner))
        if found is None:
            found = self._plans[id(owner)] = make(self, owner), owner  # which holds on to the owner and to its `id`
        plan: Plan = found[0]
        return plan


_shapes: dict[tuple[object, ...], BodyShape] = {}
_KEPT_SHAPES = 512
_KEPT_NAMES = 1000
"""Clients choose the names, so shapes with more characters than that are not kept."""


def shape_of(body: object) -> BodyShape | None:
    """Return the shape of a JSON object; None for any other value."""
    if not isinstance(body, dict):
        return None
    key = (*body, *map(type, body.values()))
    return _shapes.get(key) or _new_shape(body, key)


def _new_shape(body: Mapping[str, Any], key: tuple[object, ...]) -> BodyShape:
    made = BodyShape(tuple(body), tuple(map(type, body.values())))
    if sum(map(len, body)) <= _KEPT_NAMES:
        if len(_shapes) >= _KEPT_SHAPES:
            _shapes.clear()
        _shapes[key] = made
    return made


class _Plan(NamedTuple):
    """How to parse a shape: which values are kept (None: all), their attribute names, and the functions for some."""

    kept: tuple[bool, ...] | None
    names: tuple[str, ...]
    reads: tuple[tuple[str, Callable[[Any], object]], ...]


def fields_of(body: Any, fields: Mapping[str, Field], shape: BodyShape | None = None) -> dict[str, Any]:
    """Return the sent fields by attribute name. Properties that are not in `fields` are dropped, as by the service.

    A value of a wrong type counts as absent, because the contract check reports it. `fields` are a constant, for which
    plans are kept; `shape` is that of the body, if it is known already.
    """
    shape = shape or shape_of(body)
    if shape is None:
        return {}
    kept, names, reads = shape.plan(fields, _plan)
    values = body.values()
    sent = dict(_pairs(names, values if kept is None else compress(values, kept)))
    for name, read in reads:
        sent[name] = read(sent[name])
    return sent


_pairs = zip
"""Without `strict`: names and values are as many, and the keyword takes as long as two pairs."""


def _plan(shape: BodyShape, fields: Mapping[str, Field]) -> _Plan:
    kept = tuple(
        name in fields and kind in fields[name].types for name, kind in zip(shape.names, shape.types, strict=True)
    )
    found = [(fields[name], kind) for name, kind in compress(zip(shape.names, shape.types, strict=True), kept)]
    reads = tuple((each.name, each.read) for each, kind in found if each.read is not None and kind is not NULL)
    return _Plan(None if all(kept) else kept, tuple(each.name for each, _ in found), reads)


def ranks(fields: Mapping[str, Field]) -> Mapping[str, int]:
    """Return the rank of each property among the issues of a 422: the order of the service's schema."""
    return {name: rank for rank, name in enumerate(fields)}


def ip_texts(items: list[object]) -> tuple[str, ...]:
    """Return the `ipAddress` of each item as trimmed text; items without one are dropped."""
    return tuple(
        [
            item["ipAddress"].strip(WHITE_SPACE)  # what `trim` does, less its call
            for item in items
            if isinstance(item, dict) and isinstance(item.get("ipAddress"), str)
        ]
    )
