"""What `holds.py` runs in processes of its own: a server that notes how long its loop is held, and a client's updates.

python -m bench.held serve PORT_FILE [flags of serve]   the mock, with a monitor on the port that PORT_FILE names
python -m bench.held updates PORT RATE                  so many updates a second, until its input ends
"""

import asyncio
import gc
import json
import sys
import time
from collections import deque
from pathlib import Path

from bench.workload import ACCEPTED

TICK_SECONDS = 0.001
CONNECTIONS = 16
NOTED = 100_000
_SHORTEST = 0.002


class Monitor:
    """A task that wakes up every millisecond and notes how late it is: in time, and in the process's processor time.

    Other work on the machine moves the first figure. The second is what the process itself did meanwhile, in all of its
    threads; a collection of garbage is a part of it, and is noted too.
    """

    def __init__(self):
        self._late = deque(maxlen=NOTED)
        self._collections = deque(maxlen=NOTED)
        self._began = 0.0
        gc.callbacks.append(self._collected)

    def _collected(self, phase, info):
        if phase == "start":
            self._began = time.process_time()
        else:
            self._collections.append((info["generation"], time.process_time() - self._began))

    async def watch(self):
        """Note late awakenings until cancelled."""
        while True:
            began, used = time.monotonic(), time.process_time()
            await asyncio.sleep(TICK_SECONDS)
            late = time.monotonic() - began - TICK_SECONDS
            if late > _SHORTEST:
                self._late.append((late, time.process_time() - used))

    def taken(self):
        """Return the longest hold since the last time, in milliseconds, and forget it."""
        late, collections = list(self._late), list(self._collections)
        self._late.clear()
        self._collections.clear()
        return {
            "wall": 1000 * max((wall for wall, _ in late), default=0),
            "processor": 1000 * max((min(pair) for pair in late), default=0),
            "collection": 1000 * max((seconds for _, seconds in collections), default=0),
            "collections": len(collections),
        }

    async def answer(self, _, writer):
        """Tell a connection what has been noted, and close it."""
        writer.write(json.dumps(self.taken()).encode())
        await writer.drain()
        writer.close()


def serve(port_file, flags):
    """Run the mock as a user starts it, with the monitor in its loop."""
    from mockserver.cli.main import main
    from mockserver.cli.running import write_whole
    from mockserver.serving.server import Server

    start, tasks = Server.start, []

    async def started(server):
        await start(server)
        monitor = Monitor()
        listening = await asyncio.start_server(monitor.answer, "127.0.0.1", 0)
        tasks.extend((asyncio.create_task(monitor.watch()), listening))
        write_whole(Path(port_file), f"{server.port} {listening.sockets[0].getsockname()[1]}")

    Server.start = started
    sys.argv[1:] = ["serve", *flags]
    main()


class _Connection(asyncio.Protocol):
    """One connection: a request at a time, and the status of its answer."""

    def __init__(self):
        self._answered = None
        self._came = b""

    def connection_made(self, transport):
        self._transport = transport

    def data_received(self, data):
        self._came += data
        head, end, body = self._came.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0) if end else 0
        if end and len(body) >= length and not self._answered.done():
            self._answered.set_result(int(head[9:12]))

    def connection_lost(self, exc):
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(exc or ConnectionResetError("closed"))

    def ask(self, raw):
        self._came, self._answered = b"", asyncio.get_running_loop().create_future()
        self._transport.write(raw)
        return self._answered


class Updates:
    """Updates at even intervals. Each latency counts from the moment at which the update could be sent at the earliest.

    That is when it was due, but for the time by which this process woke up late, which is noted too: the server has no
    part in that. If no connection is free then, it is the server that is late.
    """

    def __init__(self, port, rate):
        self._port = port
        self._rate = rate
        self._due = asyncio.Queue()
        self._latencies = []
        self._lag = 0.0

    async def run(self):
        """Send updates; for each line of the input print latencies and lag since the last one, in milliseconds."""
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        working = [asyncio.create_task(self._work(number)) for number in range(CONNECTIONS)]
        working.append(asyncio.create_task(self._plan()))
        while await reader.readline():
            for each in working:
                if each.done():
                    each.result()
            latencies = [round(1000 * each, 2) for each in self._latencies]
            print(json.dumps({"latencies": latencies, "lag": round(1000 * self._lag, 2)}), flush=True)
            self._latencies.clear()
            self._lag = 0.0

    async def _plan(self):
        began, sent = time.monotonic(), 0
        while True:
            await asyncio.sleep(TICK_SECONDS)
            awake = time.monotonic()
            self._lag = max(self._lag, awake - began - sent / self._rate)
            while began + sent / self._rate < awake:
                self._due.put_nowait((awake, ACCEPTED.requests[sent % len(ACCEPTED.requests)].raw))
                sent += 1

    async def _work(self, _number):
        _, connection = await asyncio.get_running_loop().create_connection(_Connection, "127.0.0.1", self._port)
        while True:
            due, raw = await self._due.get()
            status = await connection.ask(raw)
            self._latencies.append(time.monotonic() - due)
            if status != ACCEPTED.status:
                raise RuntimeError(f"an update was answered {status}")


def main():
    kind, where, *more = sys.argv[1:]
    if kind == "serve":
        serve(where, more)
    else:
        import uvloop

        async def updates():
            await Updates(int(where), int(more[0])).run()

        uvloop.run(updates())


if __name__ == "__main__":
    main()
