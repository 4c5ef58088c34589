"""Holds a request to the contract: what breaks it, and what of that the profile lets through."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from mockserver.api.body import UNDEFINED
from mockserver.contract.checks import Violation
from mockserver.contract.compiled import ContractOperation


def request_violations(
    contract: ContractOperation, path: Mapping[str, str], request: web.BaseRequest, body: Any
) -> list[Violation]:
    """Every violation in parameters and body. A body that is required and not there has the type `undefined`."""
    found: list[Violation] = []
    for parameter in contract.parameters:
        found += parameter.violations(_sent(parameter.place, parameter.name, path, request))
    if contract.body is None:
        return found
    if body is UNDEFINED:
        return [*found, Violation((), "type", {"types": ["object"]})] if contract.body_required else found
    return found if contract.body.accepts(body) else [*found, *contract.body.violations(body)]


def let_through(violations: list[Violation], contract: ContractOperation, media_type: str) -> list[Violation]:
    """What an accepted request broke nevertheless."""
    if not media_type or media_type in contract.request_media_types:
        return violations
    found = list(violations)
    if contract.request_media_types:
        note = f"the contract takes {', '.join(contract.request_media_types)}, not {media_type}"
        found.append(Violation((), "content", note=note))
    return found


def _sent(place: str, name: str, path: Mapping[str, str], request: web.BaseRequest) -> str | None:
    match place:
        case "path":
            return path.get(name)
        case "query":
            return request.query.get(name)
        case "header":
            return request.headers.get(name)
    return request.cookies.get(name)
