"""The two contract rules at the start of every operation's rulebook."""

from typing import Any, Protocol

from mockserver.rules.issues import Issue
from mockserver.rules.rule import Answer, Finding, Rule, Source, answers

UNRECOGNIZED_KEYS = "contract.unrecognized-keys"
KEEPS_CONTRACT = "keeps to the contract"
"""The kind of request in which the contract check has found nothing."""
VALIDATION_FAILURE = Answer(422, "ValidationFailure")


class HeldToContract(Protocol):
    """A request with the violations that the contract check found in it."""

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Violations that the running service rejects too."""

    @property
    def unrecognized(self) -> tuple[Issue, ...]:
        """One issue per object with properties that the contract does not define; the running service drops them."""


def _found(request: HeldToContract) -> Finding | None:
    return Finding(issues=request.issues) if request.issues else None


def _unrecognized(request: HeldToContract) -> Finding | None:
    return Finding(issues=request.unrecognized) if request.unrecognized else None


CONTRACT_RULES: tuple[Rule[Any], ...] = (
    Rule(
        id="contract.body",
        summary=(
            "Rejected if the body or a parameter violates a type, bound or format of the contract."
            " The response lists all issues."
        ),
        source=Source("contract", "openapi.yaml, request body and parameters", "2026-04-30"),
        answers=answers(422, "ValidationFailure"),
        check=_found,
        refuses_valid=False,
        gathers=True,
        settled_by=KEEPS_CONTRACT,
    ),
    Rule(
        id=UNRECOGNIZED_KEYS,
        summary=(
            "Rejected if an object in the body has properties that the contract does not define."
            " The running service drops them."
        ),
        source=Source("contract", "openapi.yaml, additionalProperties: false", "2026-04-30"),
        answers=answers(contract=VALIDATION_FAILURE, live=None),
        check=_unrecognized,
        refuses_valid=False,
        gathers=True,
        settled_by=KEEPS_CONTRACT,
    ),
)
