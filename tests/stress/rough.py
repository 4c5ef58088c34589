"""Clients that misbehave, in a world of their own. Those that are due an answer complain if they do not get it.

python -m tests.stress.rough PORT SECONDS     prints what they did, as JSON
"""

import asyncio
import resource
import signal
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from typing import Any

import orjson
import uvloop

from tests.stress.connection import connected, request_bytes
from tests.stress.garbage import GARBAGE

IDLE_CONNECTIONS = 2000
SPARE_FILES = 400
OPENED_A_SECOND = 250
STREAMS = 100
WORLDS = 500
WORLD = "rough"
PATIENCE = 30
"""Seconds in which a connection that is at its end has to be closed: new ones may have to stand in a line first."""
UNDER = f"/w/{WORLD}"
AUTH = f"{UNDER}/api/v1/auth/kubernetes-auth/identities"
IDENTITY = "1d000000-0000-4000-8000-000000000002"
OTHER_IDENTITY = "1d000000-0000-4000-8000-000000000008"
RESET = struct.pack("ii", 1, 0)
"""SO_LINGER of no time: closing sends a reset."""
KILLED = """
import socket, sys, time
port, half = int(sys.argv[1]), sys.stdin.buffer.read()
held = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
for number, each in enumerate(held):
    each.sendall(half[: len(half) * (number + 1) // len(held)])
print("held", flush=True)
time.sleep(60)
"""


class Rough:
    """What the misbehaving have done, and what they have to complain of."""

    def __init__(self, port: int, seconds: float) -> None:
        self.port = port
        self.until = time.perf_counter() + seconds
        self.done: Counter[str] = Counter()
        self.complaints: list[str] = []
        self.idle_connections = 0
        self.streams = 0
        self.worlds = 0

    @property
    def is_over(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() >= self.until

    def complain(self, text: str) -> None:
        """Notes what should not be."""
        if len(self.complaints) < 20:
            self.complaints.append(text[:500])

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection of raw bytes."""
        return await asyncio.open_connection("127.0.0.1", self.port)


def update(names: str, identity: str = IDENTITY) -> bytes:
    """An update that is accepted."""
    return request_bytes("PATCH", f"{AUTH}/{identity}", {"allowedNames": names})


def reset(writer: asyncio.StreamWriter) -> None:
    """Ends the connection with a reset."""
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()


async def rest_of(reader: asyncio.StreamReader, seconds: float) -> bytes:
    """All that comes until the server closes; so far as it comes in that time."""
    came = b""
    try:
        async with asyncio.timeout(seconds):
            while chunk := await reader.read(65536):
                came += chunk
    except TimeoutError:
        came += b"[and then it was not closed in time]"
    except ConnectionError:
        pass
    return came


async def resets(rough: Rough, number: int) -> None:
    """Is gone with a reset: in the middle of head or body, or before the answer."""
    _, writer = await rough.open()
    content = update(f"reset-{number}")
    writer.write(content[: len(content) * (number % 8 + 1) // 8])
    await asyncio.sleep(0.001 * (number % 3))
    reset(writer)


async def half_closes(rough: Rough, number: int) -> None:
    """Ends its side after a whole request, or several; the answers are due, and then the end."""
    reader, writer = await rough.open()
    requests = number % 5 + 1
    writer.write(b"".join(update(f"half-{number}-{each}") for each in range(requests)))
    writer.write_eof()
    came = await rest_of(reader, PATIENCE)
    whole = [f"half-{number}-{each}".encode() in came for each in range(requests)]
    if came.count(b"HTTP/1.1 200 OK") != requests or not all(whole) or came.endswith(b"in time]"):
        statuses = [int(each[:3]) for each in came.split(b"HTTP/1.1 ")[1:]]
        rough.complain(f"half-closed after {requests} requests: {statuses}, {whole}, … {came[-60:]!r}")
    writer.close()


async def stops_half_way(rough: Rough, number: int) -> None:
    """Ends its side within the body: a refusal, or nothing, and then the end, soon."""
    reader, writer = await rough.open()
    writer.write(update(f"stops-{number}")[:-5])
    writer.write_eof()
    came = await rest_of(reader, PATIENCE)
    if (came and b"Mock-Rule: body.incomplete" not in came) or came.endswith(b"in time]"):
        rough.complain(f"half-closed within a body: {came!r}")
    writer.close()


async def drips(rough: Rough, number: int) -> None:
    """Sends byte by byte: fast enough, and the answer is due; or too slowly, and the head's time runs out."""
    reader, writer = await rough.open()
    content = update(f"drip-{number}")
    too_slow = number % 2 == 1
    coming = asyncio.create_task(rest_of(reader, 120))
    for at in range(len(content)):
        if coming.done() or writer.is_closing():
            break
        writer.write(content[at : at + 1])
        await asyncio.sleep(0.25 if too_slow else 0.003)
    if not too_slow and not writer.is_closing():
        writer.write_eof()
    came = await coming
    due = b"HTTP/1.1 408" if too_slow else f"drip-{number}".encode()
    if due not in came and not rough.is_over:
        rough.complain(f"byte by byte, too slowly: {too_slow}: {came!r}")
    writer.close()


async def holds_body_back(rough: Rough, number: int) -> None:
    """Sends no body, or half of it, and waits: it is told so when its time is over."""
    reader, writer = await rough.open()
    writer.write(update(f"held-{number}")[: -(number % 2) * 10 - 1])
    came = await rest_of(reader, PATIENCE)
    if b"Mock-Rule: body.incomplete" not in came and not rough.is_over:
        rough.complain(f"a body held back: {came!r}")
    writer.close()


async def takes_nothing(rough: Rough, number: int) -> None:
    """Asks for a great deal and reads none of it, or very little, until it is cut off."""
    loop = asyncio.get_running_loop()
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.setblocking(False)
        await loop.sock_connect(client, ("127.0.0.1", rough.port))
        state = request_bytes("GET", f"/_mock/worlds/{WORLD}/state")
        await loop.sock_sendall(client, state * 3 + request_bytes("GET", "/openapi.yaml") * 200)
        with suppress(OSError):
            while not rough.is_over:
                await asyncio.sleep(1)
                if number % 2:
                    await loop.sock_recv(client, 10)
                client.getpeername()


async def pipelines(rough: Rough, number: int) -> None:
    """Sends 20 requests in one go: 20 answers are due, in their order, each to its own request."""
    connection = await connected(rough.port)
    wanted = [f"line-{number}-{each}" for each in range(20)]
    contents = [update(each, OTHER_IDENTITY) if at % 4 else b"" for at, each in enumerate(wanted)]
    refused = request_bytes("PATCH", f"{AUTH}/{OTHER_IDENTITY}", {"unheard-of": 1})
    answers = await asyncio.gather(*(connection.ask(each or refused) for each in contents))
    for at, (names, answer) in enumerate(zip(wanted, answers, strict=True)):
        if answer.status != (200 if at % 4 else 422) or (at % 4 and names.encode() not in answer.body):
            rough.complain(f"pipelined, answer {at} of {number}: {answer}")
    connection.abort()


async def speaks_garbage(rough: Rough, number: int) -> None:
    """Sends what is no HTTP: 400 in the vendor's envelope, and the end."""
    reader, writer = await rough.open()
    writer.write(GARBAGE[number % len(GARBAGE)])
    came = await rest_of(reader, PATIENCE)
    if b"Mock-Rule: http.malformed" not in came or came.endswith(b"in time]"):
        rough.complain(f"garbage {number % len(GARBAGE)}: {came!r}")
    writer.close()


async def is_killed(rough: Rough, number: int) -> None:
    """A process with twenty requests under way is killed."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-S", "-c", KILLED, str(rough.port),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    process.stdin.write(update(f"killed-{number}"))
    process.stdin.close()
    await process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def listens(rough: Rough, number: int) -> None:
    """Opens a stream of events, reads a little, and is gone."""
    reader, writer = await rough.open()
    writer.write(request_bytes("GET", f"/_mock/events?world={WORLD}"))
    came = await reader.read(1000)
    if b"200 OK" not in came and b"429" not in came:
        rough.complain(f"a stream of events: {came!r}")
    await asyncio.sleep(0.5)
    reset(writer) if number % 2 else writer.close()


async def sends_much(rough: Rough, number: int) -> None:
    """Sends a body of exactly 1 MiB, or of one byte more: a refusal by the contract, or by the limit."""
    connection = await connected(rough.port)
    body = b'{"allowedNames": "' + b"a" * (1024 * 1024 - 20 + number % 2) + b'"}'
    answer = await connection.ask(request_bytes("PATCH", f"{AUTH}/{IDENTITY}", body))
    rule = answer.header("Mock-Rule")
    if not rule or (rule == "body.size") != (number % 2 == 1):
        rough.complain(f"a body of {len(body)} bytes: {answer.status} {rule}")
    connection.abort()


async def makes_worlds(rough: Rough) -> None:
    """Keeps up to 500 worlds of its own, each changed once, and deletes the oldest before it makes another."""
    connection = await connected(rough.port)
    names: list[str] = []
    number = 0
    while not rough.is_over:
        name = f"many-{number}"
        number += 1
        made = await connection.ask(request_bytes("PUT", f"/_mock/worlds/{name}", {"profile": "live"}))
        path = f"/w/{name}/api/v1/auth/kubernetes-auth/identities/{IDENTITY}"
        changed = await connection.ask(request_bytes("PATCH", path, {"allowedNames": name}))
        if (made.status, changed.status) != (201, 200):
            rough.complain(f"world {name}: {made.status}, {changed.status}")
        names.append(name)
        rough.worlds = max(rough.worlds, len(names))
        rough.done["makes_worlds"] += 1
        if len(names) >= WORLDS:
            await _deleted(rough, connection, names.pop(0))
        await asyncio.sleep(0.02)
    for name in names:
        await _deleted(rough, connection, name)
    connection.abort()


async def _deleted(rough: Rough, connection: Any, name: str) -> None:
    answer = await connection.ask(request_bytes("DELETE", f"/_mock/worlds/{name}"))
    if answer.status != 204:
        rough.complain(f"world {name} is not deleted: {answer.status}")


async def streams(rough: Rough) -> None:
    """Keeps 100 streams of events open; each reads all that comes, one of ten slowly."""
    readers = [asyncio.create_task(_stream(rough, number)) for number in range(STREAMS)]
    await asyncio.sleep(max(0.0, rough.until - time.perf_counter()))
    for each in readers:
        each.cancel()
    await asyncio.gather(*readers, return_exceptions=True)


async def _stream(rough: Rough, number: int) -> None:
    await asyncio.sleep(number * 0.02)
    while not rough.is_over:
        reader, writer = await rough.open()
        writer.write(request_bytes("GET", "/_mock/events?world=default&changes=true"))
        came = await reader.read(4096)
        if b"200 OK" not in came:
            rough.complain(f"stream {number}: {came[:200]!r}")
        rough.streams += 1
        try:
            while came and not rough.is_over:
                came = await reader.read(4096)
                rough.done["events"] += came.count(b"event: ")
                if number % 10 == 0:
                    await asyncio.sleep(2)
        except ConnectionError:
            pass
        finally:
            rough.streams -= 1
            writer.close()


async def idles(rough: Rough) -> None:
    """Keeps 2,000 connections open that say nothing; those that the server closes are opened again."""
    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = IDLE_CONNECTIONS + SPARE_FILES
    if files < wanted:
        with suppress(ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, most), most))
    room = min(IDLE_CONNECTIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE_FILES)
    held: list[Any] = []
    while not rough.is_over:
        held = [each for each in held if not each.closed]
        for _ in range(min(OPENED_A_SECOND // 10, room - len(held))):
            held.append(await connected(rough.port))
            rough.done["idles"] += 1
        rough.idle_connections = max(rough.idle_connections, len(held))
        await asyncio.sleep(0.1)
    for each in held:
        each.abort()


KINDS: tuple[tuple[Callable[[Rough, int], Awaitable[None]], int, float], ...] = (
    (resets, 2, 0.05),
    (half_closes, 2, 0.1),
    (stops_half_way, 2, 0.1),
    (drips, 6, 0.1),
    (holds_body_back, 4, 0.1),
    (takes_nothing, 6, 1.0),
    (pipelines, 1, 0.2),
    (speaks_garbage, 2, 0.1),
    (is_killed, 1, 2.0),
    (listens, 2, 0.5),
    (sends_much, 2, 0.5),
)
"""Who misbehaves, how many of them at a time, and how long each rests before it does so again, in seconds."""


async def _again_and_again(
    rough: Rough, kind: Callable[[Rough, int], Awaitable[None]], first: int, step: int, rest: float
) -> None:
    await asyncio.sleep(5 * first / step)  # all at the same moment would be one client
    for number in count(first, step):
        try:
            await kind(rough, number)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            if not rough.is_over and kind not in (takes_nothing, resets, drips):
                rough.complain(f"{kind.__name__}: {type(error).__name__}: {error}")
        rough.done[kind.__name__] += 1
        if rough.is_over:
            return
        await asyncio.sleep(rest)


async def _all(port: int, seconds: float) -> dict[str, Any]:
    rough = Rough(port, seconds)
    connection = await connected(port)
    made = await connection.ask(request_bytes("PUT", f"/_mock/worlds/{WORLD}"))
    if made.status != 201:
        rough.complain(f"no world: {made}")
    work = [
        asyncio.create_task(_again_and_again(rough, kind, first, number, rest))
        for kind, number, rest in KINDS
        for first in range(number)
    ]
    work += [asyncio.create_task(each(rough)) for each in (makes_worlds, streams, idles)]
    most = 0
    while not rough.is_over:
        most = max(most, rough.streams)
        await asyncio.sleep(0.5)
    _, late = await asyncio.wait(work, timeout=30)
    for each in late:
        each.cancel()
    for error in await asyncio.gather(*work, return_exceptions=True):
        if isinstance(error, Exception):
            rough.complain(f"a misbehaving client failed: {type(error).__name__}: {error}")
    return {
        "complaints": rough.complaints,
        "done": rough.done,
        "idle_connections": rough.idle_connections,
        "streams": most,
        "worlds": rough.worlds,
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(_all(int(sys.argv[1]), float(sys.argv[2])))))
