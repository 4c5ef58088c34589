"""Hands a client's connection to another worker: the socket itself, with the bytes that have been read from it.

Each worker has an inbox, a pair of datagram sockets that all of them inherit. What a worker that ends has not taken is
there for the one that replaces it.
"""

import asyncio
import errno
import os
import socket
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress

INLINE_BYTES = 32 * 1024
"""Up to this size the bytes go with the socket; more are in a file, of which the other worker gets the descriptor."""
_BUFFER_BYTES = 256 * 1024
_TAKEN_AT_ONCE = 16
_INLINE, _IN_FILE = b"i", b"f"
_FULL = (errno.EAGAIN, errno.ENOBUFS)

Inbox = tuple[socket.socket, socket.socket]
"""The end from which its worker takes, and the one to which the others send."""
Take = Callable[[socket.socket, bytes], None]


def inbox() -> Inbox:
    """Return a new inbox."""
    taking, sending = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    for each in (taking, sending):
        each.setblocking(False)
        for size in (socket.SO_SNDBUF, socket.SO_RCVBUF):
            with suppress(OSError):
                each.setsockopt(socket.SOL_SOCKET, size, _BUFFER_BYTES)  # the system gives as much as it allows
    return taking, sending


class Handover:
    """The inboxes of all workers, for the worker with that index."""

    def __init__(self, index: int, inboxes: Sequence[Inbox]) -> None:
        self.index = index
        self.workers = len(inboxes)
        self._inboxes = inboxes

    def start(self, take: Take) -> None:
        """Call `take` with each connection that is handed over, and with the bytes that have been read from it."""
        asyncio.get_running_loop().add_reader(self._inboxes[self.index][0], self._arrived, take)

    def stop(self) -> None:
        """Take no more connections."""
        asyncio.get_running_loop().remove_reader(self._inboxes[self.index][0])

    def send(self, worker: int, descriptor: int, content: bytes) -> bool:
        """Hand over a socket; False if the inbox of that worker is full. Raises OSError if it cannot be done."""
        sending = self._inboxes[worker][1]
        if len(content) <= INLINE_BYTES:
            found = _sent(sending, [_INLINE, content], [descriptor])
            if found is not None:
                return found
        file = _file_of(content)
        try:
            return bool(_sent(sending, [_IN_FILE], [descriptor, file]))
        finally:
            os.close(file)

    def _arrived(self, take: Take) -> None:
        for _ in range(_TAKEN_AT_ONCE):
            try:
                content, descriptors, _, _ = socket.recv_fds(self._inboxes[self.index][0], INLINE_BYTES + 1, 2)
            except BlockingIOError:
                return
            if not descriptors:
                continue  # this process has no file descriptor left for it: the system has closed the connection
            connection = socket.socket(fileno=descriptors[0])
            content = content[1:]
            if len(descriptors) == 2:
                with os.fdopen(descriptors[1], "rb") as file:
                    file.seek(0)
                    content = file.read()
            take(connection, content)


def _sent(to: socket.socket, content: list[bytes], descriptors: list[int]) -> bool | None:
    """Whether there was room for the message; None if it is too long for one."""
    try:
        socket.send_fds(to, content, descriptors)
    except OSError as error:
        if error.errno in _FULL:
            return False
        if error.errno == errno.EMSGSIZE:
            return None
        raise
    return True


def _file_of(content: bytes) -> int:
    """Return the descriptor of a file with that content, which ends with its last descriptor."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("read-before-handover")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    with os.fdopen(descriptor, "wb", closefd=False) as written:
        written.write(content)
    return descriptor
