"""Compiled checks of schemas: whether a value keeps to one, and every violation if it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from math import isfinite, isinf, isnan
from typing import Any, NamedTuple

import jsonschema_rs

from mockserver.contract.object_check import ObjectCheck
from mockserver.contract.violation import Order, Steps, Violation
from mockserver.infisical.javascript import number

_HUGE = 10**400


class SchemaCheck:
    """One schema, compiled when it is first asked. `ranks` numbers its properties in the order of the document."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.ranks = {name: rank for rank, name in enumerate(schema.get("properties", ()))}

    @cached_property
    def accepts(self) -> Callable[[object], bool]:
        """Whether a JSON value keeps to the schema: the fast question. If not, `violations` has the last word."""
        accepts: Callable[[object], bool] = self._validator.is_valid
        return accepts

    @cached_property
    def _object(self) -> ObjectCheck | None:
        return ObjectCheck.of(self.schema)

    @cached_property
    def order(self) -> Order:
        """The order of its violations."""
        return Order(self.schema)

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(self.schema, validate_formats=True)

    def violations(self, value: object) -> list[Violation]:
        """Every violation, in order: the whole answer, asked only when the fast one is no.

        The value has no more than 250 levels, as none has that is read by `api.json_text`.
        """
        found = None if self._object is None else self._object.violations(value)
        return self._by_validator(value) if found is None else found

    def _by_validator(self, value: object) -> list[Violation]:
        found = [self._violation(error) for error in self._validator.iter_errors(value)]
        for each in found:
            types = each.kind["types"] if each.keyword == "type" else ()
            if ("integer" in types or "number" in types) and _is_endless(value, each.path):
                return self._past_every_double(value, found)
        found = self.order.sorted(found)
        return found if self._object is None else self._object.learn(found)

    def _past_every_double(self, value: object, found: list[Violation]) -> list[Violation]:
        """What stands against a value with numbers past every double: they are beyond any bound, and no integers.

        The compiled check takes them for null, so it is asked again with a huge integer in the place of each.
        """
        again = [self._violation(error) for error in self._validator.iter_errors(_with_an_end(value))]
        return self.order.sorted(
            again
            + [
                each
                for each in found
                if each.keyword == "type" and "integer" in each.kind["types"] and _is_endless(value, each.path)
            ]
        )

    def _violation(self, error: jsonschema_rs.ValidationError) -> Violation:
        name, kind, where = error.kind.name, error.kind.as_dict(), tuple(error.schema_path)
        if name == "required":
            owner: Any = self.schema
            for step in where[:-1]:
                owner = owner[step]
            kind["schema"] = owner.get("properties", {}).get(kind["property"], {})
        branches = self._branches(kind.pop("context")) if "context" in kind else ()
        return Violation(tuple(error.instance_path), name, kind, branches=branches, schema_path=where)

    def _branches(self, context: list[list[jsonschema_rs.ValidationError]]) -> tuple[tuple[Violation, ...], ...]:
        """What stands against each alternative; nothing if the value is more than one of them."""
        if not all(context):
            return ()
        return tuple(tuple(self.order.sorted([self._violation(each) for each in branch])) for branch in context)


def _is_endless(value: Any, path: Steps) -> bool:
    """Whether that place has a number past every double."""
    for step in path:
        value = value[step]
    return isinstance(value, float) and isinf(value)


def _with_an_end(value: Any) -> Any:
    """The value with a huge integer in the place of each infinite number."""
    match value:
        case float() if isinf(value):
            return _HUGE if value > 0 else -_HUGE
        case list():
            return [_with_an_end(each) for each in value]
        case dict():
            return {key: _with_an_end(each) for key, each in value.items()}
    return value


class Parameter(NamedTuple):
    """One parameter of a request: where it is, its name, and the check of its value.

    The service reads a `coerced` one as a number, as JavaScript's `Number` does.
    """

    place: str
    name: str
    required: bool
    check: SchemaCheck
    coerced: bool = False

    @property
    def key(self) -> tuple[str, str]:
        """What the document tells parameters apart by: place and name."""
        return self.place, self.name

    def read(self, texts: Sequence[str]) -> object:
        """The value of a parameter that was sent: by its type where the text can be read so; a list if sent twice."""
        return read(texts[0], self.check.schema.get("type")) if len(texts) == 1 else list(texts)

    def missing(self) -> list[Violation]:
        """What is wrong with not sending it."""
        kind = {"property": self.name, "schema": self.check.schema}
        return [Violation((), "required", kind, in_body=False)] if self.required else []

    def of_value(self, violations: Iterable[Violation], value: object) -> list[Violation]:
        """What breaks its schema, as what is wrong with the value that was sent."""
        named = [each._replace(path=(self.name,), value=value, in_body=False) for each in violations]
        return [each._replace(kind={**each.kind, "coerced": True}) for each in named] if self.coerced else named


def coerced(text: str) -> str:
    """The text of a coerced parameter as `read` takes it for the number that the service reads; as it is for none."""
    value = number(text)
    if isnan(value):
        return text
    return repr(value) if isfinite(value) else "1e999" if value > 0 else "-1e999"


_INTEGER = re.compile(r"[+-]?[0-9]{1,400}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?", re.ASCII)


def read(text: str, kind: object) -> object:
    """The text as a value of that type where it can be read so; otherwise the text, which the check then refuses."""
    for each in kind if isinstance(kind, list) else [kind]:
        if each == "integer" and _INTEGER.fullmatch(text):
            return int(text)
        if each == "number" and _NUMBER.fullmatch(text):
            return float(text)
        if each == "boolean" and text in _BOOLEANS:
            return _BOOLEANS[text]
    return text


_BOOLEANS = {"true": True, "false": False}
