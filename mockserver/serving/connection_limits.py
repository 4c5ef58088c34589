"""Connection limits and timeouts for all clients of a server."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from enum import Enum
from itertools import islice
from operator import length_hint
from typing import Protocol

from mockserver.http.response import kept_alive
from mockserver.serving.machine import Machine
from mockserver.settings import Settings

MAX_OVER_LIMIT = 64
OVER_LIMIT_SECONDS = 2.0
"""Up to 64 connections over the limit receive a 503 that explains why, if they send a request within two seconds."""
CHECKED_AT_ONCE = 100
"""How many connections are checked before other callbacks run: closing a thousand at once would delay them."""
CHECK_SECONDS = 1.0
"""How often all connections are checked; more often if a timeout is short."""


class Phase(Enum):
    """The phase of a connection."""

    IDLE = 0
    HEAD = 1
    REQUEST = 2
    LINGERING = 3
    """The request has been answered before its whole body has arrived."""


class Client(Protocol):
    """A client connection, as far as limits and timeouts are concerned."""

    is_over_limit: bool

    def is_closing(self) -> bool:
        """Return whether nothing more is read, and only buffered data may still be sent."""

    def check_timeout(self, now: float) -> None:
        """Close the connection if its phase has lasted for too long at `now` (seconds of the loop, less pauses)."""

    def abort(self) -> None:
        """Close the connection at once."""


class ConnectionLimits:
    """The open connections of one server.

    `slow` maps each connection whose client does not read to the time since when (None: not checked yet). `restricted`
    are these and the ones over the limit. `kept` are the headers that say how long an idle connection stays open.
    """

    def __init__(self, settings: Settings, machine: Machine) -> None:
        self.settings = settings
        self._machine = machine
        self.max_body = settings.max_body
        self.over_limit_seconds = OVER_LIMIT_SECONDS
        self.kept = kept_alive(settings.idle_timeout)
        self.slow: dict[Client, float | None] = {}
        self.restricted: set[Client] = set()
        self._open: set[Client] = set()
        self._closing: dict[Client, float] = {}
        self._over_limit = 0
        self._emptied: asyncio.Event | None = None
        self._timer: asyncio.TimerHandle | None = None
        timeouts = (settings.header_timeout, settings.idle_timeout, settings.write_timeout)
        self._interval = min(CHECK_SECONDS, OVER_LIMIT_SECONDS / 4, *(each / 4 for each in timeouts))

    def __len__(self) -> int:
        return len(self._open)

    def add(self, client: Client) -> bool:
        """Count a new connection, and mark it if it is over the limit; False if there are too many of those."""
        if len(self._open) - self._over_limit >= self.settings.max_connections:
            if self._over_limit >= MAX_OVER_LIMIT:
                return False
            self._over_limit += 1
            client.is_over_limit = True
            self.restricted.add(client)
        self._open.add(client)
        return True

    def remove(self, client: Client) -> None:
        """Forget a connection."""
        if client in self._open:
            self._open.remove(client)
            if self._emptied is not None and not self._open:
                self._emptied.set()
            self._over_limit -= client.is_over_limit
            self.restricted.discard(client)
            self.slow.pop(client, None)
            self._closing.pop(client, None)

    def start(self) -> None:
        """Begin to check timeouts."""
        loop = asyncio.get_running_loop()
        self._machine.time_awake(loop.time(), self._interval)
        self._machine.check_files(loop.time())
        self._timer = loop.call_later(self._interval, self._check, loop)

    async def stop(self, seconds: float) -> None:
        """Close all connections; those whose clients still read something, after that many seconds at most."""
        if self._timer is not None:
            self._timer.cancel()
            self._machine.close()
        if self._open:
            self._emptied = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), seconds)
        for each in tuple(self._open):
            each.abort()

    def notice_pause(self) -> None:
        """Look now whether the process was paused: what clients sent meanwhile is handled before any timer."""
        self._machine.time_awake(asyncio.get_running_loop().time(), self._interval)

    def _check(self, loop: asyncio.AbstractEventLoop) -> None:
        """Check all slow readers at once, and then the others, a few at a time."""
        now, timeout = self._machine.time_awake(loop.time(), self._interval), self.settings.write_timeout
        self._machine.check_files(loop.time())
        for each, since in tuple(self.slow.items()):
            if since is None:
                self.slow[each] = now
            elif now - since >= timeout:
                each.abort()
        self._check_some(iter(tuple(self._open)), loop)

    def _check_some(self, left: Iterator[Client], loop: asyncio.AbstractEventLoop) -> None:
        now, timeout = self._machine.time_awake(loop.time(), self._interval), self.settings.write_timeout
        for each in islice(left, CHECKED_AT_ONCE):
            if each not in self._open:
                continue  # it has been closed meanwhile
            if not each.is_closing():
                each.check_timeout(now)
            elif now - self._closing.setdefault(each, now) >= timeout:
                each.abort()
        if length_hint(left):
            self._timer = loop.call_later(0, self._check_some, left, loop)
        else:
            self._timer = loop.call_later(self._interval, self._check, loop)
