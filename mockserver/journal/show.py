"""Entries as JSON, secrets masked: a line of the listing, and the whole exchange."""

from typing import Any

import orjson

from mockserver import masking
from mockserver.clock import iso
from mockserver.journal.entry import Entry


def line(entry: Entry) -> dict[str, Any]:
    """The entry in brief."""
    return {
        "id": entry.id,
        "at": iso(entry.at),
        "world": entry.world,
        "operation": entry.operation,
        "method": entry.method,
        "path": masking.text(entry.target),
        "status": entry.status,
        "rule": entry.rule,
        "breaches": entry.breaches,
        "milliseconds": round(entry.seconds * 1000, 3),
    }


def whole(entry: Entry) -> dict[str, Any]:
    """The entry with both messages, the reason, the steps of the decision, and the breaches of the contract."""
    steps = [] if entry.decision is None else list(entry.decision.steps)
    return {
        **line(entry),
        "reason": masking.text(entry.reason),
        "request": {
            "headers": masking.headers(orjson.loads(entry.headers)),
            "body": masking.body(entry.body) if entry.body else None,
            "bodySize": entry.body_size,
        },
        "response": {
            "status": entry.status,
            "contentType": entry.response_type,
            "body": masking.body(entry.response_body) if entry.response_body else None,
        },
        "steps": [{"rule": step.rule.id, "verdict": step.verdict} for step in steps],
        "requestBreaches": [breach.as_json() for breach in entry.request_breaches],
        "responseBreaches": [breach.as_json() for breach in entry.response_breaches],
    }


def log_line(entry: Entry) -> dict[str, Any]:
    """The entry as one log event; the query is left out."""
    return {
        "method": entry.method,
        "path": masking.text(entry.target.partition("?")[0]),
        "status": entry.status,
        "ms": round(entry.seconds * 1000, 2),
        "world": entry.world,
        "rule": entry.rule,
        "id": entry.id,
    }
