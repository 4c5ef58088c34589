"""Schemas of OpenAPI 3.0 and 3.1 in one form, so that the same meaning compares as equal however it is written."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mockserver.contract.differences.source import Part, Source

KEYWORDS = frozenset(
    (
        *("minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
        *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
        *("format", "pattern", "enum", "default"),
    )
)
_ANY: frozenset[str] = frozenset(("array", "boolean", "integer", "null", "number", "object", "string"))
_DEPTH = 40
_WIDE = {**dict.fromkeys(("minLength", "minItems", "minProperties"), 0), "uniqueItems": False}
"""Values that mean the same as no keyword."""
_SILENT = frozenset(("description", "title", "example", "examples", "deprecated", "default", "$comment"))
"""Keywords that allow and forbid nothing."""


class Keyword(NamedTuple):
    """The value of a keyword, and where it stands."""

    value: Any
    place: str


class Shape:
    """A schema in one form: `allOf` joined, null a type, bounds by their names in JSON Schema.

    `is_closed`: properties that the schema does not define are rejected.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        self.types: frozenset[str] = _ANY
        self.types_place = part.place
        self.keywords: dict[str, Keyword] = {}
        self.properties: dict[str, Part] = {}
        self.required: set[str] = set()
        self.is_closed = False
        self.closed_place = part.place
        self.additional: Part | None = None
        self.items: Part | None = None
        self.alternatives: list[Part] = []
        self.excluded: Part | None = None

    def type_names(self) -> list[str] | None:
        """Return the types in order; None if every type is allowed."""
        return None if self.types | {"integer"} == _ANY else sorted(self.types)


def shape_of(source: Source, part: Part, hidden: str) -> Shape:
    """Return the form of a schema. `hidden` marks properties that this side of an exchange does not have.

    Raises SpecError for a broken reference.
    """
    part, nullable = _unwrapped(source, part)
    shape = Shape(part)
    for each in _joined(source, part, _DEPTH):
        _add(shape, each)
    if nullable:
        shape.types |= {"null"}
    for name in [name for name, each in shape.properties.items() if _is_marked(source, each, hidden)]:
        del shape.properties[name]
        shape.required.discard(name)
    if "number" in shape.types:
        shape.types -= {"integer"}
    elif "integer" in shape.types:
        _include_bounds(shape.keywords)
    return shape


def _include_bounds(keywords: dict[str, Keyword]) -> None:
    """Write bounds of integers as the last value that is allowed."""
    for name, step in (("minimum", 1), ("maximum", -1)):
        exclusive = keywords.pop(f"exclusiveM{name[1:]}", None)
        if exclusive is not None and isinstance(exclusive.value, int | float):
            keywords[name] = Keyword(exclusive.value + step, exclusive.place)


def _unwrapped(source: Source, part: Part) -> tuple[Part, bool]:
    """Return the one schema that a choice between it and null leaves, and whether null is allowed."""
    nullable = False
    for _ in range(_DEPTH):
        part = source.resolved(part)
        value = part.value if isinstance(part.value, Mapping) else {}
        said = [each for each in value if each not in _SILENT]
        if said not in (["anyOf"], ["oneOf"]):
            break
        branches = list(part.child(said[0]).items())
        rest = [each for each in branches if not _is_null(each)]
        if len(rest) != 1:
            break
        part, nullable = rest[0], nullable or len(rest) < len(branches)
    return part, nullable


def _joined(source: Source, part: Part, depth: int) -> Iterator[Part]:
    """Yield the schema and all that hold beside it: what its reference leads to, and the members of `allOf`."""
    value = part.value
    if depth == 0 or not isinstance(value, Mapping):
        return
    if isinstance(value.get("$ref"), str):
        yield from _joined(source, source.resolved(part), depth - 1)
        if len(value) == 1:
            return
    yield part
    members = part.get("allOf")
    for each in () if members is None else members.items():
        yield from _joined(source, each, depth - 1)


def _add(shape: Shape, part: Part) -> None:
    """Narrow the shape by one more schema that holds."""
    value = part.value
    types = _types(value)
    if types is not None and types != shape.types:
        shape.types = shape.types & types or types
        shape.types_place = f"{part.place}/type"
    for name, child in part.children():
        if name in KEYWORDS:
            _add_keyword(shape, name, child, value)
        elif name == "const":
            shape.keywords["enum"] = Keyword([child.value], child.place)
        elif name == "properties":
            shape.properties.update(child.children())
        elif name == "required" and isinstance(child.value, list):
            shape.required.update(each for each in child.value if isinstance(each, str))
        elif name == "additionalProperties":
            _add_additional(shape, child)
        elif name == "items":
            shape.items = child
        elif name in ("oneOf", "anyOf"):
            shape.alternatives = list(child.items())
        elif name == "not":
            shape.excluded = child


def _types(value: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the types that a schema allows; None if it does not say."""
    given = value.get("type")
    names = frozenset([given] if isinstance(given, str) else given if isinstance(given, list) else ())
    if not names or not names <= _ANY:
        return None
    return names | {"null"} if value.get("nullable") is True else names


def _add_keyword(shape: Shape, name: str, child: Part, schema: Mapping[str, Any]) -> None:
    value = child.value
    if name in ("exclusiveMinimum", "exclusiveMaximum") and isinstance(value, bool):
        return  # OpenAPI 3.0: a flag beside the bound
    if name in ("minimum", "maximum") and schema.get(f"exclusiveM{name[1:]}") is True:
        name = f"exclusiveM{name[1:]}"
    if _WIDE.get(name, ...) == value:
        return
    if name == "enum":
        if not isinstance(value, list):
            return
        value = [each for each in value if each is not None]
    held = shape.keywords.get(name)
    if held is not None and name[:3] in ("min", "max") and isinstance(value, int | float):
        value = max(held.value, value) if name[:3] == "min" else min(held.value, value)
    shape.keywords[name] = Keyword(value, child.place)


def _add_additional(shape: Shape, child: Part) -> None:
    shape.closed_place = child.place
    if child.value is False:
        shape.is_closed = True
    elif isinstance(child.value, Mapping) and child.value:
        shape.additional = child


def _is_null(part: Part) -> bool:
    value = part.value
    return isinstance(value, Mapping) and (value.get("type") == "null" or value.get("enum") == [None])


def _is_marked(source: Source, part: Part, hidden: str) -> bool:
    value = source.resolved(part).value
    return isinstance(value, Mapping) and value.get(hidden) is True
