"""Issues: the entries of a 422's `message`, one builder per code. `issue_shapes` renders them by generation.

`rank` sorts them as the service does: fields in the order of the schema, then issues of the whole object, then issues
that compare fields.
"""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

Path = tuple[str | int, ...]
PARAMETER_RANK = -1
OBJECT_RANK = 1000
CROSS_FIELD_RANK = 2000


class Issue(NamedTuple):
    """One violation. `path` holds keys and indexes; `extra` holds the further members of the JSON object.

    The members named in `later` are for the format of Zod 4 alone.
    """

    rank: float
    code: str
    path: Path
    message: str
    extra: Mapping[str, object] = MappingProxyType({})
    later: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, object]:
        """Return the issue as a JSON object in the format of Zod 3."""
        extra = self.extra
        if self.later:
            extra = {name: value for name, value in extra.items() if name not in self.later}
        return {"code": self.code, **extra, "path": list(self.path), "message": self.message}


class FixedIssue(Issue):
    """An issue that many requests share. It keeps its JSON objects by the functions that make them; none is changed."""

    shapes: dict[object, dict[str, object]]

    @classmethod
    def of(cls, issue: Issue) -> "FixedIssue":
        """Return the issue as one that is kept."""
        made = cls(*issue)
        made.shapes = {}
        return made


def as_json(issues: Iterable[Issue]) -> list[dict[str, object]]:
    """Return the `message` of a 422: the issues as JSON objects in the service's order."""
    return [issue.as_json() for issue in sorted(issues, key=itemgetter(0))]


_BRANCHES, _OPTIONS = frozenset(("branches",)), frozenset(("options",))


def wrong_option(rank: float, path: Path, options: Sequence[str], received: str) -> Issue:
    """A value of the wrong JSON type where one of the options is expected; `received` names the type."""
    expected = " | ".join(f"'{option}'" for option in options)
    message = f"Expected {expected}, received {received}" if received != "undefined" else f"Required: {expected}"
    extra = {"expected": expected, "received": received, "options": list(options)}
    return Issue(rank, "invalid_type", path, message, extra, _OPTIONS)


def unsafe_integer(rank: float, path: Path, value: float) -> Issue:
    """An integer beyond 2^53 - 1 on either side, which Zod 4 refuses. It precedes the other issues of its field."""
    code, bound, limit = ("too_big", "maximum", SAFE) if value > 0 else ("too_small", "minimum", -SAFE)
    note = "Integers must be within the safe integer range."
    extra = {bound: limit, "note": note, "type": "int", "inclusive": True}
    return Issue(rank - 0.5, code, path, f"The integer must be within {-SAFE} and {SAFE}", extra)


SAFE = 2**53 - 1


def invalid_type(rank: float, path: Path, expected: str, received: str) -> Issue:
    """A value of the wrong JSON type; `received` is `undefined` for a missing value, `float` for a non-integer."""
    message = f"Expected {expected}, received {received}" if received != "undefined" else f"Required: {expected}"
    return Issue(rank, "invalid_type", path, message, {"expected": expected, "received": received})


def not_a_number(rank: float, path: Path) -> Issue:
    """A text that JavaScript's `Number` reads as NaN, or a parameter that is sent twice."""
    return Issue(rank, "invalid_type", path, "Expected number, received nan", {"expected": "number", "received": "nan"})


def endless(issue: Issue, received: str) -> Issue:
    """A bound that an infinite number is beyond. Zod 4 takes no infinite number for one, and says `received`."""
    return issue._replace(extra={**issue.extra, "received": received}, later=_RECEIVED)


_RECEIVED = frozenset(("received",))


def invalid_enum_value(rank: float, path: Path, options: Sequence[str], received: str | float) -> Issue:
    """A string or number that is not one of the options."""
    listed = ", ".join(f"'{option}'" for option in options)
    message = f"Expected one of {listed}"
    return Issue(rank, "invalid_enum_value", path, message, {"received": received, "options": list(options)})


def too_small(rank: float, path: Path, kind: str, minimum: int) -> Issue:
    """A `string` or `array` shorter, or a `number` lower, than `minimum`."""
    extra = {"minimum": minimum, "type": kind, "inclusive": True, "exact": False}
    unit = {"string": " character(s)", "array": " element(s)"}.get(kind, "")
    return Issue(rank, "too_small", path, f"The {kind} must be at least {minimum}{unit}", extra)


def too_big(rank: float, path: Path, kind: str, maximum: int) -> Issue:
    """A `string` or `array` longer, or a `number` higher, than `maximum`."""
    extra = {"maximum": maximum, "type": kind, "inclusive": True, "exact": False}
    unit = {"string": " character(s)", "array": " element(s)"}.get(kind, "")
    return Issue(rank, "too_big", path, f"The {kind} must be at most {maximum}{unit}", extra)


def invalid_string(rank: float, path: Path, validation: str) -> Issue:
    """A string that does not match the format `validation`, such as `uuid`."""
    return Issue(rank, "invalid_string", path, f"Not a valid {validation}", {"validation": validation})


def invalid_union(rank: float, path: Path, alternatives: Sequence[Sequence[Issue]]) -> Issue:
    """A value that matches no alternative of a union; `alternatives` lists the issues of each."""
    errors = [{"issues": as_json(each), "name": "ZodError"} for each in alternatives]
    extra = {"unionErrors": errors, "branches": alternatives}
    return Issue(rank, "invalid_union", path, "The value matches none of the alternatives", extra, _BRANCHES)


def unrecognized_keys(path: Path, keys: Sequence[str]) -> Issue:
    """The properties of one object that the contract does not define."""
    names = ", ".join(f"'{key}'" for key in keys)
    message = (
        f"The contract does not define {names} here. The running service drops unknown properties;"
        " so does this mock in profile live"
    )
    return Issue(OBJECT_RANK, "unrecognized_keys", path, message, {"keys": list(keys)})


def custom(rank: float, path: Path, message: str) -> Issue:
    """A condition that no schema keyword expresses."""
    return Issue(rank, "custom", path, message)
