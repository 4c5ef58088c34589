"""The report of `infisical-mock document diff`: differences with their meaning for a caller, and our rules."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from mockserver.cli.rule_fields import SCHEMA_RULES, UNKNOWN_KEYS, RuleFields
from mockserver.contract.compiled import Contracts
from mockserver.contract.differences.change import Change, Difference
from mockserver.contract.differences.operations import differences, operations_of
from mockserver.contract.differences.source import Source
from mockserver.rules.generation import NEWEST, Generation
from mockserver.settings import bundled

_SHOWN, _SHOWN_RULES = 60, 6
_WORDS = {
    "operation-added": "the operation is new",
    "operation-removed": "the operation is gone",
    "field-added": "is new",
    "field-removed": "is gone",
    "field-required": "is required now",
    "field-optional": "is optional now",
    "parameter-added": "is new",
    "parameter-removed": "is gone",
    "parameter-required": "is required now",
    "parameter-optional": "is optional now",
    "body-required": "is required now",
    "body-optional": "is optional now",
    "status-added": "is new",
    "status-removed": "is gone",
}


class Comparison(NamedTuple):
    """The differences from the document `against`, the number of operations compared, and the rules."""

    against: str
    operations: int
    differences: tuple[Difference, ...]
    rules: RuleFields | None


def compared(against: Generation | Source, other: Source) -> Comparison:
    """Return what `other` says differently. Raises SpecError for a document that cannot be followed."""
    contracts = Contracts(bundled("openapi.yaml"))
    newest = Source.of_value(NEWEST.value, contracts.of(NEWEST).document.value)
    if isinstance(against, Generation):
        against = Source.of_value(against.value, contracts.of(against).document.value)
    ours = operations_of(newest)
    found = tuple(differences(against, other, ours))
    return Comparison(against.name, len(ours), found, RuleFields() if found else None)


def as_json(comparison: Comparison) -> str:
    """Return the report as JSON."""
    rows = [_row(each, comparison.rules) for each in comparison.differences]
    return json.dumps({"against": comparison.against, "differences": rows}, indent=2, ensure_ascii=False, default=str)


def _row(each: Difference, rules: RuleFields | None) -> dict[str, Any]:
    return {
        "operation": each.operation,
        "kind": each.change.kind,
        "pointer": each.change.place,
        "before": each.change.before,
        "after": each.change.after,
        "breaking": each.change.breaking,
        "rules": _rules(each, rules),
    }


def _rules(each: Difference, rules: RuleFields | None) -> list[str]:
    """Return the ids of our rules that look at what differs."""
    if rules is None:
        return []
    change, operation = each.change, each.operation
    if change.kind.startswith("operation-"):
        return rules.all_of(operation)
    if change.kind.startswith("status-"):
        return rules.answering(operation, change.part)
    found = rules.looking_at(operation, change.fields)
    if change.part.isdecimal():
        return found
    judging = (UNKNOWN_KEYS,) if change.kind == "unknown-fields" else SCHEMA_RULES
    known = set(rules.all_of(operation))
    return [*(rule for rule in judging if rule in known), *(rule for rule in found if rule not in judging)]


def as_text(comparison: Comparison) -> str:
    """Return the report as text: each operation, and below it its differences."""
    return "\n".join(_lines(comparison))


def _lines(comparison: Comparison) -> Iterator[str]:
    operation = ""
    for each in comparison.differences:
        if each.operation != operation:
            operation = each.operation
            yield operation if each.line == operation else f"{operation}  {each.line}"
        change = each.change
        yield f"  {'breaking' if change.breaking else 'harmless'}  {_told(change)}"
        yield f"            at {change.place}"
        rules = _rules(each, comparison.rules)
        if rules:
            more = f", and {len(rules) - _SHOWN_RULES} more" if len(rules) > _SHOWN_RULES else ""
            yield f"            rules: {', '.join(rules[:_SHOWN_RULES])}{more}"
    total = len(comparison.differences)
    breaking = sum(each.change.breaking for each in comparison.differences)
    counted = f"{total} difference{'' if total == 1 else 's'}, {breaking} breaking" if total else "no differences"
    yield f"{counted}: {comparison.operations} operations compared with {comparison.against}"


def _told(change: Change) -> str:
    """Return what differs in words."""
    subject = _subject(change)
    if change.kind in _WORDS:
        return f"{subject} {_WORDS[change.kind]}".strip()
    nothing = "any" if change.kind == "type-changed" else "none"
    before, after = (nothing if each is None else _short(each) for each in (change.before, change.after))
    match change.kind:
        case "media-type-added":
            return f"{subject}: the media type {change.after} is new"
        case "media-type-removed":
            return f"{subject}: the media type {change.before} is gone"
        case "alternative-added":
            return f"{subject}: a further alternative: {after}"
        case "alternative-removed":
            return f"{subject}: an alternative is gone: {before}"
        case "security-changed":
            return "a token is needed now" if change.after else "no token is needed any more"
        case "unknown-fields":
            return f"{subject}: undefined properties: {_open(change.before)} → {_open(change.after)}"
        case "bound-changed":
            return f"{subject}: {change.place.rpartition('/')[2]}: {before} → {after}"
    return f"{subject}: {change.kind.removesuffix('-changed')}: {before} → {after}"


def _subject(change: Change) -> str:
    name = ".".join(change.fields).replace(".[]", "[]")
    if change.part.isdecimal():
        return f"response {change.part}{f' field {name}' if name else ''}"
    if change.part == "body":
        return f"request{f' field {name}' if name else ' body'}"
    return f"{change.part} parameter {name}" if change.part else ""


def _open(value: object) -> str:
    return "allowed" if value is True else "rejected" if value is False else f"as {_short(value)}"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
