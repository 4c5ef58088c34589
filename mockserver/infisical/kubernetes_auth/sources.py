"""Sources of the Kubernetes Auth rules. Where a function does not say otherwise: the server of 2026-08."""

from mockserver.rules.rule import Source


def decision_list(row: int) -> Source:
    """Return the source of a row of the update's decision list."""
    return Source("service", f"update, decision list row {row}", "2026-08-20")


def attach(row: int) -> Source:
    """Return the source of a row of the attach operation's ordered checks."""
    return Source("service", f"attach, row {row}", "2026-08-20")


def attach_schema(rule: int) -> Source:
    """Return the source of a cross-field rule of the attach operation's schema."""
    return Source("service", f"attach, cross-field rule {rule}", "2026-08-20")


def login(row: str) -> Source:
    """Return the source of a row of the login operation's ordered checks."""
    return Source("service", f"login with Kubernetes Auth, row {row}", "2026-08-20")


def since_september(place: str) -> Source:
    """Return the source of a fact about the server of 2026-09, with auth templates and retired gateways."""
    return Source("service", f"auth templates, {place}", "2026-09-16")
