"""The entries of a 422's `message`: one builder per code, in the shapes that clients of the vendor parse (Zod 3).

`rank` orders them as the service does: fields in the order of the schema, then the object's own issue, then the
rules that compare fields.
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
    """One violation. `path` holds keys and indexes; `extra` the keys that the code adds beside `message` and `path`."""

    rank: int
    code: str
    path: Path
    message: str
    extra: Mapping[str, object] = MappingProxyType({})

    def as_json(self) -> dict[str, object]:
        """The object as it stands in the answer."""
        return {"code": self.code, **self.extra, "path": list(self.path), "message": self.message}


def as_json(issues: Iterable[Issue]) -> list[dict[str, object]]:
    """The list of a 422, in the service's order."""
    return [issue.as_json() for issue in sorted(issues, key=itemgetter(0))]


def invalid_type(rank: int, path: Path, expected: str, received: str) -> Issue:
    """A value of another JSON type; `received` is `undefined` for a missing one, `float` for a non-integer."""
    message = f"Expected {expected}, received {received}" if received != "undefined" else f"Required: {expected}"
    return Issue(rank, "invalid_type", path, message, {"expected": expected, "received": received})


def invalid_enum_value(rank: int, path: Path, options: Sequence[str], received: str) -> Issue:
    """A string that is none of the options."""
    listed = ", ".join(f"'{option}'" for option in options)
    message = f"Expected one of {listed}"
    return Issue(rank, "invalid_enum_value", path, message, {"received": received, "options": list(options)})


def too_small(rank: int, path: Path, kind: str, minimum: int) -> Issue:
    """A `kind` (`string`, `array` or `number`) shorter or lower than `minimum`."""
    extra = {"minimum": minimum, "type": kind, "inclusive": True, "exact": False}
    unit = {"string": " character(s)", "array": " element(s)"}.get(kind, "")
    return Issue(rank, "too_small", path, f"The {kind} must be at least {minimum}{unit}", extra)


def too_big(rank: int, path: Path, kind: str, maximum: int) -> Issue:
    """A `kind` (`string`, `array` or `number`) longer or higher than `maximum`."""
    extra = {"maximum": maximum, "type": kind, "inclusive": True, "exact": False}
    unit = {"string": " character(s)", "array": " element(s)"}.get(kind, "")
    return Issue(rank, "too_big", path, f"The {kind} must be at most {maximum}{unit}", extra)


def invalid_string(rank: int, path: Path, validation: str) -> Issue:
    """A string that does not have the form that `validation` names, such as `uuid`."""
    return Issue(rank, "invalid_string", path, f"Not a valid {validation}", {"validation": validation})


def invalid_union(rank: int, path: Path, alternatives: Sequence[Sequence[Mapping[str, object]]]) -> Issue:
    """A value that is none of several things; `alternatives` are the issues of each, as they would be answered."""
    errors = [{"issues": list(each), "name": "ZodError"} for each in alternatives]
    return Issue(rank, "invalid_union", path, "The value is none of the alternatives", {"unionErrors": errors})


def unrecognized_keys(path: Path, keys: Sequence[str]) -> Issue:
    """The properties of one object that the contract does not name."""
    names = ", ".join(f"'{key}'" for key in keys)
    message = (
        f"The contract does not name {names} here. The running service drops what it does not know"
        " (this mock does too, in profile live)"
    )
    return Issue(OBJECT_RANK, "unrecognized_keys", path, message, {"keys": list(keys)})


def custom(rank: int, path: Path, message: str) -> Issue:
    """A condition that no schema keyword expresses."""
    return Issue(rank, "custom", path, message)
