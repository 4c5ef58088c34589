"""All clients of a server, and the patience with them: how many there may be, and how long each may take."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from operator import length_hint
from typing import Any

from aiohttp import StreamReader, web
from aiohttp.abc import AbstractStreamWriter

from mockserver.api.request_rules import SLOW_HEAD
from mockserver.app import Core
from mockserver.serving.connection import Connection
from mockserver.settings import Settings

GUESTS = 64
GUEST_SECONDS = 2.0
"""So many connections beyond the limit hear why they are not served, if they ask within that time."""
AT_A_TIME = 100
"""How many are looked at before others have their turn: ending a thousand in one go would hold them up."""
LOOK_SECONDS = 1.0
"""How often all are looked at; oftener if the patience is short."""


class ConnectionLimits:
    """The connections of one server.

    `slow` are those whose client does not take what it is sent, and since when; `special` are these and the guests.
    """

    def __init__(self, mock: Core) -> None:
        self.mock = mock
        self.settings: Settings = mock.settings
        self.guest_seconds = GUEST_SECONDS
        self.slow: dict[Connection, float | None] = {}
        self.special: set[Connection] = set()
        self._open: set[Connection] = set()
        self._closing: dict[Connection, float] = {}
        self._guests = 0
        self._emptied: asyncio.Event | None = None
        self._timer: asyncio.TimerHandle | None = None
        patience = (self.settings.header_timeout, self.settings.idle_timeout, self.settings.write_timeout)
        self._every = min(LOOK_SECONDS, GUEST_SECONDS / 4, *(each / 4 for each in patience))

    def __len__(self) -> int:
        return len(self._open)

    def request(
        self,
        message: Any,
        payload: StreamReader,
        protocol: Connection,
        writer: AbstractStreamWriter,
        task: "asyncio.Task[None]",
    ) -> web.BaseRequest:
        """The request that aiohttp has read the head of."""
        protocol.begin(payload)
        return web.BaseRequest(
            message,
            payload,
            protocol,
            writer,
            task,
            asyncio.get_running_loop(),
            client_max_size=self.settings.max_body,
        )

    def admit(self, connection: Connection) -> bool:
        """Whether there is room; a guest is told so."""
        if len(self._open) - self._guests >= self.settings.max_connections:
            if self._guests >= GUESTS:
                return False
            self._guests += 1
            connection.is_guest = True
            self.special.add(connection)
        self._open.add(connection)
        return True

    def leave(self, connection: Connection) -> None:
        """Forgets the connection."""
        if connection in self._open:
            self._open.remove(connection)
            if self._emptied is not None and not self._open:
                self._emptied.set()
            self._guests -= connection.is_guest
            self.special.discard(connection)
            self.slow.pop(connection, None)
            self._closing.pop(connection, None)

    def start(self) -> None:
        """Begins to look at the connections."""
        loop = asyncio.get_running_loop()
        self._timer = loop.call_later(self._every, self._look, loop)

    async def stop(self, seconds: float) -> None:
        """Ends all connections: those whose clients still take something, after that many seconds at most."""
        if self._timer is not None:
            self._timer.cancel()
        if self._open:
            self._emptied = asyncio.Event()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._emptied.wait(), seconds)
        for each in tuple(self._open):
            each.abort()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Looks at all that do not take what they are sent, and then at the others, a few at a time."""
        now, patience = loop.time(), self.settings.write_timeout
        for each, since in tuple(self.slow.items()):
            if since is None:
                self.slow[each] = now
            elif now - since >= patience:
                each.abort()
        self._look_at(iter(tuple(self._open)), loop)

    def _look_at(self, left: Iterator[Connection], loop: asyncio.AbstractEventLoop) -> None:
        now, patience = loop.time(), self.settings.write_timeout
        for each in islice(left, AT_A_TIME):
            if each not in self._open:
                continue  # it has gone meanwhile
            if not each.is_closing():
                each.look(now)
            elif now - self._closing.setdefault(each, now) >= patience:
                each.abort()
        if length_hint(left):
            self._timer = loop.call_later(0, self._look_at, left, loop)
        else:
            self._timer = loop.call_later(self._every, self._look, loop)

    def late_head(self) -> bytes:
        """The whole answer to a head that has not come in time."""
        reason = (
            "The request line and the headers did not come within"
            f" {self.settings.header_timeout:g} seconds (--header-timeout)"
        )
        answer = self.mock.vendor.turned_away(SLOW_HEAD, reason)
        return answer.head() + answer.body
