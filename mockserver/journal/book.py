"""The journal: the latest exchanges, bounded in number and in bytes, with a count of what had to go."""

from collections import OrderedDict
from collections.abc import Iterator

from mockserver.journal.entry import Entry

MAX_BYTES = 16 * 1024 * 1024


class Journal:
    """Entries by id, oldest first. `evicted` counts those that made room since the last clearing."""

    def __init__(self, size: int, max_bytes: int = MAX_BYTES) -> None:
        self.size = size
        self.evicted = 0
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, tuple[Entry, int]] = OrderedDict()

    def record(self, entry: Entry) -> None:
        """Keeps a closed entry, and drops the oldest ones where that takes more room than there is."""
        size = entry.size
        self._entries[entry.id] = (entry, size)
        self._bytes += size
        while len(self._entries) > self.size or self._bytes > self._max_bytes:
            _, (_, dropped) = self._entries.popitem(last=False)
            self._bytes -= dropped
            self.evicted += 1

    def find(self, id: str) -> Entry | None:
        """The entry of that id, if it is still there."""
        found = self._entries.get(id)
        return None if found is None else found[0]

    def newest_first(self) -> Iterator[Entry]:
        """The entries, the latest one first."""
        return (entry for entry, _ in reversed(self._entries.values()))

    def clear(self) -> None:
        """Forgets everything, the count of evictions too."""
        self._entries.clear()
        self._bytes = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._entries)
