"""Holds a request to the contract: what breaks it, and what of that the profile lets through."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from multidict import MultiMapping

from mockserver.api.body import UNDEFINED
from mockserver.contract.checks import Violation
from mockserver.contract.compiled import ContractOperation


class Request(Protocol):
    """What is read of a request beside its line and its body: a real one has it, and one from the journal."""

    @property
    def headers(self) -> MultiMapping[str]:
        """Names in any case."""

    @property
    def query(self) -> MultiMapping[str]:
        """The query, decoded."""

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies."""


def read_parameters(
    contract: ContractOperation, path: Mapping[str, str], request: Request
) -> tuple[Mapping[str, Any], list[Violation]]:
    """The parameters that were sent, as values of their types, and what is wrong with each."""
    if not contract.parameters:
        return _NONE, []
    values: dict[str, Any] = {}
    found: list[Violation] = []
    for parameter in contract.parameters:
        texts = _sent(parameter.place, parameter.name, path, request)
        if not texts:
            found += parameter.missing()
            continue
        values[parameter.name] = value = parameter.read(texts)
        found += parameter.violations(value)
    return values, found


_NONE: Mapping[str, Any] = MappingProxyType({})


def body_violations(contract: ContractOperation, body: Any) -> list[Violation]:
    """What is wrong with the body. One that is required and not there has the type `undefined`."""
    if contract.body is None:
        return []
    if body is UNDEFINED:
        return [Violation((), "type", {"types": ["object"]})] if contract.body_required else []
    return [] if contract.body.accepts(body) else contract.body.violations(body)


def let_through(violations: list[Violation], contract: ContractOperation, media_type: str) -> list[Violation]:
    """What an accepted request broke nevertheless."""
    if not media_type or media_type in contract.request_media_types:
        return violations
    found = list(violations)
    if contract.request_media_types:
        note = f"the contract takes {', '.join(contract.request_media_types)}, not {media_type}"
        found.append(Violation((), "content", note=note))
    return found


def _sent(place: str, name: str, path: Mapping[str, str], request: Request) -> list[str]:
    match place:
        case "path":
            return [path[name]] if name in path else []
        case "query":
            return request.query.getall(name, [])
        case "header":
            return request.headers.getall(name, [])
    return [request.cookies[name]] if name in request.cookies else []
