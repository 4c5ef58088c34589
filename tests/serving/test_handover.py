"""Connections go from one worker to another with what has been read from them."""

import asyncio
import errno
import os
import socket
from collections.abc import Iterator

import pytest

from mockserver.serving import handover
from mockserver.serving.handover import INLINE_BYTES, Handover, inbox


@pytest.fixture
def workers() -> Iterator[tuple[Handover, Handover]]:
    inboxes = [inbox(), inbox()]
    yield Handover(0, inboxes), Handover(1, inboxes)
    for pair in inboxes:
        for each in pair:
            each.close()


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    client, server = socket.socketpair()
    with client, server:
        yield client, server


def files() -> int:
    return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 - no link is followed


async def taken(by: Handover) -> tuple[socket.socket, bytes]:
    found: asyncio.Queue[tuple[socket.socket, bytes]] = asyncio.Queue()
    by.start(lambda *each: found.put_nowait(each))
    try:
        return await asyncio.wait_for(found.get(), 5)
    finally:
        by.stop()


@pytest.mark.parametrize("size", [0, 1, INLINE_BYTES - 1, INLINE_BYTES, INLINE_BYTES + 1, 300_000])
async def test_the_connection_and_all_bytes_arrive(workers, pair, size: int):
    client, server = pair
    content = bytes(each % 251 for each in range(size))
    before = files()
    assert workers[0].send(1, server.fileno(), content)
    server.close()
    connection, came = await taken(workers[1])
    with connection:
        assert came == content
        client.sendall(b"and more")
        assert connection.recv(100) == b"and more"
    assert files() == before - 1


async def test_a_message_that_the_system_finds_too_long_goes_as_a_file(workers, pair, monkeypatch: pytest.MonkeyPatch):
    real = socket.send_fds

    def short(to: socket.socket, buffers: list[bytes], descriptors: list[int]) -> int:
        if sum(map(len, buffers)) > 100:
            raise OSError(errno.EMSGSIZE, "Message too long")
        return real(to, buffers, descriptors)

    monkeypatch.setattr(socket, "send_fds", short)
    assert workers[0].send(1, pair[1].fileno(), b"x" * 5000)
    connection, came = await taken(workers[1])
    with connection:
        assert came == b"x" * 5000


async def test_without_memory_files_a_temporary_one_does(workers, pair, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delattr(os, "memfd_create", raising=False)
    assert workers[0].send(1, pair[1].fileno(), b"x" * 100_000)
    connection, came = await taken(workers[1])
    with connection:
        assert came == b"x" * 100_000


@pytest.mark.parametrize("size", [10, 100_000])
def test_a_full_inbox_says_so_and_keeps_what_is_in_it(workers, pair, size: int):
    before = files()
    sent = 0
    while workers[0].send(1, pair[1].fileno(), b"x" * size):
        sent += 1
        assert sent < 100_000
    assert sent > 10
    assert files() == before, "nothing of what was sent, or was not, is left open here"


def test_any_other_failure_is_raised(workers):
    with pytest.raises(OSError, match="Bad file descriptor"):
        workers[0].send(1, 999_999, b"x")


async def test_a_connection_for_which_there_is_no_descriptor_is_dropped(workers, pair, monkeypatch: pytest.MonkeyPatch):
    """The system hands over the message without it; the next one arrives."""
    _, server = pair
    for content in (b"first", b"second"):
        assert workers[0].send(1, server.fileno(), content)
    real, calls = socket.recv_fds, []

    def without(*arguments):
        found = real(*arguments)
        calls.append(found)
        if len(calls) == 1:
            for each in found[1]:
                os.close(each)
            return found[0], [], found[2], found[3]
        return found

    monkeypatch.setattr(handover.socket, "recv_fds", without)
    connection, came = await taken(workers[1])
    with connection:
        assert came == b"second"
