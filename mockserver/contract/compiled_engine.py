"""The engine `compiled`: every schema of the document is compiled at the start; a check takes microseconds."""

from collections.abc import Mapping
from typing import Any

from mockserver.contract.engine import NOTHING, UNDEFINED, Request, no_body, no_content, no_status, sent
from mockserver.contract.operation import JSON, Described
from mockserver.contract.violation import Violation


class CompiledChecks:
    """The compiled checks of one operation."""

    def __init__(self, operation: Described) -> None:
        self._operation = operation
        self._parameters = tuple((each, each.check.accepts) for each in operation.parameters)
        self._body = None if operation.body is None else (operation.body, operation.body.accepts)
        self._responses = {
            status: {media_type: check.accepts for media_type, check in bodies.items()}
            for status, bodies in operation.responses.items()
        }
        self._json = {status: bodies[JSON] for status, bodies in self._responses.items() if JSON in bodies}

    def request(
        self, path: Mapping[str, str], request: Request, body: object
    ) -> tuple[Mapping[str, Any], list[Violation]]:
        """The parameters that were sent, and what is wrong with them and with the body."""
        values, found = self._of_parameters(path, request) if self._parameters else (NOTHING, [])
        if self._body is None:
            return values, found
        if body is UNDEFINED:
            if self._operation.body_required:
                found.append(no_body())
            return values, found
        check, accepts = self._body
        if not accepts(body):
            found += check.violations(body)
        return values, found

    def accepts_json(self, status: int, body: object) -> bool:
        """Whether an answer with that status and JSON body keeps to the contract: the fast question."""
        accepts = self._json.get(status)
        return accepts is not None and accepts(body)

    def response_violations(self, status: int, media_type: str, body: object) -> list[Violation]:
        """What is wrong with an answer: its status, its media type, its body."""
        bodies = self._operation.responses.get(status)
        if bodies is None:
            return [no_status(self._operation.id, status)]
        if media_type not in bodies:
            return [no_content(bodies, media_type)]
        return [] if self._responses[status][media_type](body) else bodies[media_type].violations(body)

    def _of_parameters(self, path: Mapping[str, str], request: Request) -> tuple[dict[str, Any], list[Violation]]:
        values: dict[str, Any] = {}
        found: list[Violation] = []
        for parameter, accepts in self._parameters:
            texts = sent(parameter, path, request)
            if not texts:
                found += parameter.missing()
                continue
            values[parameter.name] = value = parameter.read(texts)
            if not accepts(value):
                found += parameter.of_value(parameter.check.violations(value), value)
        return values, found
