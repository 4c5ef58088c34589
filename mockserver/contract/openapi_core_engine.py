"""The engine `openapi-core`: that library checks every request and answer, finding paths and walking schemas itself.

It is asked through its public API, once for a request and once for an answer, and every error that it reports becomes
a violation in the words of the seam. What it reports differently, and what is made of it:

- Errors come in the order of its walk, one null twice, and unexpected properties in the order of a hash: they are put
  in the order of the seam, once each, and the properties named as they were sent.
- A required property that is missing is named in a message alone: the names are taken from the value and the schema.
- It takes 3600.0 for no integer, and `1_000` in a query for one: it is given values as the mock has read them.
- It stops at a parameter that is sent empty: its schema validator is asked about the empty text then.
- It looks into headers of answers and at security schemes: no engine is asked about them, the mock has its own rules.
- It refuses read-only properties in requests, which OpenAPI says should not be sent; the seam lets them pass.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from jsonschema_path import SchemaPath
from openapi_core import Config, OpenAPI
from openapi_core.casting.schemas.casters import PrimitiveCaster, TypesCaster
from openapi_core.casting.schemas.factories import SchemaCastersFactory
from openapi_core.datatypes import RequestParameters
from openapi_core.deserializing.styles.exceptions import EmptyQueryParameterValue
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseNotFound
from openapi_core.validation.request.exceptions import (
    MissingRequiredParameter,
    MissingRequiredRequestBody,
    ParameterValidationError,
    RequestBodyValidationError,
)
from openapi_core.validation.response.exceptions import HeaderValidationError
from openapi_core.validation.schemas import oas30_write_schema_validators_factory
from openapi_core.validation.schemas.exceptions import InvalidSchemaValue

from mockserver.contract import dialect, formats, openapi_core_adapter
from mockserver.contract.checks import Parameter, SchemaCheck
from mockserver.contract.document import Document
from mockserver.contract.engine import NOTHING, UNDEFINED, Request, no_body, no_content, no_status, sent
from mockserver.contract.operation import JSON, Described
from mockserver.contract.violation import Steps, Violation


class OpenapiCore:
    """openapi-core over one document. Raises SpecError for what it cannot check."""

    def __init__(self, document: Document) -> None:
        value = dialect.given(document)
        casters = dict.fromkeys(("string", "integer", "number", "boolean"), openapi_core_adapter.AsTheMockReads)
        config = Config(
            spec_validator_cls=None,  # the document has been proved
            extra_format_validators=formats.CHECKS,
            extra_media_type_deserializers=dict.fromkeys(
                dialect.media_types(value), openapi_core_adapter.Carried.unpacked
            ),
            schema_casters_factory=SchemaCastersFactory(
                oas30_write_schema_validators_factory, TypesCaster(casters, PrimitiveCaster)
            ),
            security_provider_factory=openapi_core_adapter.NoGuards(),
        )
        # From a SchemaPath, which the library's constructor takes: by default it resolves references for every value.
        self._core = OpenAPI(SchemaPath.from_dict(value, resolved_cache_maxsize=4096), config=config)

    def checks(self, operation: Described) -> "OpenapiCoreChecks":
        """What it answers about one operation."""
        return OpenapiCoreChecks(self._core, operation)


class OpenapiCoreChecks:
    """openapi-core's answers about one operation, as violations."""

    def __init__(self, core: OpenAPI, operation: Described) -> None:
        self._core = core
        self._operation = operation
        self._any_request = openapi_core_adapter.Request(operation, NOTHING, RequestParameters(), UNDEFINED)

    def request(
        self, path: Mapping[str, str], request: Request, body: object
    ) -> tuple[Mapping[str, Any], list[Violation]]:
        """The parameters that were sent, and what is wrong with them and with the body."""
        operation = self._operation
        texts = {each.key: sent(each, path, request) for each in operation.parameters}
        asked = openapi_core_adapter.Request(operation, path, _parameters(path, texts), body)
        of_parameters: dict[tuple[str, str], Exception] = {}
        of_body: list[Violation] = []
        for error in self._core.iter_request_errors(asked):
            match error:
                case ParameterValidationError():
                    of_parameters[error.location, error.name] = error
                case RequestBodyValidationError():
                    of_body += self._of_body(error)
                case _:
                    raise error  # of path or method, which only this program has said
        assert of_parameters.keys() <= texts.keys(), "the others take every text"
        found: list[Violation] = []
        for each in operation.parameters:
            if each.key in of_parameters:
                found += self._of_parameter(each, of_parameters[each.key], texts[each.key])
        values = {each.name: each.read(texts[each.key]) for each in operation.parameters if texts[each.key]}
        return values, found + of_body

    def accepts_json(self, status: int, body: object) -> bool:
        """Whether an answer with that status and JSON body keeps to the contract."""
        return not self.response_violations(status, JSON, body)

    def response_violations(self, status: int, media_type: str, body: object) -> list[Violation]:
        """What is wrong with an answer: its status, its media type, its body."""
        offered = self._operation.responses.get(status, {})
        for error in self._core.iter_response_errors(
            self._any_request, openapi_core_adapter.Response(status, media_type, body)
        ):
            match error, error.__cause__:
                case HeaderValidationError(), _:
                    continue
                case ResponseNotFound(), _:
                    return [no_status(self._operation.id, status)]
                case _, MediaTypeNotFound():
                    return [no_content(offered, media_type)]
                case _, InvalidSchemaValue(schema_errors=errors):
                    return violations(errors, offered[media_type])
                case _:
                    raise error
        # Where the document offers no content, the library looks at none.
        return [] if offered else [no_content(offered, media_type)]

    def _of_body(self, error: RequestBodyValidationError) -> list[Violation]:
        check, cause = self._operation.body, error.__cause__
        if check is None:
            return []
        if isinstance(error, MissingRequiredRequestBody):
            return [no_body()]
        if isinstance(cause, InvalidSchemaValue):
            return violations(cause.schema_errors, check)
        raise error

    def _of_parameter(self, parameter: Parameter, error: Exception, texts: Sequence[str]) -> list[Violation]:
        if isinstance(error, MissingRequiredParameter):
            return parameter.missing()
        cause = error.__cause__
        if isinstance(cause, EmptyQueryParameterValue):
            cause = self._of_empty(parameter)
            if cause is None:
                return []
        if not isinstance(cause, InvalidSchemaValue):
            raise error
        return parameter.of_value(violations(cause.schema_errors, parameter.check), parameter.read(texts))

    def _of_empty(self, parameter: Parameter) -> BaseException | None:
        """What the library finds in the text '', which it looks at only when it is asked for that alone."""
        spec, validator = self._core.spec, self._core.request_validator
        item = spec / "paths" / self._operation.path
        owners = [each for each in (item / self._operation.method.lower(), item) if "parameters" in each]
        schema = next(
            each / "schema"
            for owner in owners
            for each in owner / "parameters"
            if ((each / "in").read_str(), (each / "name").read_str()) == parameter.key
        )
        formats_ = validator.extra_format_validators
        asked = validator.schema_validators_factory.create(spec, schema, extra_format_validators=formats_)
        try:
            asked.validate("")
        except InvalidSchemaValue as error:
            found: BaseException = error
            return found
        return None


def _parameters(path: Mapping[str, str], texts: Mapping[tuple[str, str], Sequence[str]]) -> RequestParameters:
    """The parameters as the library has them: what is sent twice is a list, and so of a wrong type."""
    places: dict[str, dict[str, Any]] = {"path": dict(path), "query": {}, "header": {}, "cookie": {}}
    for (place, name), values in texts.items():
        if values:
            places[place][name] = values[0] if len(values) == 1 else list(values)
    return RequestParameters(**places)


def violations(errors: Iterable[Any], check: SchemaCheck) -> list[Violation]:
    """What the library's schema errors say, each once, in the order of the seam."""
    found: dict[tuple[Any, ...], Violation] = {}
    for error in errors:
        for each in _violations(error, check):
            found.setdefault((each.path, each.schema_path, each.kind.get("property")), each)
    return check.order.sorted(list(found.values()))


def _violations(error: Any, check: SchemaCheck) -> Iterator[Violation]:
    path: Steps = tuple(error.absolute_path)
    *steps, keyword = error.absolute_schema_path
    owner: Any = check.schema
    for step in steps:
        owner = owner[step]
    if keyword in ("readOnly", "writeOnly"):
        return
    if keyword == "format" and not isinstance(error.instance, str):  # of a size of integers
        keyword = "maximum" if error.instance > 0 else "minimum"
    elif (
        keyword in ("minimum", "maximum") and error.schema.get(exclusive := f"exclusive{keyword.capitalize()}") is True
    ):
        keyword = exclusive
    where: Steps = (*steps, keyword)
    if keyword == "required":
        for name in owner["required"]:
            if name not in error.instance:
                kind = {"property": name, "schema": owner.get("properties", {}).get(name, {})}
                yield Violation(path, keyword, kind, schema_path=where)
        return
    yield Violation(path, keyword, _kind(keyword, owner, error), branches=_branches(error, check), schema_path=where)


_EXCLUSIVE = {"minimum": "exclusiveMinimum", "maximum": "exclusiveMaximum"}


def _kind(keyword: str, owner: Mapping[str, Any], error: Any) -> dict[str, Any]:
    """The violation in the words of the compiled check; what is asked for is read in the document."""
    asked = owner[keyword]
    match keyword:
        case "type":
            return {"types": sorted([asked] if isinstance(asked, str) else asked, key=lambda each: each != "null")}
        case "enum":
            return {"options": asked}
        case "pattern" | "format":
            return {keyword: asked}
        case "additionalProperties":
            return {"unexpected": [name for name in error.instance if name not in owner.get("properties", {})]}
        case "anyOf" | "oneOf" | "allOf" | "not" | "uniqueItems" | "multipleOf" | "const":
            return {"expected_value": asked} if keyword == "const" else {}
    return {"limit": asked}


def _branches(error: Any, check: SchemaCheck) -> tuple[tuple[Violation, ...], ...]:
    """What stands against each alternative; nothing if the value is more than one of them."""
    branches = groupby(error.context or (), key=lambda each: each.schema_path[0])
    return tuple(tuple(violations(branch, check)) for _, branch in branches)
