"""Records which request fields and which state a rule reads while it is checked.

Subclasses that are created on the fly record each access, so checks need no changes and records stay named tuples.
Requests are recorded only when they are replayed: see `explain.replay`.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, NamedTuple

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.identity_templates.template import IdentityTemplate
from mockserver.infisical.kubernetes_auth.request import ResultingRecord
from mockserver.infisical.trusted_ips import TrustedIp
from mockserver.journal.explain import ReadFact, ReadField, RuleInputs
from mockserver.rules.absent import ABSENT
from mockserver.rules.rule import Finding, Rule

_RECORDS = {"stored": "", "identity": "", "sent": "", "written": "", "page": "", "found": "found.", "token": "token."}
"""The fields of requests that hold records, with the prefix for the names of the records' fields."""
_FACTS = frozenset(("facts", "clusters"))
_NOT_RECORDED = frozenset(
    (
        "behaviour",
        "issues",
        "unrecognized",
        "wrong_types",
        "method",
        "secrets",
        "scope_of",
        "record",
        "texts",
        "after",
        *_RECORDS,
    )
)
"""Fields of requests that are not recorded themselves; records and facts record their own fields."""


class Sides(NamedTuple):
    """The stored record, the sent values and the resulting record; None for a side that does not exist."""

    stored: Any = None
    sent: Any = None
    resulting: Any = None


class _Recorder:
    """The fields and facts that one check has read, each once, in order."""

    def __init__(self) -> None:
        self.fields: dict[tuple[str, str], Any] = {}
        self.facts: list[ReadFact] = []

    def field(self, prefix: str, name: str, owner: Any) -> None:
        self.fields.setdefault((prefix, name), owner)

    def fact(self, question: str, of: Mapping[str, Any], answer: Any) -> None:
        row = ReadFact(wire_name(question), {wire_name(name): plain(each) for name, each in of.items()}, plain(answer))
        if row not in self.facts:
            self.facts.append(row)


def read_inputs(rule: Rule[Any], request: Any, sides: Sides) -> tuple[Finding | None, RuleInputs]:
    """Check the rule and return its finding and the fields and facts that it read."""
    recorder = _Recorder()
    finding = rule.check(_recording_request(request, recorder))
    rows = []
    for (prefix, name), owner in recorder.fields.items():
        values = {"stored": getattr(owner, name)} if prefix else _values(sides, name)
        rows.append(ReadField(f"{prefix}{wire_name(name)}", {side: plain(value) for side, value in values.items()}))
    return finding, RuleInputs(tuple(rows), tuple(recorder.facts))


def _values(sides: Sides, name: str) -> dict[str, Any]:
    pairs = ((side, getattr(record, name, ABSENT)) for side, record in sides._asdict().items() if record is not None)
    return {side: value for side, value in pairs if value is not ABSENT}


def _recording_request(request: Any, recorder: _Recorder) -> Any:
    changes: dict[str, Any] = {}
    for name in _names(request):
        value = getattr(request, name)
        if name in _FACTS:
            changes[name] = _Facts(value, recorder)
        elif name == "after":
            changes[name] = _recording(
                value, lambda name, owner: recorder.fact(f"resulting_{name}", {}, getattr(owner, name))
            )
        elif name in _RECORDS and value is not None:
            prefix = _RECORDS[name]
            changes[name] = _recording(value, partial(recorder.field, prefix))
        elif name == "record" and isinstance(value, ResultingRecord):
            judged = value._replace(after=_recording(value.after, partial(recorder.field, "")))
            changes["record"] = _recording(judged, lambda name, owner: _record_plain(name, owner, recorder, {"after"}))
    is_tuple = isinstance(request, tuple)
    made: Any = request._replace(**changes) if is_tuple else dataclasses.replace(request, **changes)
    return _recording(made, lambda name, owner: _record_plain(name, owner, recorder, _FACTS | _NOT_RECORDED))


def _names(value: Any) -> tuple[str, ...]:
    """Return the names of the fields of a dataclass or named tuple."""
    if dataclasses.is_dataclass(value):
        return tuple(each.name for each in dataclasses.fields(value))
    return tuple(value._fields)


def _record_plain(name: str, owner: Any, recorder: _Recorder, ignored: "frozenset[str] | set[str]") -> None:
    value = None if name in ignored else getattr(owner, name)
    if name not in ignored and not (name == "template" and value is None):
        recorder.fact(name, {}, value)


class _Facts:
    """Facts of the world that record each fact that is read."""

    def __init__(self, facts: Any, recorder: _Recorder) -> None:
        self._facts = facts
        self._recorder = recorder

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._facts, name)
        if not callable(value):
            if name == "managing_project" and value is None:
                return value  # most identities have none
            self._recorder.fact(name, {}, value)
            return value

        def ask(*arguments: Any) -> Any:
            answer = value(*arguments)
            names = inspect.signature(value).parameters
            self._recorder.fact(name, dict(zip(names, arguments, strict=False)), answer)
            return answer

        return ask


_Listener = Callable[[str, Any], None]


def _recording(value: Any, listener: _Listener) -> Any:
    """Return a copy of the value that reports each field that is read, with the original value."""
    kind: Any = type(value)
    made: Any
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        made = tuple.__new__(_recording_type(kind, kind._fields), value)
    elif dataclasses.is_dataclass(value):
        names = _names(value)
        made = object.__new__(_recording_type(kind, names))
        made.__dict__.update({name: kept for name, kept in getattr(value, "__dict__", {}).items() if name not in names})
        for name in names:
            made.__dict__[f"_{name}"] = getattr(value, name)
    else:
        return value
    made.__dict__["_listener"] = lambda name: listener(name, value)
    return made


@cache
def _recording_type(kind: type, names: tuple[str, ...]) -> type:
    """Return a subclass of a named tuple or dataclass whose fields report each access."""
    return type(kind.__name__, (kind,), {name: _recording_property(kind, name) for name in names})


def _recording_property(kind: type, name: str) -> property:
    original = getattr(kind, name, None) if issubclass(kind, tuple) else None

    def read(self: Any) -> Any:
        if "_listener" in self.__dict__:
            self.__dict__["_listener"](name)
        return self.__dict__[f"_{name}"] if original is None else original.__get__(self, kind)

    def write(self: Any, value: Any) -> None:  # by dataclasses.replace, on a copy that does not report
        self.__dict__[f"_{name}"] = value

    return property(read, write)


def wire_name(name: str) -> str:
    """Return the name of a field in request bodies: `accessTokenTTL` for `access_token_ttl`."""
    first, *more = name.strip("_").split("_")
    return first + "".join("TTL" if each == "ttl" else each.capitalize() for each in more)


def plain(value: Any) -> Any:
    """Return the value as JSON; the name of its type if it has no JSON form."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case TrustedIp():
            return value.text()
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case Identity() | IdentityTemplate():
            return value.id
        case tuple() if hasattr(value, "_asdict"):
            return {wire_name(name): plain(each) for name, each in value._asdict().items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in (value if isinstance(value, list | tuple) else sorted(map(str, value)))]
    if isinstance(getattr(value, "slug", None), str):  # a role
        return value.slug
    if dataclasses.is_dataclass(value):
        return {wire_name(each.name): plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    return type(value).__name__
