"""The contract: operations with the checks of their requests and responses.

Those of a document of the user are made at the start, which they stop if they do not hold. Those of the package's own
document hold, as its tests show, so each is made for its first request.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.contract.checks import Parameter, SchemaCheck
from mockserver.contract.compiled_engine import CompiledChecks
from mockserver.contract.document import Document, digest, overlays_until, parsed, proved, text_at
from mockserver.contract.operation import JSON, ContractOperation, Described, Engine
from mockserver.contract.schemas import SchemaReader
from mockserver.errors import SettingsError, SpecError
from mockserver.rules.generation import GENERATIONS, Generation
from mockserver.settings import ENGINES, EngineName

_METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class OperationPlace(NamedTuple):
    """Where an operation stands in the document."""

    path: str
    method: str
    item: Mapping[str, Any]


class Operations(Mapping[str, ContractOperation]):
    """The operations of a document by `operationId`, each made when it is first asked for."""

    def __init__(
        self, places: Mapping[str, OperationPlace], make: Callable[[OperationPlace], ContractOperation]
    ) -> None:
        self._places = places
        self._make = make
        self._made: dict[str, ContractOperation] = {}

    def __getitem__(self, name: str) -> ContractOperation:
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._make(self._places[name])
        return made

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def place(self, name: str) -> OperationPlace:
        """Return where the operation stands, which makes nothing."""
        return self._places[name]


class Contract(NamedTuple):
    """A document, its operations by `operationId`, and the name of the engine that checks them."""

    document: Document
    operations: Operations
    engine: EngineName


def contract_at(path: Path, engine: EngineName = "compiled") -> Contract:
    """Return the contract of the document at `path`. Raises SpecError if it cannot be read, or does not hold."""
    return Contracts(path, engine).of(GENERATIONS[0])


class Contracts:
    """The contract of each generation: the document at a path and its overlays, compiled when it is first needed.

    The overlays change the document of the package only; any other document is the same in every generation. Raises
    SpecError if the document cannot be read. A text is compiled once in a process, because the tests of a suite
    start hundreds of mocks.
    """

    def __init__(self, path: Path, engine: EngineName = "compiled") -> None:
        self._name, self._text, self._engine = str(path), text_at(path), engine
        self._is_bundled = digest(self._text) in proved()

    def of(self, generation: Generation) -> Contract:
        """Return the contract of that generation. Raises SpecError for what cannot be held to it."""
        overlays = overlays_until(generation) if self._is_bundled else []
        latest = max((each for each in GENERATIONS if overlays and overlays[-1][0].startswith(each)), default=None)
        return _contract(self._name, self._text, self._engine, latest)


@lru_cache(maxsize=8)
def _contract(name: str, text: str, engine: EngineName, overlaid_until: Generation | None) -> Contract:
    document = _document(name, text)
    whole = document
    if overlaid_until is not None:
        from mockserver.contract.overlay import overlaid  # the default generation has no overlays

        whole = overlaid(document, overlaid_until)
    is_ours = document.digest in proved()
    return compile_contract(whole, engine, is_ours=is_ours, at_once=not is_ours)


@lru_cache(maxsize=4)
def _document(name: str, text: str) -> Document:
    return parsed(name, text)


def compile_contract(
    document: Document, engine: EngineName = "compiled", *, is_ours: bool = True, at_once: bool = True
) -> Contract:
    """Return the contract. With `at_once` its checks are ready; SpecError for what they cannot hold a caller to.

    `is_ours`: the document is one of the package.
    """
    binds = _engine(document, engine)
    reader = _Reader(document)
    places: dict[str, OperationPlace] = {}
    for path, item in document.value.get("paths", {}).items():
        for method in _METHODS:
            if method in item:
                name = reader.name(path, method, item)
                if name in places:
                    raise SpecError(f"{document.name}: operationId {name} stands twice")
                places[name] = OperationPlace(path, method, item)

    def make(place: OperationPlace) -> ContractOperation:
        return ContractOperation.bound(reader.operation(place), binds, is_ours=is_ours)

    operations = Operations(places, make)
    if at_once:
        list(operations.values())
    return Contract(document, operations, engine)


def _engine(document: Document, name: EngineName) -> Engine:
    match name:
        case "compiled":
            return CompiledChecks
        case "openapi-core":  # it takes half of a start to import
            from mockserver.contract.openapi_core_engine import OpenapiCore

            return OpenapiCore(document).checks
    raise SettingsError(f"there is no engine '{name}': choose one of {', '.join(ENGINES)}")


class _Reader:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._parts = SchemaReader(document.value)
        self._requests = SchemaReader(document.value, optional="readOnly")
        self._answers = SchemaReader(document.value, optional="writeOnly")
        self._responses_read: dict[int, dict[str, SchemaCheck]] = {}
        """The checks of each response by the object that describes it: most operations refer to the same errors."""

    def name(self, path: str, method: str, item: Mapping[str, Any]) -> str:
        """Return the `operationId`. Raises SpecError if there is none."""
        name: str = item[method].get("operationId")
        if not name:
            raise SpecError(f"{self._where(path, method)}: no operationId")
        return name

    def _where(self, path: str, method: str) -> str:
        return f"{self._document.name}: paths/{path}/{method}"

    def operation(self, place: OperationPlace) -> Described:
        """One operation, as the document describes it."""
        path, method, item = place
        operation, where = item[method], self._where(path, method)
        body = self._resolved(operation.get("requestBody", {}), where)
        content = _exact(body.get("content", {}), f"{where}/requestBody")
        security = operation.get("security", self._document.value.get("security", []))
        return Described(
            id=operation["operationId"],
            method=method.upper(),
            path=path,
            parameters=tuple(self._parameters((item, operation), where)),
            body=_check(self._requests, content[JSON], f"{where}/requestBody") if JSON in content else None,
            body_required=body.get("required", False),
            request_media_types=tuple(content),
            responses=dict(self._responses(operation["responses"], where)),
            needs_token=bool(security) and {} not in security,
        )

    def _parameters(self, owners: Iterable[Mapping[str, Any]], where: str) -> Iterator[Parameter]:
        """Those of the path, then those of the operation, which replace them."""
        parameters: dict[tuple[str, str], Mapping[str, Any]] = {}
        for each in (each for owner in owners for each in owner.get("parameters", ())):
            parameter = self._resolved(each, where)
            parameters[parameter["in"], parameter["name"]] = parameter
        for (place, name), parameter in parameters.items():
            stands = f"{where}/parameters/{name}"
            if "schema" not in parameter or parameter.get("style", "simple") not in ("simple", "form"):
                raise SpecError(f"{stands}: only parameters with a schema and a simple style are supported")
            schema = self._requests.json_schema(parameter["schema"], stands)
            if schema.get("type") in ("array", "object"):
                raise SpecError(f"{stands}: parameters of type {schema['type']} are not supported")
            if place == "path" and set(schema) == {"type"} and schema["type"] == "string":
                continue  # every text is one, and the route has matched
            required, coerced = parameter.get("required", False), parameter.get("x-coerced", False)
            yield Parameter(place, name, required, SchemaCheck(schema), coerced)

    def _responses(self, responses: Mapping[str, Any], where: str) -> Iterator[tuple[int, Mapping[str, SchemaCheck]]]:
        for status, each in responses.items():
            if not str(status).isdigit():
                raise SpecError(f"{where}/responses/{status}: only exact statuses are supported")
            response = self._resolved(each, where)
            if id(response) not in self._responses_read:
                content = _exact(response.get("content", {}), f"{where}/responses/{status}")
                self._responses_read[id(response)] = {
                    media_type: _check(self._answers, each, f"{where}/responses/{status}/{media_type}")
                    for media_type, each in content.items()
                }
            yield int(status), self._responses_read[id(response)]

    def _resolved(self, value: Mapping[str, Any], where: str) -> Mapping[str, Any]:
        return self._parts.resolve(value["$ref"], where) if "$ref" in value else value


def _exact(content: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    for media_type in content:
        if "*" in media_type:
            raise SpecError(f"{where}/{media_type}: only exact media types are supported")
    return content


def _check(schemas: SchemaReader, content: Mapping[str, Any], where: str) -> SchemaCheck:
    return SchemaCheck(schemas.json_schema(content.get("schema", {}), where))
