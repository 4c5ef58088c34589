"""OpenAPI 3.0 schemas as JSON Schema 2020-12, so that they can be compiled.

Only what such a document can say about JSON is carried over; a keyword that it cannot carry stops the start.
"""

from collections.abc import Mapping
from typing import Any

from mockserver.contract.formats import INTEGERS
from mockserver.errors import SpecError

_KEPT = frozenset(
    (
        "type",
        "enum",
        "format",
        "minLength",
        "maxLength",
        "pattern",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "minimum",
        "maximum",
        "multipleOf",
        "required",
    )
)
_ANNOTATIONS = frozenset(
    ("description", "title", "default", "example", "deprecated", "externalDocs", "xml", "readOnly", "writeOnly")
)
_ONE_SCHEMA = frozenset(("items", "not"))
_SCHEMA_LISTS = frozenset(("allOf", "anyOf", "oneOf"))
_HANDLED = frozenset(("nullable", "properties", "additionalProperties", "exclusiveMinimum", "exclusiveMaximum", "$ref"))


class SchemaReader:
    """Turns schemas of one document into JSON Schema. `$ref`s are followed within the document.

    `optional` marks the properties that are never required: `readOnly` in requests, `writeOnly` in answers.
    """

    def __init__(self, document: Mapping[str, Any], optional: str = "") -> None:
        self._document = document
        self._optional = optional

    def json_schema(self, schema: Mapping[str, Any], where: str, depth: int = 0) -> dict[str, Any]:
        """The same schema in JSON Schema 2020-12. Raises SpecError, which names `where`, for what cannot be."""
        if depth > 50:
            raise SpecError(f"{where}: schemas that refer to themselves are not supported")
        if "$ref" in schema:
            return self.json_schema(self.resolve(schema["$ref"], where), where, depth + 1)
        carried: dict[str, Any] = {key: value for key, value in schema.items() if key in _KEPT}
        for key, value in schema.items():
            place = f"{where}/{key}"
            if key in _ONE_SCHEMA:
                carried[key] = self.json_schema(value, place, depth + 1)
            elif key in _SCHEMA_LISTS:
                carried[key] = [self.json_schema(each, f"{place}/{n}", depth + 1) for n, each in enumerate(value)]
            elif key == "properties":
                carried[key] = {
                    name: self.json_schema(each, f"{place}/{name}", depth + 1) for name, each in value.items()
                }
            elif key == "additionalProperties":
                carried[key] = value if isinstance(value, bool) else self.json_schema(value, place, depth + 1)
            elif key not in _KEPT | _ANNOTATIONS | _HANDLED and not key.startswith("x-"):
                raise SpecError(f"{place}: the keyword is not supported")
        _exclusive_bounds(schema, carried)
        if carried.get("type") == "integer" and carried.get("format") in INTEGERS:
            _sized(carried, INTEGERS[carried["format"]])
        if self._optional and "required" in schema:
            carried["required"] = [name for name in schema["required"] if not self._is_optional(schema, name, where)]
        return _nullable(carried) if schema.get("nullable") else carried

    def _is_optional(self, schema: Mapping[str, Any], name: str, where: str) -> bool:
        described = schema.get("properties", {}).get(name, {})
        if "$ref" in described:
            described = self.resolve(described["$ref"], where)
        return described.get(self._optional) is True

    def resolve(self, ref: str, where: str) -> Mapping[str, Any]:
        """What a local reference stands for."""
        value: Any = self._document
        if not ref.startswith("#/"):
            raise SpecError(f"{where}: only references within the document are supported, not {ref}")
        for step in ref[2:].split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            if not isinstance(value, Mapping) or name not in value:
                raise SpecError(f"{where}: {ref} is not in the document")
            value = value[name]
        resolved: Mapping[str, Any] = value
        return resolved


def _exclusive_bounds(schema: Mapping[str, Any], carried: dict[str, Any]) -> None:
    """OpenAPI 3.0 has flags beside the bounds, JSON Schema has bounds of their own."""
    for bound, flag in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
        if schema.get(flag) is True and bound in carried:
            carried[flag] = carried.pop(bound)
        elif not isinstance(schema.get(flag, False), bool):
            carried[flag] = schema[flag]  # as OpenAPI 3.1 has it


def _sized(carried: dict[str, Any], past: int) -> None:
    """JSON Schema knows no format of numbers: those of OpenAPI are bounds."""
    carried["minimum"] = max(carried.get("minimum", -past), -past)
    carried["maximum"] = min(carried.get("maximum", past - 1), past - 1)


def _nullable(carried: dict[str, Any]) -> dict[str, Any]:
    if "type" not in carried:
        return carried  # OpenAPI 3.0.3: nullable means something only beside a type
    carried["type"] = [carried["type"], "null"]
    return carried
