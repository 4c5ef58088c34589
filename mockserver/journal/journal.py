"""The journal: the latest exchanges, bounded in number and in bytes, with a count of what had to go."""

from collections import deque
from collections.abc import Callable, Iterator

from mockserver.journal.entry import Entry
from mockserver.journal.subscribers import Subscribers
from mockserver.journal.tally import Tally
from mockserver.settings import JOURNAL_BYTES

COUNTED_WORLDS = 10_000
"""For how many worlds evictions are counted apart; those of others count for every world that has no count."""
_DELETED_WORLDS = 1000
"""After so many new counts those of deleted worlds are merged."""


class Journal:
    """Closed entries, oldest first. `evicted` counts those that made room.

    `subscribers` are those who listen to it, `tally` counts all exchanges that were ever recorded. `has_world` says
    whether a world still exists. Nobody can ask for the evictions of one that does not and has no entries left.
    """

    def __init__(self, size: int, max_bytes: int = JOURNAL_BYTES) -> None:
        self.size = size
        self.evicted = 0
        self.subscribers = Subscribers()
        self.tally = Tally()
        self.max_bytes = max_bytes
        self.bytes = 0
        """How many the entries take together."""
        self._entries: deque[Entry] = deque()
        self.has_world: Callable[[str], bool] = bool
        self._gone: dict[str, list[int]] = {}
        self._gone_with_worlds = [0, 0]
        self._next_merge = _DELETED_WORLDS
        self._forgotten_evictions = 0

    def record(self, entry: Entry) -> None:
        """Keeps a closed entry, and drops the oldest ones where that takes more room than there is."""
        entries = self._entries
        entries.append(entry)
        entry.weight = weight = entry.weigh()
        self.tally.add(entry)
        held = self.bytes + weight
        while len(entries) > self.size or held > self.max_bytes:
            oldest = entries.popleft()
            held -= oldest.weight
            gone = self._gone.get(oldest.world) or self._count_of(oldest.world)
            gone[0] += 1
            if oldest.at > gone[1]:  # noqa: PLR1730 - max() is a call, on every request
                gone[1] = oldest.at
            self.evicted += 1
        self.bytes = held
        if self.subscribers.open:
            self.subscribers.offer(entry)

    def _count_of(self, world: str) -> list[int]:
        """A new count for the world: how many had to go, and the latest time of one."""
        if len(self._gone) >= self._next_merge:
            self._merge_deleted()
        if len(self._gone) >= COUNTED_WORLDS:
            world = ""  # names come from clients: what is kept of them has a bound
        return self._gone.setdefault(world, [0, 0])

    def _merge_deleted(self) -> None:
        """Merge the counts of worlds that nobody can ask for: a client may make a world for each of its tests."""
        here, merged = {entry.world for entry in self._entries}, self._gone_with_worlds
        for world in [each for each in self._gone if each and each not in here and not self.has_world(each)]:
            number, latest = self._gone.pop(world)
            merged[:] = merged[0] + number, max(merged[1], latest)
        self._next_merge = len(self._gone) + _DELETED_WORLDS

    def evicted_from(self, world: str | None = None, since: int | None = None) -> int:
        """How many exchanges had to go that may have been of that world, and at or after that time (milliseconds)."""
        if world is None:
            found = [*self._gone.values(), self._gone_with_worlds]
        else:
            found = [self._gone[each] for each in {world, ""} if each in self._gone]
        return sum(number for number, latest in found if since is None or latest >= since)

    def find(self, id: str) -> Entry | None:
        """The entry of that id, if it is still there."""
        return next((entry for entry in reversed(self._entries) if entry.id == id), None)

    def newest_first(self, world: str | None = None) -> Iterator[Entry]:
        """The entries, those of one world or all, the latest one first."""
        return (entry for entry in reversed(self._entries) if world is None or entry.world == world)

    def oldest_first(self, world: str | None = None, after: str = "") -> Iterator[Entry]:
        """The entries, those of one world or all, the first one first; if an id is given, those after it."""
        passed = not after
        for entry in self._entries:
            if not passed:
                passed = entry.id == after
            elif world is None or entry.world == world:
                yield entry

    def clear(self, world: str | None = None) -> None:
        """Forgets everything, the count of evictions too; or the exchanges of one world."""
        if world is not None:
            self._entries = deque(entry for entry in self._entries if entry.world != world)
            self.bytes = sum(entry.weight for entry in self._entries)
            self._gone.pop(world, None)
            return
        self._entries.clear()
        self._gone.clear()
        self._gone_with_worlds = [0, 0]
        self._next_merge = _DELETED_WORLDS
        self.bytes = 0
        self._forgotten_evictions += self.evicted
        self.evicted = 0

    @property
    def evicted_ever(self) -> int:
        """How many exchanges had to go since the start, whatever was cleared since."""
        return self._forgotten_evictions + self.evicted

    def __len__(self) -> int:
        return len(self._entries)
