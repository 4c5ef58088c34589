"""Where the rules of Kubernetes Auth are known from."""

from mockserver.rules.rule import Source


def decision_list(row: int) -> Source:
    """A row of the update's decision list, as the newest server has it (generation N)."""
    return Source("service", f"update, decision list row {row}", "2026-08-28")


def attach(row: int) -> Source:
    """A row of the attach operation's ordered checks (generation N)."""
    return Source("service", f"attach, row {row}", "2026-08-28")


def attach_schema(rule: int) -> Source:
    """A cross-field rule of the attach operation's schema (generation N)."""
    return Source("service", f"attach, cross-field rule {rule}", "2026-08-28")


def login(row: str) -> Source:
    """A row of the login operation's ordered checks (generation N)."""
    return Source("service", f"login with Kubernetes Auth, row {row}", "2026-08-28")
