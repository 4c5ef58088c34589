"""One place where a value breaks the contract, and the order of several: the same, whichever engine has found them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from mockserver.contract.messages import reason

Steps = tuple[str | int, ...]


class Violation(NamedTuple):
    """One place where a value breaks the contract. `kind` is the description of it, by the words of JSON Schema.

    Where a property is missing, its schema stands in `kind` too.
    `branches` are what stands against each alternative, where a value is to be one of several. `schema_path` leads from
    the schema to the keyword.
    """

    path: Steps
    keyword: str
    kind: Mapping[str, Any] = MappingProxyType({})
    note: str = ""
    value: Any = None  # of a parameter; a body's stands at `path`
    in_body: bool = True
    branches: tuple[tuple[Violation, ...], ...] = ()
    schema_path: Steps = ()

    @property
    def pointer(self) -> str:
        """The place as a JSON Pointer."""
        return json_pointer(self.path)

    @property
    def reason(self) -> str:
        """What the contract asks for there, in words; no value is in them."""
        if self.branches:
            return ", or ".join(" and ".join(each.reason for each in branch) for branch in self.branches)
        return self.note or reason(self.keyword, self.kind)

    def as_json(self) -> dict[str, str]:
        """Pointer, keyword and reason, as the journal shows them."""
        return {"pointer": self.pointer, "keyword": self.keyword, "reason": self.reason}


def json_pointer(path: Iterable[str | int]) -> str:
    """The steps as one JSON Pointer (RFC 6901)."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


Place = tuple[tuple[int, int, str], ...]
KEYWORDS = (
    *("type", "enum", "const", "minLength", "maxLength", "pattern", "format"),
    *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    *("minItems", "maxItems", "uniqueItems", "items"),
    *("properties", "minProperties", "maxProperties", "additionalProperties"),
    *("allOf", "anyOf", "oneOf", "not"),
)
"""The keywords of a schema, in the order of their violations."""
_RANKS = {keyword: rank for rank, keyword in enumerate(KEYWORDS)} | {"required": KEYWORDS.index("properties")}
_LISTS = frozenset(("allOf", "anyOf", "oneOf"))


class Order:
    """The order of violations of one schema: properties as the document has them, sent or missing, then the rest.

    Validators find them in orders of their own, so it is the seam that has one.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self._schema = schema
        self._places: dict[Steps, Place] = {}

    def sorted(self, violations: list[Violation]) -> list[Violation]:
        """The violations in that order."""
        return sorted(violations, key=self._place) if violations[1:] else violations

    def _place(self, violation: Violation) -> Place:
        steps = violation.schema_path
        if violation.keyword == "required":
            steps = (*steps, violation.kind["property"])
        try:
            return self._places[steps]
        except KeyError:
            return self._found(violation, steps)

    def _found(self, violation: Violation, steps: Steps) -> Place:
        place = self._walk(violation)
        if "items" not in steps and "additionalProperties" not in steps[:-1]:
            self._places[steps] = place  # no value moves it: as many as the schema has keywords and properties
        return place

    def _walk(self, violation: Violation) -> Place:
        """Step by step along the schema; which item, and which other property, the value's path says."""
        node: Any = self._schema
        sent, steps, place = iter(violation.path), iter(violation.schema_path), list[tuple[int, int, str]]()
        for keyword in steps:
            rank = _RANKS.get(str(keyword), len(_RANKS))
            below = node.get(keyword)
            match keyword:
                case "properties":
                    name = next(steps)
                    next(sent, None)
                    place.append((rank, list(below).index(name), ""))
                    below = below[name]
                case "required":
                    name = violation.kind["property"]
                    named = list(node.get("properties", ()))
                    place.append((rank, named.index(name) if name in named else len(named) + below.index(name), ""))
                case "items":
                    place.append((rank, int(next(sent, 0)), ""))
                case "additionalProperties" if isinstance(below, Mapping):
                    place.append((rank, 0, str(next(sent, ""))))
                case _ if keyword in _LISTS:
                    number = int(next(steps, -1))  # without one, it is the keyword itself that is broken
                    place.append((rank, number, ""))
                    below = below[number]
                case _:
                    place.append((rank, -1, ""))
            node = below
        return tuple(place)
