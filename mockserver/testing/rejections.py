"""Judges a response by its `Mock-*` headers and the ledger of rules, whatever tool sent the request."""

from collections.abc import Iterable, Mapping
from typing import Any

ACCEPTED = "accepted"
"""The rule that a successful response names."""
REQUIRED_HEADERS = ("mock-request-id", "mock-world", "mock-rule")
"""The headers of every response, in lower case."""
RULES_OF_THE_PATH = frozenset(
    ("identity.unknown", "identity.uuid", "get.not-attached", "client-secret.unknown", "token-auth.token.unknown")
)
"""The rules whose 404 is about an id in the path."""

Ledger = Mapping[str, Mapping[str, Any]]


def ledger(rows: Iterable[Mapping[str, Any]]) -> Ledger:
    """Return the rows of `GET /_mock/rules` by their ids."""
    return {row["id"]: row for row in rows}


def complaint(status: int, headers: Iterable[str], rule: str | None, *, valid: bool, rules: Ledger) -> str | None:
    """Return what is wrong with a response; None if nothing is. `valid`: the document accepts the request."""
    missing = sorted(set(REQUIRED_HEADERS) - {name.lower() for name in headers})
    if missing:
        return f"the response lacks {', '.join(missing)}"
    if status < 400:
        return None if rule == ACCEPTED else f"a {status} names the rule {rule}, which rejects"
    if rule == ACCEPTED:
        return f"a {status} says that no rule rejected the request"
    row = rules.get(rule or "")
    if row is None:
        return f"the rule {rule} is not in the ledger"
    if status not in {answer["status"] for answer in row["answers"].values()}:
        return f"the ledger does not let {rule} answer {status}"
    if row["stage"] == "mock" and status >= 500:
        return f"{rule} is a bug of the mock"
    if valid and not row["refusesValid"]:
        return f"{rule} rejected a request that the document accepts, and its ledger entry says that it never does"
    return None


def is_of_the_path(rule: str) -> bool:
    """Whether a 404 of that rule is about what the path names, and not about what the body names."""
    return rule in RULES_OF_THE_PATH
