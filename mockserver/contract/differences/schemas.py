"""Compare two schemas: which values became allowed, and which no longer are."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import orjson

from mockserver.contract.differences.change import Change, Side
from mockserver.contract.differences.shape import Keyword, Shape, shape_of
from mockserver.contract.differences.source import Part, Source
from mockserver.errors import SpecError

MAX_CHANGES = 20_000
"""Limit on the changes of one schema: parts that are used in many places are counted in each."""
_MAX_DEPTH = 100
_MAX_ALTERNATIVES = 50
_NO_KEYWORD = Keyword(None, "")


class SchemaComparison:
    """Compares schemas of two documents on one side of an exchange. Results are kept, as parts occur many times."""

    def __init__(self, before: Source, after: Source, side: Side) -> None:
        self._before, self._after, self._side = before, after, side
        self._known: dict[tuple[str, str], list[Change]] = {}
        self._open: set[tuple[str, str]] = set()

    def changes(self, before: Part, after: Part) -> list[Change]:
        """Return what differs, in the order of the new document. Raises SpecError for schemas past the limits."""
        key = _target(self._before, before).place, _target(self._after, after).place
        if key in self._open:
            return []  # a schema that contains itself is compared once
        if key not in self._known:
            if len(self._open) >= _MAX_DEPTH:
                raise SpecError(
                    f"{self._after.name}: {after.place}: schemas are nested deeper than {_MAX_DEPTH} levels"
                )
            self._open.add(key)
            self._known[key] = found = []
            for each in self._compared(before, after):
                found.append(each)
                if len(found) > MAX_CHANGES:
                    raise SpecError(f"{self._after.name}: {after.place}: more than {MAX_CHANGES} differences")
            self._open.discard(key)
        return self._known[key]

    def _compared(self, before: Part, after: Part) -> Iterator[Change]:
        old = shape_of(self._before, before, self._side.hidden)
        new = shape_of(self._after, after, self._side.hidden)
        yield from self._types(old, new)
        yield from self._keywords(old, new)
        yield from self._properties(old, new)
        yield from self._unknown_properties(old, new)
        yield from self._single("items-changed", "[]", old.items, new.items, new.part)
        yield from self._alternatives(old, new)
        if self._excludes_otherwise(old.excluded, new.excluded):
            yield self._change("not-changed", (new.excluded or old.excluded or new.part).place, *_values(old, new))

    def _excludes_otherwise(self, old: Part | None, new: Part | None) -> bool:
        """Return whether `not` excludes other values. Which side of it got wider is left open: it may break anybody."""
        return old is not new if old is None or new is None else bool(self.changes(old, new))

    def _types(self, old: Shape, new: Shape) -> Iterator[Change]:
        before, after = old.types, new.types
        if before != after:
            narrows, widens = not before <= _accepted(after), not after <= _accepted(before)
            names = old.type_names(), new.type_names()
            yield self._change("type-changed", new.types_place, *names, narrows=narrows, widens=widens)

    def _keywords(self, old: Shape, new: Shape) -> Iterator[Change]:
        for name in {**new.keywords, **old.keywords}:
            before, after = (each.keywords.get(name, _NO_KEYWORD) for each in (old, new))
            if _same(before.value, after.value):
                continue
            place = after.place or before.place
            if name == "default":
                if self._side is Side.REQUEST:
                    breaking = before.value is not None
                    yield Change("default-changed", place, before.value, after.value, breaking)
                continue
            narrows, widens = _direction(name)(before.value, after.value)
            kind = f"{name}-changed" if name in ("enum", "format", "pattern") else "bound-changed"
            yield self._change(kind, place, before.value, after.value, narrows=narrows, widens=widens)

    def _properties(self, old: Shape, new: Shape) -> Iterator[Change]:
        sends = self._side is Side.REQUEST
        for name, part in new.properties.items():
            required = name in new.required
            if name not in old.properties:
                yield Change("field-added", part.place, None, part.value, sends and required, (name,))
                continue
            if required != (name in old.required):
                kind = "field-required" if required else "field-optional"
                yield Change(kind, part.place, not required, required, required if sends else not required, (name,))
            for each in self.changes(old.properties[name], part):
                yield each.below(name)
        for name, part in old.properties.items():
            if name not in new.properties:
                yield Change("field-removed", part.place, part.value, None, True, (name,))

    def _unknown_properties(self, old: Shape, new: Shape) -> Iterator[Change]:
        if "object" not in old.types & new.types:
            return
        if old.additional is not None and new.additional is not None:
            for each in self.changes(old.additional, new.additional):
                yield each.below("*")
            return
        before, after = (
            not each.is_closed if each.additional is None else each.additional.value for each in (old, new)
        )
        if before is not after:
            place = old.closed_place if new.closed_place == new.part.place else new.closed_place
            breaking = self._side is Side.REQUEST and (after is False or (before is True and after is not True))
            yield Change("unknown-fields", place, before, after, breaking)

    def _single(self, kind: str, name: str, old: Part | None, new: Part | None, whole: Part) -> Iterator[Change]:
        if old is not None and new is not None:
            for each in self.changes(old, new):
                yield each.below(name)
        elif old is not None or new is not None:
            place = (new or old or whole).place
            values = (None if each is None else each.value for each in (old, new))
            yield self._change(kind, place, *values, narrows=old is None, widens=new is None)

    def _alternatives(self, old: Shape, new: Shape) -> Iterator[Change]:
        before, after = old.alternatives, new.alternatives
        if max(len(before), len(after)) > _MAX_ALTERNATIVES:
            raise SpecError(f"{self._after.name}: {new.part.place}: more than {_MAX_ALTERNATIVES} alternatives")
        for each in list(after):
            same = next((one for one in before if not self.changes(one, each)), None)
            if same is not None:
                before = [one for one in before if one is not same]
                after = [one for one in after if one is not each]
        for one, other in zip(before, after, strict=False):
            yield from self.changes(one, other)
        # The first alternative of all excludes values, a further one admits some.
        had, has = bool(old.alternatives), bool(new.alternatives)
        for each in after[len(before) :]:
            yield self._change("alternative-added", each.place, None, each.value, narrows=not had, widens=had)
        for each in before[len(after) :]:
            yield self._change("alternative-removed", each.place, each.value, None, narrows=has, widens=not has)

    def _change(
        self, kind: str, place: str, before: Any, after: Any, *, narrows: bool = True, widens: bool = True
    ) -> Change:
        return Change(kind, place, before, after, self._side.breaks(narrows=narrows, widens=widens))


def _target(source: Source, part: Part) -> Part:
    """Return what a schema stands for that is nothing but a reference."""
    return source.resolved(part) if isinstance(part.value, dict) and [*part.value] == ["$ref"] else part


def _values(old: Shape, new: Shape) -> tuple[Any, Any]:
    before, after = (None if each.excluded is None else each.excluded.value for each in (old, new))
    return before, after


def _accepted(types: frozenset[str]) -> frozenset[str]:
    return types | {"integer"} if "number" in types else types


def _same(one: Any, other: Any) -> bool:
    return _text(one) == _text(other)


def _text(value: Any) -> bytes | str:
    """Return a text by which JSON values compare: 1 and true differ, 1 and 1.0 do not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        return repr(value)


Direction = tuple[bool, bool]
"""Whether fewer values are allowed, and whether more are."""


def _direction(keyword: str) -> Callable[[Any, Any], Direction]:
    if keyword == "enum":
        return _of_values
    name = keyword.removeprefix("exclusive").lower()
    return partial(_of_bounds, name.startswith("min")) if name[:3] in ("min", "max") else _of_presence


def _of_values(before: list[Any] | None, after: list[Any] | None) -> Direction:
    if before is None or after is None:
        return before is None, after is None
    old, new = set(map(_text, before)), set(map(_text, after))
    return not old <= new, not new <= old


def _of_bounds(is_least: bool, before: Any, after: Any) -> Direction:
    if before is None or after is None or not all(isinstance(each, int | float) for each in (before, after)):
        return before is None, after is None
    grows = after > before
    return grows is is_least, grows is not is_least


def _of_presence(before: Any, after: Any) -> Direction:
    return after not in (None, False), before not in (None, False)
