"""Progress of a load: what a command may show while large fixtures are read."""

from collections.abc import Iterable
from typing import Protocol

from mockserver.seeding.merge import Entry


class Progress(Protocol):
    """Shows how far a load is."""

    def reading(self, name: str, characters: int) -> None:
        """Show that a source of that length is read next."""

    def identities(self, entries: Iterable[Entry], total: int) -> Iterable[Entry]:
        """Return the entries, and show how many of them are done."""


class Silent:
    """Shows nothing."""

    def reading(self, name: str, characters: int) -> None:
        """Show nothing."""

    def identities(self, entries: Iterable[Entry], total: int) -> Iterable[Entry]:
        """Return the entries."""
        return entries


SILENT = Silent()
