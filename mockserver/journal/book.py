"""The journal: the latest exchanges, bounded in number and in bytes, with a count of what had to go."""

from collections import deque
from collections.abc import Iterator

from mockserver.journal.entry import Entry, unpacked

MAX_BYTES = 16 * 1024 * 1024


class Journal:
    """Packed entries, oldest first. `evicted` counts those that made room since the last clearing."""

    def __init__(self, size: int, max_bytes: int = MAX_BYTES) -> None:
        self.size = size
        self.evicted = 0
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: deque[bytes] = deque()

    def record(self, entry: Entry) -> None:
        """Keeps a closed entry, and drops the oldest ones where that takes more room than there is."""
        packed = entry.packed()
        self._entries.append(packed)
        self._bytes += len(packed)
        while len(self._entries) > self.size or self._bytes > self._max_bytes:
            self._bytes -= len(self._entries.popleft())
            self.evicted += 1

    def find(self, id: str) -> Entry | None:
        """The entry of that id, if it is still there."""
        wanted = id.encode()
        candidates = (unpacked(packed) for packed in reversed(self._entries) if wanted in packed)
        return next((entry for entry in candidates if entry.id == id), None)

    def newest_first(self) -> Iterator[Entry]:
        """The entries, the latest one first."""
        return map(unpacked, reversed(self._entries))

    def clear(self, world: str | None = None) -> None:
        """Forgets everything, the count of evictions too; or the exchanges of one world."""
        if world is not None:
            kept = [packed for packed in self._entries if unpacked(packed).world != world]
            self._entries = deque(kept)
            self._bytes = sum(map(len, kept))
            return
        self._entries.clear()
        self._bytes = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._entries)
