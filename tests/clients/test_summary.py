"""What the end of a run says of real clients."""

from types import SimpleNamespace
from typing import Any

from tests.clients.summary import lines, reports_of


def report(client: str | None, when: str, outcome: str, reason: Any = None) -> Any:
    properties = [] if client is None else [("client", client)]
    longrepr = None if reason is None else ("test_it.py", 1, f"Skipped: {reason}")
    return SimpleNamespace(user_properties=properties, when=when, skipped=outcome == "skipped", longrepr=longrepr)


def test_it_counts_what_ran_and_says_why_the_rest_did_not():
    stats = {
        "passed": [report("a 1", "call", "passed"), report("a 1", "call", "passed"), report(None, "call", "passed")],
        "failed": [report("b 2", "call", "failed")],
        "skipped": [report("c 3", "setup", "skipped", "go not found"), report(None, "setup", "skipped", "other")],
        "error": [report("d 4", "setup", "failed")],
        "deselected": [SimpleNamespace()],
    }
    assert lines(reports_of(stats)) == [
        "2 of 4 real clients ran:",
        "  a 1 (2 tests)",
        "  b 2 (1 test)",
        "  not run: c 3: go not found",
        "  not run: d 4: its installation failed, see the errors",
    ]


def test_it_says_when_none_ran():
    assert lines([report("c 3", "setup", "skipped", "go not found")]) == [
        "0 of 1 real clients ran.",
        "  not run: c 3: go not found",
    ]


def test_it_says_nothing_of_runs_without_clients():
    assert lines([report(None, "call", "passed")]) == []
