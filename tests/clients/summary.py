"""What the end of a test run says of the real clients: how many ran, which did not, and why."""

from collections.abc import Iterable, Mapping
from typing import Any

PROPERTY = "client"
"""The property of a test's reports that names its client; reports carry it from worker to controller."""


def lines(reports: Iterable[Any]) -> list[str]:
    """The lines of the summary; none if no test of a client was among the reports."""
    ran: dict[str, int] = {}
    skipped: dict[str, str] = {}
    for report in reports:
        client = dict(getattr(report, "user_properties", ())).get(PROPERTY)
        if client is None:
            continue
        if report.when == "call":
            ran[client] = ran.get(client, 0) + 1
        elif report.skipped:
            skipped[client] = _reason(report)
        else:  # neither run nor skipped: its set-up failed
            skipped[client] = "its installation failed, see the errors"
    if not ran and not skipped:
        return []
    told = [f"{len(ran)} of {len(ran.keys() | skipped.keys())} real clients ran{':' if ran else '.'}"]
    told += [f"  {client} ({count} test{'s' * (count != 1)})" for client, count in sorted(ran.items())]
    return told + [f"  not run: {client}: {why}" for client, why in sorted(skipped.items()) if client not in ran]


def reports_of(stats: Mapping[str, list[Any]]) -> list[Any]:
    """The reports that can tell of a client, from what the terminal has collected."""
    kinds = ("passed", "failed", "skipped", "error", "xfailed", "xpassed")
    return [report for kind in kinds for report in stats.get(kind, ())]


def _reason(report: Any) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return str(reason).removeprefix("Skipped: ")
