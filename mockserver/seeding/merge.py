"""Merge fixture files into one set of entries: resolve references, check that ids are unique, collect errors."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from mockserver.errors import FixtureError
from mockserver.infisical.javascript import is_uuid
from mockserver.pauses import pause
from mockserver.seeding.form import Form
from mockserver.seeding.yaml_reader import Located

_FREED_AT_ONCE = 1000


@dataclass(slots=True)  # not frozen, as one is made for each of a hundred thousand entries
class Entry:
    """An entry of a section, with its source and path."""

    value: Mapping[str, Any]
    source: Located
    path: tuple[str | int, ...]

    def __getitem__(self, key: str) -> Any:
        return self.value[key]

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of `key`, or `default` if it is missing."""
        return self.value.get(key, default)

    def error(self, reason: str, *steps: str | int) -> FixtureError:
        """Return an error at `steps` below the entry."""
        return self.source.error((*self.path, *steps), reason)


@dataclass(slots=True)
class Entries:
    """The entries of all files, and their errors."""

    sources: list[tuple[Located, Form]]
    errors: list[FixtureError] = field(default_factory=list)

    def section(self, name: str) -> Iterator[Entry]:
        """Yield the entries of a section, file by file, without malformed ones."""
        for batch in self.batches(name):
            yield from batch

    def batches(self, name: str) -> Iterator[Iterable[Entry]]:
        """Yield the same entries in batches: one for each file."""
        for source, form in self.sources:
            yield _entries(source, form, name)

    def count(self, name: str) -> int:
        """Return the number of entries of a section, malformed ones included."""
        values = [source.value.get(name) for source, _ in self.sources if isinstance(source.value, dict)]
        return sum(len(each) for each in values if isinstance(each, list))

    def setting(self, name: str) -> Iterator[tuple[Located, Any]]:
        """Yield the values of a top-level key, file by file, without malformed ones."""
        for source, form in self.sources:
            if isinstance(source.value, dict) and name in source.value and (name,) not in form.broken:
                yield source, source.value[name]

    def is_whole(self, name: str) -> bool:
        """Whether every entry of the section could be read. If not, an unknown reference into it is no error."""
        broken = {path[0] for _, form in self.sources for path in form.broken if path}
        return name not in broken and all(isinstance(source.value, dict) for source, _ in self.sources)

    def complain(self, entry: Entry, reason: str, *steps: str | int) -> None:
        """Add an error. Loading continues, so that all errors are reported at once."""
        self.errors.append(entry.error(reason, *steps))


def _entries(source: Located, form: Form, name: str) -> Iterator[Entry]:
    values = source.value.get(name) if isinstance(source.value, dict) else None
    for index, value in enumerate(values if isinstance(values, list) else ()):
        if (name, index) not in form.broken:
            yield Entry(value, source, (name, index))


class Names:
    """An index of entries by name. Ids and slugs are unique and take precedence over names that several may share."""

    def __init__(self, entries: Entries, what: str, section: str) -> None:
        self._entries = entries
        self._whole = entries.is_whole(section)
        self._what = what
        self._unique: defaultdict[str, dict[str, Any]] = defaultdict(dict)
        self._shared: defaultdict[str, dict[str, Any]] = defaultdict(dict)

    def add(
        self, entry: Entry, value: Any, *, unique: Mapping[str, str], shared: str | None = None, scope: str = ""
    ) -> None:
        """Register `value` under its unique names (field of the entry to text) and its name that may be shared."""
        for step, name in unique.items():
            self.claim(entry, value, step, _folded(name), scope)
        if shared is not None:
            self.share(value, shared, scope)

    def claim(self, entry: Entry, value: Any, step: str, name: str, scope: str = "") -> None:
        """Register `value` under a name that must be its own; an id is in lower case. `step` is the field with it."""
        if self._unique[scope].setdefault(name, value) is not value:
            self._entries.complain(entry, f"another {self._what} has the same {step}", step)

    def share(self, value: Any, name: str, scope: str = "") -> None:
        """Register `value` under a name that others may have too."""
        values, name = self._shared[scope], _folded(name)
        before = values.setdefault(name, value)  # most names are of one value, which needs no list
        if before is not value:
            values[name] = _Several((*before, value) if isinstance(before, _Several) else (before, value))

    def replace(self, value: Any, other: Any) -> None:
        """Register `other` under every name of `value` instead."""
        for known in (*self._unique.values(), *self._shared.values()):
            for name, found in known.items():
                if isinstance(found, _Several):
                    known[name] = _Several(other if each is value else each for each in found)
                elif found is value:
                    known[name] = other

    def free(self) -> None:
        """Forget all names, in pieces."""
        for known in (*self._unique.values(), *self._shared.values()):
            while known:
                for _ in range(min(_FREED_AT_ONCE, len(known))):
                    known.popitem()
                pause()

    def find(self, entry: Entry, name: str, *steps: str | int, scope: str = "") -> Any:
        """Return the value called `name`; None, with an error at `steps`, if it is unknown or ambiguous."""
        key = _folded(name)
        found = self._unique[scope].get(key)
        if found is not None:
            return found
        named = self._shared[scope].get(key)
        if named is not None and not isinstance(named, _Several):
            return named
        if named is None and not self._whole:
            return None
        reason = f"ambiguous name: use the id of the {self._what}" if named else f"there is no such {self._what}"
        self._entries.complain(entry, reason, *steps)
        return None


class _Several(tuple[Any, ...]):
    """The values of a name that several share."""

    __slots__ = ()


def _folded(name: str) -> str:
    """Return the name as it is compared: a UUID in lower case."""
    lower = name.lower()
    return lower if lower != name and is_uuid(name) else name
