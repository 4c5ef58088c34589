"""Compiled checks of one operation: what they are given, and every violation that they find."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

import jsonschema_rs

from mockserver.reasons import reason


class Violation(NamedTuple):
    """One place where a value breaks the contract. `kind` is the validator's description of it.

    Where a property is missing, its schema stands in `kind` too.
    `branches` are what stands against each alternative, where a value is to be one of several. `schema_path` leads from
    the compiled schema to the keyword.
    """

    path: tuple[str | int, ...]
    keyword: str
    kind: Mapping[str, Any] = MappingProxyType({})
    note: str = ""
    value: Any = None  # of a parameter; a body's stands at `path`
    in_body: bool = True
    branches: tuple[tuple[Violation, ...], ...] = ()
    schema_path: tuple[str | int, ...] = ()

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


class SchemaCheck:
    """One schema, compiled. `ranks` numbers its properties in the order of the document."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self.ranks = {name: rank for rank, name in enumerate(schema.get("properties", ()))}
        self._validator = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
        self.accepts = self._validator.is_valid
        """Whether a JSON value keeps to the schema: the fast question."""

    def violations(self, value: object) -> list[Violation]:
        """Every violation: the whole answer, asked only when the fast one is no."""
        return [_violation(error, self.schema) for error in self._validator.iter_errors(value)]


def _violation(error: jsonschema_rs.ValidationError, schema: dict[str, Any]) -> Violation:
    kind = error.kind.as_dict()
    branches = tuple(tuple(_violation(each, schema) for each in branch) for branch in kind.pop("context", ()))
    if error.kind.name == "required":
        owner: Any = schema
        for step in error.schema_path[:-1]:
            owner = owner[step]
        kind["schema"] = owner.get("properties", {}).get(kind["property"], {})
    where = tuple(error.schema_path)
    return Violation(tuple(error.instance_path), error.kind.name, kind, branches=branches, schema_path=where)


class Parameter(NamedTuple):
    """One parameter of a request: where it is, its name, and the check of its value."""

    place: str
    name: str
    required: bool
    check: SchemaCheck

    def read(self, texts: Sequence[str]) -> object:
        """The value of a parameter that was sent: by its type where the text can be read so; a list if sent twice."""
        return _read(texts[0], self.check.schema.get("type")) if len(texts) == 1 else list(texts)

    def missing(self) -> list[Violation]:
        """What is wrong with not sending it."""
        kind = {"property": self.name, "schema": self.check.schema}
        return [Violation((), "required", kind, in_body=False)] if self.required else []

    def violations(self, value: object) -> list[Violation]:
        """What is wrong with the value that was sent."""
        if self.check.accepts(value):
            return []
        return [
            Violation((self.name,), each.keyword, each.kind, value=value, in_body=False, schema_path=each.schema_path)
            for each in self.check.violations(value)
        ]


_INTEGER = re.compile(r"[+-]?[0-9]{1,400}", re.ASCII)
_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,4})?", re.ASCII)


def _read(text: str, kind: object) -> object:
    """The text as a value of that type where it can be read so; otherwise the text, which the check then refuses."""
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "number" and _NUMBER.fullmatch(text):
        return float(text)
    return {"true": True, "false": False}.get(text, text) if kind == "boolean" else text


class ResponseCheck(NamedTuple):
    """What one status may answer with: its media types, and the check of each body."""

    bodies: Mapping[str, SchemaCheck]

    def violations(self, media_type: str, body: object) -> list[Violation]:
        """What is wrong with a response of ours."""
        check = self.bodies.get(media_type)
        if check is None:
            note = f"the contract offers {', '.join(self.bodies) or 'no body'}, not {media_type}"
            return [Violation((), "content", note=note)]
        return [] if check.accepts(body) else check.violations(body)
