"""Converts violations of the contract to the issues that the service lists in a 422."""

from collections.abc import Iterable, Mapping
from math import isinf
from operator import itemgetter
from typing import Any, NamedTuple

from mockserver.contract.engine import UNDEFINED
from mockserver.contract.messages import options
from mockserver.contract.object_check import FixedViolation
from mockserver.contract.violation import Violation
from mockserver.infisical.javascript import is_number, json_number
from mockserver.rules import issues
from mockserver.rules.issues import OBJECT_RANK, PARAMETER_RANK, FixedIssue, Issue

_BOUNDS = {
    "minLength": ("too_small", "string"),
    "minItems": ("too_small", "array"),
    "minimum": ("too_small", "number"),
    "maxLength": ("too_big", "string"),
    "maxItems": ("too_big", "array"),
    "maximum": ("too_big", "number"),
}


class Issues(NamedTuple):
    """`refused` are the issues that contract and service both reject, `unrecognized` properties that the service drops.

    `wrong_types` says whether a value has a wrong type or is not in its enum; rules that compare fields then pass.
    """

    refused: tuple[Issue, ...] = ()
    unrecognized: tuple[Issue, ...] = ()
    wrong_types: bool = False


NONE = Issues()


def issues_of(violations: Iterable[Violation], body: Any, ranks: Mapping[str, int]) -> Issues:
    """Return the issues for the violations of a body. `ranks` orders its properties."""
    refused: list[Issue] = []
    unrecognized: list[Issue] = []
    wrong_types = False
    violations = list(violations)
    enums = {violation.path for violation in violations if violation.keyword == "enum"}
    for violation in violations:
        if violation.keyword == "type" and violation.path in enums:
            continue  # the service reports the enum only
        if violation.branches:
            union = _of_union(violation, body, ranks)
            refused += union.refused
            unrecognized += union.unrecognized
            wrong_types |= union.wrong_types
            continue
        if violation.__class__ is FixedViolation and violation.keyword != "enum":  # an enum's issue has the value
            value = body[violation.path[0]] if violation.path else body
            issue = violation.kept.get(value.__class__) or _kept_issue(violation, value, ranks)
        else:
            value = _at(body, violation.path) if violation.in_body else violation.value
            issue = _issue(violation, value, _rank(violation, ranks))
        if issue is None:
            continue
        if issue.code == "unrecognized_keys":
            unrecognized.append(issue)
            continue
        refused.append(issue)
        wrong_types |= issue.code == "invalid_enum_value" or (
            issue.code == "invalid_type" and issue.extra["received"] != "float"
        )
    return Issues(tuple(refused), tuple(unrecognized), wrong_types)


def _kept_issue(violation: FixedViolation, value: Any, ranks: Mapping[str, int]) -> Issue | None:
    """Return the issue of every value of that type, and keep it."""
    issue = _issue(violation, value, _rank(violation, ranks))
    if issue is not None:
        issue = violation.kept[value.__class__] = FixedIssue.of(issue)
    return issue


def _rank(violation: Violation, ranks: Mapping[str, int]) -> int:
    if not violation.in_body:
        return PARAMETER_RANK
    field = violation.path[0] if violation.path else violation.kind.get("property")
    return ranks.get(str(field), OBJECT_RANK)


def _of_union(violation: Violation, body: Any, ranks: Mapping[str, int]) -> Issues:
    """Return the issues for a value that matches no alternative of a union.

    If it violates only bounds and formats of an alternative, these issues; else one issue that contains those of all.
    """
    alternatives = [issues_of(branch, body, ranks) for branch in violation.branches]
    for meant in (*[each for each in alternatives if not each.refused], *alternatives):
        if not meant.wrong_types:
            return meant
    lists = [sorted(each.refused, key=itemgetter(0)) for each in alternatives]
    return Issues((issues.invalid_union(_rank(violation, ranks), violation.path, lists),), wrong_types=True)


def _issue(violation: Violation, value: Any, rank: int) -> Issue | None:
    path, kind = violation.path, violation.kind
    match violation.keyword:
        case "additionalProperties":
            issue = issues.unrecognized_keys(path, kind["unexpected"])
            return Issue(rank, issue.code, issue.path, issue.message, issue.extra)
        case "required":
            schema, missing = kind["schema"], (*path, kind["property"])
            if "enum" in schema:
                allowed = [option for option in schema["enum"] if option is not None]
                return issues.wrong_option(rank, missing, allowed, "undefined")
            return issues.invalid_type(rank, missing, _meant(schema), "undefined")
        case "type":
            return _wrong_type(violation, value, rank)
        case "enum":
            allowed = [option for option in options(kind) if option is not None]
            if isinstance(value, str):
                return issues.invalid_enum_value(rank, path, allowed, value)
            if is_number(value):  # Zod 3 compares a number with the options, as it does a text
                return issues.invalid_enum_value(rank, path, allowed, json_number(value))
            return issues.wrong_option(rank, path, allowed, received(value))
        case "format":
            return issues.invalid_string(rank, path, kind["format"])
        case keyword if keyword in _BOUNDS:
            code, sort = _BOUNDS[keyword]
            build = issues.too_small if code == "too_small" else issues.too_big
            issue = build(rank, path, sort, kind["limit"])
            if "coerced" in kind and isinf(value):
                return issues.endless(issue, "Infinity" if value > 0 else "-Infinity")
            return issue
    return issues.custom(rank, path, violation.reason)


def _wrong_type(violation: Violation, value: Any, rank: int) -> Issue | None:
    if "coerced" in violation.kind:
        return issues.not_a_number(rank, violation.path)
    expected = next(sort for sort in violation.kind["types"] if sort != "null")
    if expected == "integer":
        if is_number(value):
            return issues.invalid_type(rank, violation.path, "integer", "float")
        expected = "number"
    # A request without a body: the service's framework hands null to the schema.
    return issues.invalid_type(rank, violation.path, expected, received(None if value is UNDEFINED else value))


def _meant(schema: Mapping[str, Any]) -> str:
    """Return the service's name for the type of a missing property."""
    sorts = schema.get("type", "string")
    sort = sorts if isinstance(sorts, str) else next(each for each in sorts if each != "null")
    return "number" if sort == "integer" else str(sort)


def received(value: Any) -> str:
    """Return the service's name for the type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
        case dict():
            return "object"
    return "undefined"


def _at(body: Any, path: tuple[str | int, ...]) -> Any:
    value = body
    for step in path:
        value = value[step]
    return value
