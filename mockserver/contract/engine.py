"""The seam between the mock and whatever holds requests and answers to the document: what is asked, what is answered.

There are two engines, and they answer alike: `compiled_engine`, and `openapi_core_engine`, which is a second opinion.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from multidict import MultiMapping

from mockserver.contract.checks import Parameter, coerced
from mockserver.contract.violation import Violation


class Undefined:
    """No body at all: what the service's language calls undefined."""


UNDEFINED = Undefined()
NOTHING: Mapping[str, Any] = MappingProxyType({})


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


class Checks(Protocol):
    """What an engine answers about one operation. Violations come in the order of `violation.Order`."""

    def request(
        self, path: Mapping[str, str], request: Request, body: object
    ) -> tuple[Mapping[str, Any], list[Violation]]:
        """The parameters that were sent, and all that is wrong with them and with the body, in that order.

        A parameter of which every text is a value is left out. `body` is a JSON value, or UNDEFINED.
        """

    def accepts_json(self, status: int, body: object) -> bool:
        """Whether an answer with that status and JSON body keeps to the contract."""

    def response_violations(self, status: int, media_type: str, body: object) -> list[Violation]:
        """What is wrong with an answer: its status, its media type, its body."""


def sent(parameter: Parameter, path: Mapping[str, str], request: Request) -> Sequence[str]:
    """The texts that a request sends for a parameter: none, one, or one for each time."""
    name = parameter.name
    match parameter.place:
        case "path":
            return (path[name],) if name in path else ()
        case "query":
            texts = request.query.getall(name, ())
            return [coerced(each) for each in texts] if parameter.coerced else texts
        case "header":
            return request.headers.getall(name, ())
    return (request.cookies[name],) if name in request.cookies else ()


def no_body() -> Violation:
    """What is wrong where a body is required and none came."""
    return Violation((), "type", {"types": ["object"]})


def no_status(operation: str, status: int) -> Violation:
    """What is wrong with an answer of a status that the document does not have."""
    return Violation((), "status", note=f"the contract has no {status} for {operation}")


def no_content(offered: Mapping[str, Any], media_type: str) -> Violation:
    """What is wrong with an answer of another media type than the document offers."""
    note = f"the contract offers {', '.join(offered) or 'no body'}, not {media_type}"
    return Violation((), "content", note=note)
