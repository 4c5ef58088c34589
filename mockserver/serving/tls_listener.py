"""Accepts connections for TLS, and tells a client that sends plain HTTP what this port serves.

asyncio's own TLS servers close such a connection without a word. So the first byte is looked at, without taking it,
before the connection is given to the event loop.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress

Factory = Callable[[], asyncio.BaseProtocol]

_HANDSHAKE = 0x16
"""The first byte of a TLS record with a ClientHello (RFC 8446, section 5.1)."""
_ACCEPTED_AT_ONCE = 64
_REJECTION_SECONDS = 1.0
_RETRY_SECONDS = 0.5


class TlsListener:
    """A listening socket. `rejection` makes the whole response to plain HTTP.

    A handshake may take `handshake_seconds`; a client may take `shutdown_seconds` to receive what is left when the
    connection is closed. At most `most` connections are in their handshake at a time; further ones wait to be accepted.
    """

    def __init__(
        self,
        factory: Factory,
        context: ssl.SSLContext,
        rejection: Callable[[], bytes],
        *,
        handshake_seconds: float,
        shutdown_seconds: float,
        most: int,
    ) -> None:
        self._factory, self._context, self._rejection = factory, context, rejection
        self._handshake_seconds, self._shutdown_seconds = handshake_seconds, shutdown_seconds
        self._most = most
        self._loop = asyncio.get_running_loop()
        self._listening: list[socket.socket] = []
        self._peeked: dict[socket.socket, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._paused = False

    def listen(self, sockets: list[socket.socket]) -> None:
        """Accept connections of the sockets, which listen already and do not block."""
        self._listening = sockets
        for each in sockets:
            self._loop.add_reader(each, self._accept, each)

    def close(self) -> None:
        """Stop listening, and close the connections that have not finished their handshake."""
        if not self._paused:
            for each in self._listening:
                self._loop.remove_reader(each)
        self._paused = True
        for each in self._listening:
            each.close()
        for connection in tuple(self._peeked):
            self._drop(connection)
        for task in self._tasks:
            task.cancel()

    def _accept(self, listening: socket.socket) -> None:
        for _ in range(_ACCEPTED_AT_ONCE):
            if len(self._peeked) + len(self._tasks) >= self._most:
                self._pause()
                return
            try:
                connection, _ = listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # out of files: try again when some are closed
                self._pause()
                return
            connection.setblocking(False)
            self._peeked[connection] = self._loop.call_later(self._handshake_seconds, self._drop, connection)
            self._loop.add_reader(connection, self._peek, connection)

    def _pause(self) -> None:
        """Accept nothing for a moment."""
        if not self._paused:
            self._paused = True
            for each in self._listening:
                self._loop.remove_reader(each)
            self._loop.call_later(_RETRY_SECONDS, self._resume)

    def _resume(self) -> None:
        if self._paused and all(each.fileno() >= 0 for each in self._listening):
            self._paused = False
            self.listen(self._listening)

    def _peek(self, connection: socket.socket) -> None:
        """Look at the first byte of a connection, and choose what it is served."""
        try:
            first = connection.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            first = b""
        if not first:
            self._drop(connection)
            return
        self._taken(connection)
        serve = self._shake_hands if first[0] == _HANDSHAKE else self._reject
        task = self._loop.create_task(serve(connection))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _taken(self, connection: socket.socket) -> None:
        self._peeked.pop(connection).cancel()
        self._loop.remove_reader(connection)

    def _drop(self, connection: socket.socket) -> None:
        self._taken(connection)
        connection.close()

    async def _shake_hands(self, connection: socket.socket) -> None:
        try:
            await self._loop.connect_accepted_socket(
                self._factory,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=self._handshake_seconds,
                ssl_shutdown_timeout=self._shutdown_seconds,
            )
        except (OSError, asyncio.CancelledError):  # an SSLError is an OSError; the client has its alert
            connection.close()

    async def _reject(self, connection: socket.socket) -> None:
        """Send the rejection, and read on until the client has closed: unread bytes would destroy it on its way."""
        with connection, suppress(OSError, TimeoutError):
            async with asyncio.timeout(_REJECTION_SECONDS):
                await self._loop.sock_sendall(connection, self._rejection())
                connection.shutdown(socket.SHUT_WR)
                while await self._loop.sock_recv(connection, 65536):
                    pass
