"""Runs the check of a rule on an attempt that takes notes: which fields it looks at, and what it asks of the world.

The notes are taken by subclasses that are made on the way: a stored record stays the tuple that it is, and the checks
need not know. Nobody does this while a request is answered; see `api.replay`.
"""

import dataclasses
import inspect
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, NamedTuple

from mockserver.infisical.identities.identity import Identity
from mockserver.infisical.kubernetes_auth.request import ResultingRecord
from mockserver.infisical.trusted_ips import TrustedIp
from mockserver.journal.explain import Asked, Look, Looked
from mockserver.rules.absent import ABSENT
from mockserver.rules.rule import Finding, Rule

_RECORDS = {"stored": "", "identity": "", "sent": "", "page": "", "found": "found.", "token": "token."}
"""The fields of attempts in which records stand, with what is put before the names of their fields."""
_FACTS = frozenset(("facts", "clusters"))
_SILENT = frozenset(
    ("behaviour", "issues", "unrecognized", "wrong_types", "method", "secrets", "scope_of", "record", *_RECORDS)
)
"""Fields of attempts that say nothing by themselves: those before have notes of their own."""


class Sides(NamedTuple):
    """What an attempt is about: the record before, what is sent, the record after; None where there is none."""

    stored: Any = None
    sent: Any = None
    resulting: Any = None


class _Notes:
    """What one check has looked at, each thing once, in order."""

    def __init__(self) -> None:
        self.fields: dict[tuple[str, str], Any] = {}
        self.asked: list[Asked] = []

    def field(self, prefix: str, name: str, owner: Any) -> None:
        self.fields.setdefault((prefix, name), owner)

    def fact(self, question: str, of: Mapping[str, Any], answer: Any) -> None:
        row = Asked(wire_name(question), {wire_name(name): plain(each) for name, each in of.items()}, plain(answer))
        if row not in self.asked:
            self.asked.append(row)


def look(rule: Rule[Any], attempt: Any, sides: Sides) -> tuple[Finding | None, Look]:
    """What the rule finds, and what it looks at to find it."""
    notes = _Notes()
    finding = rule.check(_watched_attempt(attempt, notes))
    rows = []
    for (prefix, name), owner in notes.fields.items():
        values = {"stored": getattr(owner, name)} if prefix else _values(sides, name)
        rows.append(Looked(f"{prefix}{wire_name(name)}", {side: plain(value) for side, value in values.items()}))
    return finding, Look(tuple(rows), tuple(notes.asked))


def _values(sides: Sides, name: str) -> dict[str, Any]:
    pairs = ((side, getattr(record, name, ABSENT)) for side, record in sides._asdict().items() if record is not None)
    return {side: value for side, value in pairs if value is not ABSENT}


def _watched_attempt(attempt: Any, notes: _Notes) -> Any:
    changes: dict[str, Any] = {}
    for name in _names(attempt):
        value = getattr(attempt, name)
        if name in _FACTS:
            changes[name] = _Facts(value, notes)
        elif name in _RECORDS and value is not None:
            prefix = _RECORDS[name]
            changes[name] = _watched(value, partial(notes.field, prefix))
        elif name == "record" and isinstance(value, ResultingRecord):
            judged = dataclasses.replace(value, after=_watched(value.after, partial(notes.field, "")))
            changes["record"] = _watched(judged, lambda name, owner: _note_plain(name, owner, notes, {"after"}))
    is_tuple = isinstance(attempt, tuple)
    made: Any = attempt._replace(**changes) if is_tuple else dataclasses.replace(attempt, **changes)
    return _watched(made, lambda name, owner: _note_plain(name, owner, notes, _FACTS | _SILENT))


def _names(value: Any) -> tuple[str, ...]:
    """The fields of a dataclass, or of a named tuple."""
    if dataclasses.is_dataclass(value):
        return tuple(each.name for each in dataclasses.fields(value))
    return tuple(value._fields)


def _note_plain(name: str, owner: Any, notes: _Notes, silent: "frozenset[str] | set[str]") -> None:
    if name not in silent:
        notes.fact(name, {}, getattr(owner, name))


class _Facts:
    """Facts of the world that take notes of what is asked."""

    def __init__(self, facts: Any, notes: _Notes) -> None:
        self._facts = facts
        self._notes = notes

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._facts, name)
        if not callable(value):
            self._notes.fact(name, {}, value)
            return value

        def ask(*arguments: Any) -> Any:
            answer = value(*arguments)
            names = inspect.signature(value).parameters
            self._notes.fact(name, dict(zip(names, arguments, strict=False)), answer)
            return answer

        return ask


_Note = Callable[[str, Any], None]


def _watched(value: Any, note: _Note) -> Any:
    """The same value, but each field that is read is noted with the value that it was read from."""
    kind: Any = type(value)
    made: Any
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        made = tuple.__new__(_watching(kind, kind._fields), value)
    elif dataclasses.is_dataclass(value):
        names = _names(value)
        made = object.__new__(_watching(kind, names))
        made.__dict__.update({name: kept for name, kept in getattr(value, "__dict__", {}).items() if name not in names})
        for name in names:
            made.__dict__[f"_{name}"] = getattr(value, name)
    else:
        return value
    made.__dict__["_note"] = lambda name: note(name, value)
    return made


@cache
def _watching(kind: type, names: tuple[str, ...]) -> type:
    """A subclass of a named tuple, or of a dataclass, whose fields take notes."""
    return type(kind.__name__, (kind,), {name: _noting(kind, name) for name in names})


def _noting(kind: type, name: str) -> property:
    original = getattr(kind, name, None) if issubclass(kind, tuple) else None

    def read(self: Any) -> Any:
        if "_note" in self.__dict__:
            self.__dict__["_note"](name)
        return self.__dict__[f"_{name}"] if original is None else original.__get__(self, kind)

    def write(self: Any, value: Any) -> None:  # a copy of the value with another field, which takes no notes
        self.__dict__[f"_{name}"] = value

    return property(read, write)


def wire_name(name: str) -> str:
    """The name of a field as it stands in a body: `access_token_ttl` is `accessTokenTTL` there."""
    first, *more = name.strip("_").split("_")
    return first + "".join("TTL" if each == "ttl" else each.capitalize() for each in more)


def plain(value: Any) -> Any:
    """The value as JSON could have it; what has no better form is told by its name."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case TrustedIp():
            return value.text()
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case Identity():
            return value.id  # enough to know it by
        case tuple() if hasattr(value, "_asdict"):
            return {wire_name(name): plain(each) for name, each in value._asdict().items()}
        case list() | tuple() | set() | frozenset():
            return [plain(each) for each in (value if isinstance(value, list | tuple) else sorted(map(str, value)))]
    if isinstance(getattr(value, "slug", None), str):  # of a role: the same
        return value.slug
    if dataclasses.is_dataclass(value):
        return {wire_name(each.name): plain(getattr(value, each.name)) for each in dataclasses.fields(value)}
    return type(value).__name__
