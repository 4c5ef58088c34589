"""What the fuzz run holds every answer to, beyond schemathesis's own checks. It knows nothing of schemathesis."""

from collections.abc import Iterable, Mapping
from typing import Any

ACCEPTED = "accepted"
OF_EVERY_ANSWER = ("mock-request-id", "mock-world", "mock-rule")

Ledger = Mapping[str, Mapping[str, Any]]


def ledger(rows: Iterable[Mapping[str, Any]]) -> Ledger:
    """The rows of `GET /_mock/rules` by their ids."""
    return {row["id"]: row for row in rows}


def complaint(status: int, headers: Iterable[str], rule: str | None, *, valid: bool, rules: Ledger) -> str | None:
    """What is wrong with an answer; None if nothing is. `valid` says whether the contract accepts the request."""
    missing = sorted(set(OF_EVERY_ANSWER) - {name.lower() for name in headers})
    if missing:
        return f"the answer lacks {', '.join(missing)}"
    if status < 400:
        return None if rule == ACCEPTED else f"a {status} names the rule {rule}, which refuses"
    if rule == ACCEPTED:
        return f"a {status} says that no rule refused"
    row = rules.get(rule or "")
    if row is None:
        return f"the rule {rule} is not in the ledger"
    if status not in {answer["status"] for answer in row["answers"].values()}:
        return f"the ledger does not let {rule} answer {status}"
    if row["stage"] == "mock" and status >= 500:
        return f"{rule} is a bug of the mock"
    if valid and not row["refusesValid"]:
        return f"{rule} refused a request that the contract accepts, and its ledger entry says that it never does"
    return None


OF_THE_PATH = frozenset(
    ("identity.unknown", "identity.uuid", "get.not-attached", "client-secret.unknown", "token-auth.token.unknown")
)


def is_of_the_path(rule: str) -> bool:
    """Whether a 404 of that rule is about what the path names, and not about what the body does."""
    return rule in OF_THE_PATH
