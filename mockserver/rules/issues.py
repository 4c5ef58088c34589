"""Issues: the entries of a 422's `message`, one builder per code, in the format of Zod 3 that clients parse.

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
    """One violation. `path` holds keys and indexes; `extra` holds the further members of the JSON object."""

    rank: int
    code: str
    path: Path
    message: str
    extra: Mapping[str, object] = MappingProxyType({})

    def as_json(self) -> dict[str, object]:
        """Return the issue as a JSON object of the response."""
        return {"code": self.code, **self.extra, "path": list(self.path), "message": self.message}


def as_json(issues: Iterable[Issue]) -> list[dict[str, object]]:
    """Return the `message` of a 422: the issues as JSON objects in the service's order."""
    return [issue.as_json() for issue in sorted(issues, key=itemgetter(0))]


def invalid_type(rank: int, path: Path, expected: str, received: str) -> Issue:
    """A value of the wrong JSON type; `received` is `undefined` for a missing value, `float` for a non-integer."""
    message = f"Expected {expected}, received {received}" if received != "undefined" else f"Required: {expected}"
    return Issue(rank, "invalid_type", path, message, {"expected": expected, "received": received})


def invalid_enum_value(rank: int, path: Path, options: Sequence[str], received: str | float) -> Issue:
    """A string or number that is not one of the options."""
    listed = ", ".join(f"'{option}'" for option in options)
    message = f"Expected one of {listed}"
    return Issue(rank, "invalid_enum_value", path, message, {"received": received, "options": list(options)})


def too_small(rank: int, path: Path, kind: str, minimum: int) -> Issue:
    """A `string` or `array` shorter, or a `number` lower, than `minimum`."""
    extra = {"minimum": minimum, "type": kind, "inclusive": True, "exact": False}
    unit = {"string": " character(s)", "array": " element(s)"}.get(kind, "")
    return Issue(rank, "too_small", path, f"The {kind} must be at least {minimum}{unit}", extra)


def too_big(rank: int, path: Path, kind: str, maximum: int) -> Issue:
    """A `string` or `array` longer, or a `number` higher, than `maximum`."""
    extra = {"maximum": maximum, "type": kind, "inclusive": True, "exact": False}
    unit = {"string": " character(s)", "array": " element(s)"}.get(kind, "")
    return Issue(rank, "too_big", path, f"The {kind} must be at most {maximum}{unit}", extra)


def invalid_string(rank: int, path: Path, validation: str) -> Issue:
    """A string that does not match the format `validation`, such as `uuid`."""
    return Issue(rank, "invalid_string", path, f"Not a valid {validation}", {"validation": validation})


def invalid_union(rank: int, path: Path, alternatives: Sequence[Sequence[Mapping[str, object]]]) -> Issue:
    """A value that matches no alternative of a union; `alternatives` lists the issues of each, as JSON objects."""
    errors = [{"issues": list(each), "name": "ZodError"} for each in alternatives]
    return Issue(rank, "invalid_union", path, "The value matches none of the alternatives", {"unionErrors": errors})


def unrecognized_keys(path: Path, keys: Sequence[str]) -> Issue:
    """The properties of one object that the contract does not define."""
    names = ", ".join(f"'{key}'" for key in keys)
    message = (
        f"The contract does not define {names} here. The running service drops unknown properties;"
        " so does this mock in profile live"
    )
    return Issue(OBJECT_RANK, "unrecognized_keys", path, message, {"keys": list(keys)})


def custom(rank: int, path: Path, message: str) -> Issue:
    """A condition that no schema keyword expresses."""
    return Issue(rank, "custom", path, message)
