"""Where the rules of Kubernetes Auth are known from."""

from mockserver.rules import Source


def decision_list(row: int) -> Source:
    """A row of the update's decision list, as the newest server has it (generation N)."""
    return Source("service", f"update, decision list row {row}", "2026-08-28")


def decided(what: str) -> Source:
    """A decision of this mock, where contract and service part or the service is not known."""
    return Source("assumption", what, "2026-11-23")
