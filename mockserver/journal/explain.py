"""Explanations of journal entries: each rule in order with its verdict, the values it read, and its source."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import orjson

from mockserver import masking
from mockserver.infisical.access_tokens.client_address import forwarded_in, strict_address
from mockserver.infisical.access_tokens.rules import PROTECTED
from mockserver.infisical.rate_limits.rules import RATE_LIMITS, CountedRequest
from mockserver.journal import critic
from mockserver.journal.entry import Entry
from mockserver.journal.rule_pages import rule_page
from mockserver.journal.show import line
from mockserver.rules.edition import Edition, edition
from mockserver.rules.profile import Profile
from mockserver.rules.rule import ACCEPTED, Rule, Rulebook
from mockserver.rules.sources import source_date


class ReadField(NamedTuple):
    """A field that a rule read, and its values by side (`stored`, `sent`, `resulting`); absent sides are left out."""

    field: str
    values: Mapping[str, Any]


class ReadFact(NamedTuple):
    """A fact about the world that a rule asked for, with its arguments and its value."""

    question: str
    of: Mapping[str, Any]
    answer: Any


class RuleInputs(NamedTuple):
    """The fields and facts that one rule read."""

    fields: tuple[ReadField, ...] = ()
    facts: tuple[ReadFact, ...] = ()


class Location(NamedTuple):
    """One issue of a 422: the rule, the pointer into the body, the reason, and the pointer into the contract."""

    rule: str
    pointer: str
    reason: str
    contract: str | None


class Replayed(NamedTuple):
    """What each rule read when the request was evaluated again; `problem` says why it was not evaluated again."""

    inputs: Mapping[str, RuleInputs] = {}
    locations: tuple[Location, ...] = ()
    problem: str = ""


class Rules(NamedTuple):
    """Every rule: by stage (`stages`, in order), by operation, and in the ledger.

    `public` names the operations that need no token.
    """

    stages: tuple[tuple[str, Rulebook[Any]], ...]
    operations: Mapping[str, Rulebook[Any]]
    ledger: Iterable[tuple[str, Rule[Any]]]
    public: frozenset[str] = frozenset()


class _Row(NamedTuple):
    stage: str
    rule: Rule[Any]
    verdict: str


_NO_INPUTS = RuleInputs()


def explanation(entry: Entry, rules: Rules, replayed: Replayed, docs_url: str = "") -> dict[str, Any]:
    """Return the whole explanation as JSON, secrets masked. `docs_url` is the URL of the documentation site."""
    judged_by = entry.edition or edition(Profile.CONTRACT)
    rows = list(_rows(entry, rules, judged_by))
    return {
        **line(entry),
        "profile": judged_by.profile.value,
        "generation": judged_by.generation.value,
        "revision": entry.revision,
        "reason": masking.text(entry.reason),
        "stage": _stage(entry, rows),
        "decidedBy": _decided_by(entry, rules, docs_url),
        "rules": [_shown_row(each, replayed.inputs.get(each.rule.id, _NO_INPUTS)) for each in rows],
        "issues": [_shown_location(each) for each in replayed.locations],
        "requestBreaches": list(entry.request_breaches),
        "responseBreaches": list(entry.response_breaches),
        "warningList": critic.warnings(entry),
        "notJudgedAgain": _why_not(entry, replayed),
        **({} if entry.mock_answer is None else entry.mock_answer.as_json()),
        **_client_address(entry),
        **({} if entry.counted is None else {"rateLimit": _rate_limit(entry.counted)}),
    }


def _client_address(entry: Entry) -> dict[str, Any]:
    """Return where the client address comes from, if trusted proxies decided it."""
    if not entry.proxies:
        return {}
    found = strict_address(forwarded_in(orjson.loads(entry.headers)), entry.peer, entry.proxies)
    shown = {"address": masking.text(found.address), "header": found.header, "reason": masking.text(found.reason)}
    return {"clientAddress": {**shown, "trustedProxies": list(entry.proxies)}}


def _rate_limit(counted: CountedRequest) -> dict[str, Any]:
    """Return how the rate limits counted the request."""
    return {
        "bucket": counted.bucket,
        "address": masking.text(counted.address),
        "limit": counted.limit,
        "number": counted.number,
        "remaining": counted.remaining,
        "secondsLeft": counted.seconds_left,
        "says": masking.text(counted.says),
    }


def _rows(entry: Entry, rules: Rules, edition: Edition) -> Iterator[_Row]:
    """Yield each rule with its verdict, from the decision that the entry records."""
    deciding = None if entry.judged else _deciding_stage(entry, rules)
    reached = entry.judged or deciding is not None
    for index, (name, book) in enumerate(rules.stages):
        if (book is PROTECTED and entry.operation in rules.public) or (book is RATE_LIMITS and entry.counted is None):
            continue
        refused = (entry.rule,) if index == deciding else ()
        for step in book.steps(edition, refused):
            yield _Row(name, step.rule, step.verdict if reached else "not reached")
        reached = reached and index != deciding
    book_of_operation = rules.operations.get(entry.operation)
    for step in () if book_of_operation is None else book_of_operation.steps(edition, entry.refused_by):
        yield _Row("operation", step.rule, step.verdict if entry.judged else "not reached")


def _deciding_stage(entry: Entry, rules: Rules) -> int | None:
    """Return the index of the stage whose rule rejected the request before its operation; None if there is none."""
    for index, (_, book) in enumerate(rules.stages):
        if any(each.id == entry.rule for each in book.rules):
            return index
    return None


def _stage(entry: Entry, rows: list[_Row]) -> str:
    if entry.judged:
        return "operation"
    return next((each.stage for each in rows if each.verdict == "refused"), "mock")


def _decided_by(entry: Entry, rules: Rules, docs_url: str) -> dict[str, Any] | None:
    """Return the deciding rule with its source and answer; None if the request was accepted or the rule is unknown."""
    rule = next((each for _, each in rules.ledger if each.id == entry.rule), None)
    if rule is None or entry.rule == ACCEPTED:
        return None
    return {
        "rule": rule.id,
        "says": rule.summary,
        "source": {"kind": rule.source.kind, "where": rule.source.where, "date": source_date(rule)},
        "answer": {"status": entry.status, "error": _error(entry)},
        "docs": rule_page(rule.id, docs_url),
    }


def _error(entry: Entry) -> str | None:
    """Return the `error` of the response body; None if there is no such text."""
    try:
        body = orjson.loads(entry.response_body)
    except orjson.JSONDecodeError:
        return None
    error = body.get("error") if isinstance(body, dict) else None
    return masking.text(error) if isinstance(error, str) else None


def _shown_row(row: _Row, inputs: RuleInputs) -> dict[str, Any]:
    return {
        "stage": row.stage,
        "rule": row.rule.id,
        "verdict": row.verdict,
        "says": row.rule.summary,
        "fields": [{"field": each.field, **_masked(each.values, each.field)} for each in inputs.fields],
        "facts": [
            {
                "question": each.question,
                "of": {name: masking.json_value(value, name) for name, value in each.of.items()},
                "answer": masking.json_value(each.answer, each.question),
            }
            for each in inputs.facts
        ],
    }


def _masked(values: Mapping[str, Any], field: str) -> dict[str, Any]:
    return {side: masking.json_value(value, field) for side, value in values.items()}


def _shown_location(location: Location) -> dict[str, Any]:
    return {
        "rule": location.rule,
        "pointer": masking.text(location.pointer),
        "reason": masking.text(location.reason),
        "contract": location.contract,
    }


def _why_not(entry: Entry, replayed: Replayed) -> str | None:
    """Return the reason why no values are shown; None if they are."""
    if not entry.judged:
        return "the request was answered before its operation, so the operation's rules read no values"
    return replayed.problem or None
