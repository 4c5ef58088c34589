"""Journal subscribers, each with a bounded queue and a count of dropped entries."""

import asyncio
from collections import deque
from collections.abc import Callable

from mockserver.journal.entry import Entry

MAX_SUBSCRIBERS = 128
MAX_QUEUE = 1000


class Subscriber:
    """A subscriber to the entries for which `wanted` is true. Entries that overflow its queue are counted."""

    def __init__(self, wanted: Callable[[Entry], bool], size: int = MAX_QUEUE) -> None:
        self._wanted = wanted
        self._waiting: deque[Entry] = deque(maxlen=size)
        self._missed = 0
        self._stirred = asyncio.Event()
        self.ended = False
        """Whether the stream has ended."""

    def offer(self, entry: Entry) -> None:
        """Queue the entry if it is wanted; a full queue drops its oldest entry."""
        if not self._wanted(entry):
            return
        if len(self._waiting) == self._waiting.maxlen:
            self._missed += 1
        self._waiting.append(entry)
        self._stirred.set()

    def end(self) -> None:
        """End the stream: queued entries can still be fetched."""
        self.ended = True
        self._stirred.set()

    async def fetch(self, seconds: float) -> tuple[int, list[Entry]]:
        """Return the number of dropped entries and the queued ones; wait up to `seconds` for the first."""
        if not self._waiting and not self.ended:
            try:
                async with asyncio.timeout(seconds):
                    await self._stirred.wait()
            except TimeoutError:
                pass
        self._stirred.clear()
        missed, self._missed = self._missed, 0
        fetched = list(self._waiting)
        self._waiting.clear()
        return missed, fetched


class Subscribers:
    """The subscribers of a journal, at most MAX_SUBSCRIBERS.

    `watching` counts streams that look at the journal by themselves and are given nothing; they count for the limit.
    `told` is when one of them last sent an event, in seconds of the stopwatch. `ended` says that the server stops.
    """

    def __init__(self) -> None:
        self.open: list[Subscriber] = []
        self.watching = 0
        self.told = 0.0
        self.ended = False

    @property
    def is_full(self) -> bool:
        """Whether the number of subscribers has reached its limit."""
        return len(self.open) + self.watching >= MAX_SUBSCRIBERS

    def add(self, subscriber: Subscriber) -> None:
        """Add a subscriber; after `end`, its stream ends at once."""
        if self.ended:
            subscriber.end()
        self.open.append(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Remove a subscriber."""
        self.open.remove(subscriber)

    def offer(self, entry: Entry) -> None:
        """Offer an entry to every subscriber."""
        for each in self.open:
            each.offer(entry)

    def end(self) -> None:
        """End all streams, and those added later: the server stops."""
        self.ended = True
        for each in self.open:
            each.end()
