"""Whether a place in a request body exists, by the schemas of the contract."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from mockserver.errors import nearest
from mockserver.journal.matching import steps_to

Schema = Mapping[str, Any]


class UnknownPlace(NamedTuple):
    """A place that no schema has. `nearest` is that place with a valid name, `known` lists the names that are valid."""

    nearest: str | None
    known: tuple[str, ...]


def unknown(schemas: Iterable[Schema], place: str) -> UnknownPlace | None:
    """Return why none of the schemas has that place (a JSON Pointer or a dotted name); None if one has it."""
    level = list(schemas)
    steps = steps_to(place)
    for index, step in enumerate(steps):
        below = [child for schema in level for child in _children(schema, step)]
        if not below:
            known = tuple(dict.fromkeys(name for schema in level for name in _names(schema)))
            near = nearest(step, known)
            return UnknownPlace(None if near is None else _joined(place, steps, index, near), known)
        level = below
    return None


def _children(schema: Schema, step: str) -> Iterator[Schema]:
    """Yield what the schema says of that property or item; an open schema says that there may be anything."""
    branches = [each for key in ("allOf", "anyOf", "oneOf") for each in schema.get(key, ())]
    for branch in branches:
        yield from _children(branch, step)
    if step in schema.get("properties", ()):
        yield schema["properties"][step]
    elif "items" in schema and step.isascii() and step.isdigit():
        yield schema["items"]
    elif isinstance(schema.get("additionalProperties"), Mapping):
        yield schema["additionalProperties"]
    elif not branches and "properties" not in schema and "items" not in schema and _may_hold(schema):
        yield {}


def _may_hold(schema: Schema) -> bool:
    types = schema.get("type", "object")
    return bool({"object", "array"} & set([types] if isinstance(types, str) else types))


def _names(schema: Schema) -> Iterator[str]:
    yield from schema.get("properties", ())
    for key in ("allOf", "anyOf", "oneOf"):
        for branch in schema.get(key, ()):
            yield from _names(branch)


def _joined(place: str, steps: Sequence[str], index: int, name: str) -> str:
    """Return the place with another name at one step, written as the user wrote it."""
    changed = [*steps[:index], name, *steps[index + 1 :]]
    if not place.startswith("/"):
        return ".".join(changed)
    return "".join(f"/{step.replace('~', '~0').replace('/', '~1')}" for step in changed)
