"""Fits an answer to a document that does not define every property of it, as the service's own serializer does."""

from collections.abc import Iterable
from typing import Any

from mockserver.contract.operation import ContractOperation
from mockserver.contract.violation import Violation


def without_undeclared(body: Any, violations: Iterable[Violation]) -> Any:
    """Return a copy of the body without the properties that the document does not define, by its violations."""
    for each in violations:
        if each.keyword == "additionalProperties":
            body = _without(body, each.path, each.kind["unexpected"])
    return body


def _without(value: Any, path: tuple[str | int, ...], names: Iterable[str]) -> Any:
    if not path:
        return {name: each for name, each in value.items() if name not in names}
    first, *rest = path
    if isinstance(value, list):
        return [_without(each, tuple(rest), names) if at == first else each for at, each in enumerate(value)]
    return {**value, first: _without(value[first], tuple(rest), names)}


def fitted(body: Any, status: int, contract: ContractOperation) -> Any:
    """Return the body as the document defines it; the same body if the document is the package's own."""
    if contract.is_ours:
        return body
    return without_undeclared(body, contract.checks.response_violations(status, "application/json", body))
