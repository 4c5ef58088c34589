"""Matchers of journal entries, built from a JSON object that describes the wanted request."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from mockserver import masking
from mockserver.journal import critic
from mockserver.journal.entry import Entry
from mockserver.journal.globs import matches
from mockserver.rules.absent import ABSENT

PROPERTIES = ("world", "operation", "method", "path", "identity", "body", "status", "rule", "warning")
"""The properties of a matcher, in the order in which differences are reported."""


class Condition(NamedTuple):
    """One condition on an entry, in words; `differs` returns how an entry fails it, empty if it holds.

    `near` tells whether an entry that fails comes close.
    """

    says: str
    differs: Callable[[Entry], str]
    near: Callable[[Entry], bool] = lambda _: False


class Matcher(NamedTuple):
    """A conjunction of conditions."""

    conditions: tuple[Condition, ...]

    @property
    def says(self) -> str:
        """The conditions in words."""
        return ", ".join(each.says for each in self.conditions) or "anything"

    def accepts(self, entry: Entry) -> bool:
        """Whether the entry fulfils every condition."""
        return not any(each.differs(entry) for each in self.conditions)

    def difference(self, entry: Entry) -> tuple[float, str]:
        """Return how many conditions hold (a near miss counts a half), and the first difference in words."""
        found = [(each.differs(entry), each.near) for each in self.conditions]
        score = sum(1 if not told else near(entry) / 2 for told, near in found)
        return score, next(told for told, _ in found if told)


Named = Callable[[str, str], frozenset[str]]
"""Returns the ids of the identities of a world (its id) that have a name."""


def matcher(wanted: Mapping[str, Any], named: Named = lambda _world, _name: frozenset()) -> Matcher:
    """Return the matcher that a validated JSON object describes; other properties are ignored.

    `named` resolves the name of an identity in a world.
    """
    conditions: list[Condition] = []
    for name in PROPERTIES:
        if name not in wanted:
            continue
        if name == "body":
            conditions += [_field(place, _operator(each)) for place, each in wanted["body"].items()]
        elif name == "identity":
            conditions.append(_identity(wanted["identity"], named))
        else:
            conditions.append(_CONDITIONS[name](wanted[name]))
    return Matcher(tuple(conditions))


def _plain(name: str, value_of: Callable[[Entry], Any]) -> Callable[[Any], Condition]:
    def make(wanted: Any) -> Condition:
        def differs(entry: Entry) -> str:
            value = value_of(entry)
            return "" if value == wanted else f"its {name} is {value or 'none'}, not {wanted}"

        return Condition(f"{name} {wanted}", differs)

    return make


def _path(wanted: str) -> Condition:
    def differs(entry: Entry) -> str:
        whole = entry.target.partition("?")[0]
        below = path_of(entry)
        if matches(wanted, below) or matches(wanted, whole):
            return ""
        return f"its path is {masking.text(below)}, not {wanted}"

    return Condition(f"path {wanted}", differs)


def path_of(entry: Entry) -> str:
    """Return the vendor's path, without the `/w/{world}` prefix and the query."""
    path = entry.target.partition("?")[0]
    return f"/{path[3:].partition('/')[2]}" if path.startswith("/w/") else path


def _method(wanted: str) -> Condition:
    method = wanted.upper()

    def differs(entry: Entry) -> str:
        return "" if entry.method.upper() == method else f"its method is {entry.method}, not {method}"

    return Condition(f"method {method}", differs)


def _identity(wanted: str, named: Named) -> Condition:
    ids_in: dict[str, frozenset[str]] = {}

    def differs(entry: Entry) -> str:
        if entry.world not in ids_in:
            ids_in[entry.world] = frozenset((wanted.strip().lower(), *map(str.lower, named(entry.world, wanted))))
        if not ids_in[entry.world].isdisjoint(identities_of(entry)):
            return ""
        return f"it is not about identity {wanted}"

    return Condition(f"identity {wanted}", differs)


def identities_of(entry: Entry) -> set[str]:
    """Return what may be the id of the entry's identity, in lower case: path segments, and `identityId` of the body."""
    body = body_of(entry)
    sent = body.get("identityId") if isinstance(body, dict) else None
    return {*path_of(entry).lower().split("/"), sent.strip().lower() if isinstance(sent, str) else ""} - {""}


def _warning(code: str) -> Condition:
    def differs(entry: Entry) -> str:
        codes = [each["code"] for each in critic.warnings(entry)]
        return "" if code in codes else f"its warnings are {', '.join(codes) or 'none'}, not {code}"

    return Condition(f"warning {code}", differs)


_CONDITIONS: Mapping[str, Callable[[Any], Condition]] = {
    "world": _plain("world", lambda entry: entry.world),
    "operation": _plain("operation", lambda entry: entry.operation),
    "method": _method,
    "path": _path,
    "status": _plain("status", lambda entry: entry.status),
    "rule": _plain("rule", lambda entry: entry.rule),
    "warning": _warning,
}


def _operator(wanted: Any) -> Mapping[str, Any]:
    """Return the condition on a body field as an object with one operator: any other value asks for equality."""
    return wanted if isinstance(wanted, Mapping) else {"equals": wanted}


def _field(place: str, wanted: Mapping[str, Any]) -> Condition:
    """Return a condition on a body field: `equals`, `absent`, `present` or `null`."""
    steps = steps_to(place)
    name = steps[-1] if steps else ""
    ((kind, value),) = wanted.items()
    says = {
        "equals": f"{_shown(value, name)}",
        "absent": "absent" if value else "present",
        "present": "present" if value else "absent",
        "null": "null" if value else "not null",
    }[kind]

    def differs(entry: Entry) -> str:
        if not entry.is_whole:
            return f"its body of {entry.body_size} bytes was not kept whole"
        body = body_of(entry)
        found = _at(body, steps)
        if _holds(kind, value, found):
            return ""
        if body is ABSENT:
            return "its body is not JSON" if entry.body else "it has no body"
        told = "absent" if found is ABSENT else _shown(found, name)
        return f"its body has {place or 'the whole'} {told}, not {says}"

    def near(entry: Entry) -> bool:
        return _at(body_of(entry), steps) is not ABSENT

    return Condition(f"body {place or '(whole)'} {says}", differs, near)


def _holds(kind: str, wanted: Any, found: Any) -> bool:
    match kind:
        case "equals":
            return found is not ABSENT and same(found, wanted)
        case "absent":
            return (found is ABSENT) is wanted
        case "present":
            return (found is not ABSENT) is wanted
    return found is not ABSENT and (found is None) is wanted


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1, and 3600.0 is 3600."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def _shown(value: Any, name: str) -> str:
    text = orjson.dumps(masking.json_value(value, name)).decode()
    return text if len(text) <= 200 else f"{text[:200]}…"


def steps_to(place: str) -> list[str]:
    """Return the steps of a JSON Pointer or of a dotted name."""
    if not place:
        return []
    if place.startswith("/"):
        return [step.replace("~1", "/").replace("~0", "~") for step in place[1:].split("/")]
    return place.split(".")


def _at(value: Any, steps: list[str]) -> Any:
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 8 and int(step) < len(value):
            value = value[int(step)]
        else:
            return ABSENT
    return value


def body_of(entry: Entry) -> Any:
    """Return the request's body as a JSON value; ABSENT if it is not JSON."""
    return _parsed(entry.body)


@lru_cache(maxsize=8)
def _parsed(content: bytes) -> Any:
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return ABSENT
