"""Violations of a plain object, found property by property and keyword by keyword.

The validator describes each violation by objects that take longer to make than the whole check. Most violations are of
a keyword that says the same about every value, such as a type or a bound, so its description is made once. Anything
else is left to the validator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from json import dumps
from math import isinf
from typing import Any, NamedTuple

import jsonschema_rs

from mockserver.contract.violation import KEYWORDS, Violation

Accepts = Callable[[object], bool]
_SCHEMA_KEYWORDS = frozenset(("type", "properties", "required", "additionalProperties"))
_FIXED = frozenset(
    (
        *("type", "enum", "minLength", "maxLength", "pattern", "format", "minItems", "maxItems"),
        *("minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf"),
    )
)
"""The keywords whose violation is described by the schema alone."""
_CLOSED = "additionalProperties"


class FixedViolation(Violation):
    """A violation that the schema alone determines: one object for all requests.

    `kept` is for the issue that follows from it, by the type of the value.
    """

    kept: dict[type, Any]

    @classmethod
    def of(cls, violation: Violation) -> FixedViolation:
        """Return the violation as one that is kept."""
        made = cls(*violation)
        made.kept = {}
        return made


class _Property(NamedTuple):
    name: str
    required: bool
    accepts: Accepts
    keywords: tuple[tuple[str, Accepts], ...]
    nested: Accepts | None
    """The check of the other keywords, which look into the value; None if there are none."""


class ObjectCheck:
    """The check of a schema that says nothing about an object but its properties."""

    @classmethod
    def of(cls, schema: Mapping[str, Any]) -> ObjectCheck | None:
        """Return the check for the schema; None if the validator has to find all violations."""
        properties = schema.get("properties", {})
        closed = schema.get(_CLOSED, True)
        if schema.get("type") != "object" or not _SCHEMA_KEYWORDS.issuperset(schema) or not isinstance(closed, bool):
            return None
        return cls(schema) if set(schema.get("required", ())).issubset(properties) else None

    def __init__(self, schema: Mapping[str, Any]) -> None:
        required = schema.get("required", ())
        self._is_closed = schema.get(_CLOSED) is False
        self._properties = [_property(name, each, name in required) for name, each in schema["properties"].items()]
        self._names = frozenset(schema["properties"])
        self._known: dict[tuple[str, str], Violation] = {}

    def learn(self, violations: Iterable[Violation]) -> list[Violation]:
        """Return what the validator has found, and keep the violations that are alike for every value."""
        found = list(violations)
        for at, each in enumerate(found):
            steps = each.schema_path
            if each.keyword == "required" and len(steps) == 1:
                key = each.kind["property"], "required"
            elif len(steps) == 3 and steps[0] == "properties" and each.keyword in _FIXED:
                key = steps[1], each.keyword
            else:
                continue
            found[at] = self._known.setdefault(key, FixedViolation.of(each))
        return found

    def violations(self, sent: Any) -> list[Violation] | None:
        """Return the violations of the value in their order; None if the validator has to find them."""
        if sent.__class__ is not dict:
            return None
        known = self._known
        found: list[Violation] = []
        defined = 0
        try:
            for name, required, accepts, keywords, nested in self._properties:
                if name not in sent:
                    if required:
                        found.append(known[name, "required"])
                    continue
                defined += 1
                value = sent[name]
                if accepts(value):
                    continue
                if (nested is not None and not nested(value)) or (value.__class__ is float and isinf(value)):
                    return None
                for keyword, holds in keywords:
                    if not holds(value):
                        found.append(known[name, keyword])
        except KeyError:  # the first violation of this kind
            return None
        if self._is_closed and defined < len(sent):
            unexpected = [name for name in sent if name not in self._names]
            found.append(Violation((), _CLOSED, {"unexpected": unexpected}, schema_path=(_CLOSED,)))
        return found or None


def _property(name: str, schema: Mapping[str, Any], required: bool) -> _Property:
    names = [each for each in KEYWORDS if each in schema and each in _FIXED]
    keywords = tuple((each, _accepts({each: schema[each]})) for each in names)
    others = {key: each for key, each in schema.items() if key not in _FIXED}
    return _Property(name, required, _accepts(schema), keywords, _accepts(others) if others else None)


def _accepts(schema: Mapping[str, Any]) -> Accepts:
    return _compiled(dumps(schema))


@lru_cache(maxsize=1024)
def _compiled(schema: str) -> Accepts:
    """Return the check of a schema: many properties of a document have the same one."""
    accepts: Accepts = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid
    return accepts
