"""How an issue of a 422 looks in each generation: the format of Zod 3, and that of Zod 4 from 2026-10 on."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from mockserver.rules.edition import Edition, by_edition
from mockserver.rules.issues import FixedIssue, Issue

_GUID = "/^([0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})$/"
_FORMATS = {"uuid": "guid", "date-time": "datetime"}


def _zod3(issue: Issue) -> dict[str, Any]:
    return issue.as_json()


def _zod4(issue: Issue) -> dict[str, Any]:
    extra = dict(issue.extra)
    code = issue.code
    match code:
        case "invalid_type" if "options" in extra:
            code, extra = "invalid_value", {"values": extra["options"]}
        case "invalid_type" if extra["received"] == "float":
            extra = {"expected": "int", "format": "safeint"}
        case "invalid_type" if extra["received"] == "nan":
            extra = {"expected": "number", "received": "NaN"}
        case "invalid_type":
            extra = {"expected": extra["expected"]}
        case "invalid_enum_value":
            code, extra = "invalid_value", {"values": extra["options"]}
        case "too_small" | "too_big" if "received" in extra:
            code, extra = "invalid_type", {"expected": "number", "received": extra["received"]}
        case "too_small" | "too_big":
            extra = {"origin": extra.pop("type"), **extra}
            extra.pop("exact", None)
        case "invalid_string":
            code, extra = "invalid_format", _format(str(extra["validation"]))
        case "invalid_union":
            branches: Any = extra["branches"]
            extra = {"errors": [[_zod4(each) for each in branch] for branch in branches]}
    return {"code": code, **extra, "path": list(issue.path), "message": issue.message}


def _format(name: str) -> dict[str, Any]:
    found: dict[str, Any] = {"origin": "string", "format": _FORMATS.get(name, name)}
    return {**found, "pattern": _GUID} if name == "uuid" else found


Shape = Callable[[Issue], dict[str, Any]]
SHAPES: Mapping[Edition, Shape] = by_edition({"2026-05": _zod3, "2026-10": _zod4})
"""The shape of one issue, by edition."""


def shaped(issues: Iterable[Issue], edition: Edition) -> list[dict[str, object]]:
    """Return the issues as the JSON objects of the edition, in the given order."""
    shape = SHAPES[edition]
    return [_kept(each, shape) if each.__class__ is FixedIssue else shape(each) for each in issues]


def _kept(issue: FixedIssue, shape: Shape) -> dict[str, object]:
    found = issue.shapes.get(shape)
    if found is None:
        found = issue.shapes[shape] = shape(issue)
    return found
