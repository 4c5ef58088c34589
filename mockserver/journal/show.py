"""Journal entries as JSON, secrets masked: the short form of a listing, and the whole exchange."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from mockserver import masking
from mockserver.clock import iso
from mockserver.journal import critic
from mockserver.journal.entry import Entry
from mockserver.journal.rule_pages import rule_page
from mockserver.logs import Log
from mockserver.rules.rule import Rulebook, Step


def line(entry: Entry) -> dict[str, Any]:
    """Return the short form of an entry."""
    return {
        "id": entry.id,
        "at": iso(entry.at),
        "world": entry.world,
        "operation": entry.operation or None,
        "method": entry.method,
        "path": masking.text(entry.target),
        "status": entry.status,
        "rule": entry.rule,
        "fault": _fault(entry),
        "breaches": entry.breaches,
        "warnings": len(critic.warnings(entry)),
        "milliseconds": round(entry.seconds * 1000, 3),
        **({} if entry.mock_answer is None else {"differs": entry.mock_answer.differs}),
    }


def _fault(entry: Entry) -> dict[str, str] | None:
    """Return id and kind of the fault that fired; None if there was none."""
    name, _, kind = entry.fault.partition(" ")
    return {"id": name, "kind": kind} if name else None


def whole(entry: Entry, rulebooks: Mapping[str, Rulebook[Any]], docs_url: str = "") -> dict[str, Any]:
    """Return the entry with request, response, reason, rule verdicts and contract breaches.

    `rulebooks` maps each operation to its rules. `docs_url` is the URL of the documentation site.
    """
    steps: Iterable[Step] = ()
    if entry.judged and entry.edition is not None:
        steps = rulebooks[entry.operation].steps(entry.edition, entry.refused_by)
    return {
        **line(entry),
        "docs": rule_page(entry.rule, docs_url),
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
            **({"bodySize": entry.response_size} if entry.response_size else {}),
        },
        "steps": [{"rule": step.rule.id, "verdict": step.verdict} for step in steps],
        "requestBreaches": list(entry.request_breaches),
        "responseBreaches": list(entry.response_breaches),
        "warningList": critic.warnings(entry),
        "profile": entry.profile,
        "generation": entry.generation,
        "peer": entry.peer,
        "revision": entry.revision,
        **({} if entry.mock_answer is None else entry.mock_answer.as_json()),
    }


def log_exchange(log: Log, entry: Entry) -> None:
    """Log the exchange, and at level `debug` what it carried."""
    log.request(**log_line(entry))
    if log.shows_details:
        log.details(**log_details(entry))


def log_details(entry: Entry) -> dict[str, Any]:
    """Return the fields of a debug event: why, and what the request carried, secrets masked."""
    return {
        "id": entry.id,
        "reason": masking.text(entry.reason),
        "headers": masking.headers(orjson.loads(entry.headers)),
        "body": masking.body(entry.body) if entry.body else None,
        "bytes": entry.body_size,
        "breaches": entry.breaches,
    }


def log_line(entry: Entry) -> dict[str, Any]:
    """Return the fields of a log event for the entry; the query is left out."""
    return {
        "method": entry.method,
        "path": masking.text(entry.target.partition("?")[0]),
        "status": entry.status,
        "ms": round(entry.seconds * 1000, 2),
        "world": entry.world,
        "rule": entry.rule,
        "id": entry.id,
    }
