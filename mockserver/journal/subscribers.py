"""Listeners to the journal: each has a queue of its own with a bound, and is told how many entries it missed."""

import asyncio
from collections import deque
from collections.abc import Callable

from mockserver.journal.entry import Entry

MAX_SUBSCRIBERS = 32
MAX_QUEUE = 1000


class Subscriber:
    """One listener to the entries that `wanted` is true of. What a slow one does not fetch in time is counted."""

    def __init__(self, wanted: Callable[[Entry], bool], size: int = MAX_QUEUE) -> None:
        self._wanted = wanted
        self._waiting: deque[Entry] = deque(maxlen=size)
        self._missed = 0
        self._stirred = asyncio.Event()
        self.ended = False
        """Whether nothing more will come."""

    def offer(self, entry: Entry) -> None:
        """Puts the entry into the queue; the oldest one falls out of a full one."""
        if not self._wanted(entry):
            return
        if len(self._waiting) == self._waiting.maxlen:
            self._missed += 1
        self._waiting.append(entry)
        self._stirred.set()

    def end(self) -> None:
        """Nothing more will come."""
        self.ended = True
        self._stirred.set()

    async def fetch(self, seconds: float) -> tuple[int, list[Entry]]:
        """How many were missed, and what has come since; nothing if nothing comes during so many seconds."""
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
    """Those who listen: at most MAX_SUBSCRIBERS."""

    def __init__(self) -> None:
        self.open: list[Subscriber] = []
        self._ended = False

    @property
    def is_full(self) -> bool:
        """Whether there is no room for one more."""
        return len(self.open) >= MAX_SUBSCRIBERS

    def add(self, subscriber: Subscriber) -> None:
        """Lets one listen from now on."""
        if self._ended:
            subscriber.end()
        self.open.append(subscriber)

    def remove(self, subscriber: Subscriber) -> None:
        """Lets one go."""
        self.open.remove(subscriber)

    def offer(self, entry: Entry) -> None:
        """Gives an entry to everyone."""
        for each in self.open:
            each.offer(entry)

    def end(self) -> None:
        """The server stops: nobody hears any more, now or later."""
        self._ended = True
        for each in self.open:
            each.end()
