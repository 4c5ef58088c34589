"""The two rules that every operation's rulebook opens with: what the published contract says against the body."""

from typing import Any, Protocol

from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rule, Source, answers

VALIDATION_FAILURE = Answer(422, "ValidationFailure")


class HeldToContract(Protocol):
    """A request that carries what the contract check found."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Violations that the running service refuses too."""

    @property
    def unrecognized(self) -> tuple[Issue, ...]:
        """Properties that the contract does not name, and the running service drops."""


def _found(request: HeldToContract) -> Finding | None:
    return Finding(issues=request.issues) if request.issues else None


def _unrecognized(request: HeldToContract) -> Finding | None:
    return Finding(issues=request.unrecognized) if request.unrecognized else None


CONTRACT_RULES: tuple[Rule[Any], ...] = (
    Rule(
        id="contract.body",
        summary=(
            "The body, and each parameter, has the types, bounds and formats of the contract; all issues are listed."
        ),
        source=Source("contract", "openapi.yaml, request body and parameters", "2026-04-30"),
        answers=answers(422, "ValidationFailure"),
        check=_found,
        refuses_valid=False,
        gathers=True,
    ),
    Rule(
        id="contract.unrecognized-keys",
        summary="No object of the body has properties that the contract does not name; the running service drops them.",
        source=Source("contract", "openapi.yaml, additionalProperties: false", "2026-04-30"),
        answers=answers(contract=VALIDATION_FAILURE, live=None),
        check=_unrecognized,
        refuses_valid=False,
        gathers=True,
    ),
)
