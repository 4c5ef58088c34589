"""Fixture texts as plain values, with line and column of each value for error messages."""

from typing import TYPE_CHECKING, Any, NamedTuple

from mockserver import parsed_texts, strict_yaml
from mockserver.errors import FixtureError
from mockserver.pauses import pause
from mockserver.strict_yaml import Path, Place

if TYPE_CHECKING:
    from mockserver.seeding.places import Location


LONG_TEXT = 1024 * 1024
"""Number of characters from which on a text is read in batches."""
_FREED_AT_ONCE = 500


class Text(NamedTuple):
    """A source of fixtures: its name in error messages, and its text."""

    name: str
    text: str


class Located:
    """The value of a text, with line and column of every path. `errors` holds syntax errors and duplicate keys."""

    def __init__(self, source: Text) -> None:
        self.name = source.name
        self.errors: list[FixtureError] = []
        self.value: Any = None
        self._text = source.text
        self._found_places: Location | None = None
        twice: strict_yaml.Twice = []
        try:
            self.value = strict_yaml.read(source.text, twice)
        except strict_yaml.Unreadable as error:
            self.errors.append(self.error((), f"invalid YAML: {error.reason}", error.place or (1, 1)))
        self.errors[:0] = [self.error(path, "duplicate key", place) for path, place in twice]

    @property
    def is_own(self) -> bool:
        """Whether the text is the package's own, of which the tests show that it has no errors."""
        return parsed_texts.is_own(self._text)

    def free(self) -> None:
        """Free the value and the places in pieces: those of a long text take a third of a second in one go."""
        for entries in self.value.values() if isinstance(self.value, dict) else ():
            while isinstance(entries, list) and entries:
                del entries[-_FREED_AT_ONCE:]
                pause()
        if self._found_places is not None:
            self._found_places.free()

    def place(self, path: Path) -> Place:
        """Return line and column, from 1, of the value at `path` or of its nearest existing ancestor."""
        return self._places.nearest(path).place

    def place_of_key(self, path: Path, key: str) -> Place:
        """Return line and column of the key itself, for a property that should not be there."""
        location = self._places.nearest(path)
        return location.key_places.get(key, location.place)

    def error(self, path: Path, reason: str, place: Place | None = None) -> FixtureError:
        """Return an error at `path`; `place` overrides its line and column."""
        line, column = place or self.place(path)
        return FixtureError(self.name, line, column, dotted(path), reason, path)

    @property
    def _places(self) -> "Location":
        # Not a cached property: that has a lock, which a thread would hold while it pauses.
        if self._found_places is None:
            from mockserver.seeding.places import places  # imported with the first error: most fixtures have none

            self._found_places = places(self._text)
        return self._found_places


def dotted(path: Path) -> str:
    """Return a path in the form `identities[0].name`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
