"""Where in the document stands what a request has broken: JSON Pointers, as a reader would follow them in the file."""

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from mockserver.contract.document import Document
from mockserver.contract.operation import ContractOperation
from mockserver.contract.violation import Violation, json_pointer

_JSON = "application/json"
Steps = tuple[str | int, ...]


class Pointers:
    """Pointers into one document, such as `openapi.yaml#/paths/~1api~1status/get`."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._name = PurePath(document.name).name

    def of_operation(self, operation: ContractOperation) -> str:
        """Where the operation stands."""
        return self._text(_operation(operation))

    def of_violation(self, operation: ContractOperation, violation: Violation) -> str:
        """Where the keyword stands that the request has broken; `$ref`s are followed to where they lead."""
        if not violation.in_body:
            name = violation.path[0] if violation.path else violation.kind["property"]
            steps = self._parameter(operation, str(name))
            return self._text(
                self._walk(steps, ("schema", *violation.schema_path) if violation.path else ("required",))
            )
        if violation.keyword == "content":
            return self._text(self._walk(_operation(operation), ("requestBody", "content")))
        if not violation.schema_path:  # there is no body at all
            return self._text(self._walk(_operation(operation), ("requestBody", "required")))
        return self._text(self._walk(_operation(operation), (*_BODY, *violation.schema_path)))

    def of_property(self, operation: ContractOperation, path: Iterable[str | int]) -> str | None:
        """Where the schema of that place in the body stands; None where the document says nothing about it."""
        found = self._walk(_operation(operation), _BODY)
        for step in path:
            names = ("items",) if isinstance(step, int) else ("properties", step)
            found = self._walk(found, names)
        return self._text(found) if isinstance(self._at(found), Mapping) else None

    def _parameter(self, operation: ContractOperation, name: str) -> Steps:
        owners = (_operation(operation), _operation(operation)[:-1])
        for owner in owners:
            for index, _ in enumerate(self._at((*owner, "parameters")) or ()):
                steps = self._walk(owner, ("parameters", index))
                if (self._at(steps) or {}).get("name") == name:
                    return steps
        return owners[0]

    def _walk(self, start: Steps, more: Iterable[str | int]) -> Steps:
        """The place that `more` leads to from `start`; each reference on the way, and at the end, is followed."""
        steps = self._followed(start)
        for each in more:
            steps = self._followed((*steps, each))
        return steps

    def _followed(self, steps: Steps) -> Steps:
        for _ in range(50):  # a document that refers to itself without end is refused at the start
            value = self._at(steps)
            if not isinstance(value, Mapping) or not isinstance(value.get("$ref"), str):
                break
            steps = tuple(each.replace("~1", "/").replace("~0", "~") for each in value["$ref"][2:].split("/"))
        return steps

    def _at(self, steps: Steps) -> Any:
        value: Any = self._document.value
        for step in steps:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                return None
        return value

    def _text(self, steps: Steps) -> str:
        return f"{self._name}#{json_pointer(steps)}"


_BODY = ("requestBody", "content", _JSON, "schema")


def _operation(operation: ContractOperation) -> Steps:
    return ("paths", operation.path, operation.method.lower())
