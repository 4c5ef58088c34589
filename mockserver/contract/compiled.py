"""The contract, compiled once at the start: operations with the checks of their requests and responses."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.contract.checks import Parameter, ResponseCheck, SchemaCheck, Violation
from mockserver.contract.document import Document, parsed, text_at
from mockserver.contract.schemas import SchemaReader
from mockserver.errors import SpecError

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class ContractOperation:
    """One operation of the document. `body` is the check of its JSON body, None if it takes none.

    `parameters` are those whose value can be wrong.
    """

    id: str
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: SchemaCheck | None
    body_required: bool
    request_media_types: tuple[str, ...]
    responses: Mapping[int, ResponseCheck]
    needs_token: bool

    @property
    def ranks(self) -> Mapping[str, int]:
        """The place of each property of the body in the document."""
        return {} if self.body is None else self.body.ranks

    def accepts_json(self, status: int, body: object) -> bool:
        """Whether an answer with that status and JSON body keeps to the contract: the fast question."""
        check = self.responses.get(status)
        return check is not None and _JSON in check.bodies and check.bodies[_JSON].accepts(body)

    def response_violations(self, status: int, media_type: str, body: object) -> list[Violation]:
        """What is wrong with a response: its status, its media type, its body."""
        check = self.responses.get(status)
        if check is None:
            return [Violation((), "status", note=f"the contract has no {status} for {self.id}")]
        return check.violations(media_type, body)


class Contract(NamedTuple):
    """A document and its operations by `operationId`."""

    document: Document
    operations: Mapping[str, ContractOperation]


def contract_at(path: Path) -> Contract:
    """The compiled contract of the document at `path`. Raises SpecError if it cannot be read, or does not hold.

    A text is compiled once in a process: the tests of a suite start hundreds of mocks.
    """
    return _contract(str(path), text_at(path))


@lru_cache(maxsize=4)
def _contract(name: str, text: str) -> Contract:
    return compile_contract(parsed(name, text))


def compile_contract(document: Document) -> Contract:
    """The compiled contract. Raises SpecError for what the checks cannot hold a caller to."""
    reader = _Reader(document)
    operations: dict[str, ContractOperation] = {}
    for path, item in document.value.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                operation = reader.operation(path, method, item)
                if operation.id in operations:
                    raise SpecError(f"{document.name}: operationId {operation.id} stands twice")
                operations[operation.id] = operation
    return Contract(document, operations)


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._schemas = SchemaReader(document.value)
        self._answers: dict[int, dict[str, SchemaCheck]] = {}
        """The checks of each response by the object that describes it: most operations refer to the same errors."""

    def operation(self, path: str, method: str, item: Mapping[str, Any]) -> ContractOperation:
        """One operation, compiled."""
        operation = item[method]
        where = f"{self._document.name}: paths/{path}/{method}"
        name = operation.get("operationId")
        if not name:
            raise SpecError(f"{where}: no operationId")
        body = self._resolved(operation.get("requestBody", {}), where)
        content = body.get("content", {})
        security = operation.get("security", self._document.value.get("security", []))
        return ContractOperation(
            id=name,
            method=method.upper(),
            path=path,
            parameters=tuple(self._parameters([*item.get("parameters", ()), *operation.get("parameters", ())], where)),
            body=self._check(content[_JSON], f"{where}/requestBody") if _JSON in content else None,
            body_required=body.get("required", False),
            request_media_types=tuple(content),
            responses=dict(self._responses(operation["responses"], where)),
            needs_token=bool(security) and {} not in security,
        )

    def _parameters(self, parameters: list[Mapping[str, Any]], where: str) -> Iterator[Parameter]:
        for each in parameters:
            parameter = self._resolved(each, where)
            place = f"{where}/parameters/{parameter['name']}"
            if "schema" not in parameter or parameter.get("style", "simple") not in ("simple", "form"):
                raise SpecError(f"{place}: only parameters with a schema and a simple style are supported")
            schema = self._schemas.json_schema(parameter["schema"], place)
            if schema.get("type") in ("array", "object"):
                raise SpecError(f"{place}: parameters of type {schema['type']} are not supported")
            if parameter["in"] == "path" and set(schema) == {"type"} and schema["type"] == "string":
                continue  # every text is one, and the route has matched
            yield Parameter(parameter["in"], parameter["name"], parameter.get("required", False), SchemaCheck(schema))

    def _responses(self, responses: Mapping[str, Any], where: str) -> Iterator[tuple[int, ResponseCheck]]:
        for status, each in responses.items():
            if not str(status).isdigit():
                raise SpecError(f"{where}/responses/{status}: only exact statuses are supported")
            response = self._resolved(each, where)
            if id(response) not in self._answers:
                self._answers[id(response)] = {
                    media_type: self._check(content, f"{where}/responses/{status}/{media_type}")
                    for media_type, content in response.get("content", {}).items()
                }
            yield int(status), ResponseCheck(self._answers[id(response)])

    def _check(self, content: Mapping[str, Any], where: str) -> SchemaCheck:
        return SchemaCheck(self._schemas.json_schema(content.get("schema", {}), where))

    def _resolved(self, value: Mapping[str, Any], where: str) -> Mapping[str, Any]:
        return self._schemas.resolve(value["$ref"], where) if "$ref" in value else value
