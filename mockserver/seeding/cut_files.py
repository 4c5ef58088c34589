"""Entries of long files, read batch by batch. An error means CannotCut: reading whole files then finds all errors."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from mockserver.pauses import pause
from mockserver.seeding.batches import CannotCut, Cut, cut
from mockserver.seeding.form import NO_ERRORS, are_valid, is_valid
from mockserver.seeding.merge import Entries, Entry
from mockserver.seeding.yaml_reader import LONG_TEXT, Located, Text


class CutFile(NamedTuple):
    """A file: the rest of its text, which has been read, and the batches of its long sections."""

    located: Located
    cut: Cut

    def number(self, section: str) -> int:
        """Return the number of entries of a section; an estimate if it was cut from a JSON text."""
        return self.cut.counts.get(section, len(self.located.value.get(section, ())))


@dataclass(slots=True)
class CutEntries(Entries):
    """The entries of all files. No error is added."""

    files: list[CutFile] = field(default_factory=list)

    @classmethod
    def of(cls, files: list[CutFile]) -> "CutEntries":
        """Return the entries of the files."""
        return cls([(file.located, NO_ERRORS) for file in files], files=files)

    def count(self, name: str) -> int:
        """Return the number of entries of a section; an estimate if it was cut from a JSON text."""
        return sum(file.number(name) for file in self.files)

    def batches(self, name: str) -> Iterator[Iterable[Entry]]:
        """Yield the entries of a section in batches of a few hundred. Raises CannotCut for an invalid one."""
        for file in self.files:
            if name not in file.cut.sections:
                yield from Entries([(file.located, NO_ERRORS)]).batches(name)
                continue
            for batch in file.cut.sections[name]:
                pause()
                values = file.cut.entries(batch)
                pause()
                if not are_valid(name, values):
                    raise CannotCut
                yield _each(values, file.located, name)

    def complain(self, entry: Entry, reason: str, *steps: str | int) -> None:
        """Raise CannotCut."""
        raise CannotCut


def _each(values: list[Any], located: Located, name: str) -> Iterator[Entry]:
    entry = Entry({}, located, (name,))  # one for all of them: nobody keeps it
    for value in values:
        entry.value = value
        yield entry


def cut_file(source: Text) -> CutFile:
    """Cut a file: a short one is all rest. Raises CannotCut for what must be read as a whole."""
    found = Cut(source.text, source.text, is_json=False, sections={}, counts={})
    if len(source.text) >= LONG_TEXT:
        found = cut(source.text)
    located = Located(Text(source.name, found.rest))
    if not is_valid(located) or any(located.value.get(name) != [] for name in found.sections):
        raise CannotCut
    return CutFile(located, found)
