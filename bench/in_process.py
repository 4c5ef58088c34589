"""Serves requests without a network: the protocol of a server, fed with bytes, answering into a list."""

import asyncio
from time import thread_time

import uvloop

CONNECTIONS = 16
TURNS = 1000
SETTLE_TURNS = 10


class Loop(uvloop.Loop):
    """An event loop that remembers what a server would make for a connection."""

    factory = None

    async def create_server(self, protocol_factory, *arguments, **named):
        self.factory = protocol_factory
        return await super().create_server(protocol_factory, *arguments, **named)


class PlainLoop(asyncio.SelectorEventLoop):
    """The same of asyncio's own event loop."""

    factory = None

    async def create_server(self, protocol_factory, *arguments, **named):
        self.factory = protocol_factory
        return await super().create_server(protocol_factory, *arguments, **named)


class Wire(asyncio.Transport):
    """One connection: what is written to it is counted by the answers, each of which comes as one write."""

    def __init__(self):
        super().__init__({"peername": ("127.0.0.1", 50000), "sockname": ("127.0.0.1", 8080)})
        self.answered = self.closed = False
        self.status = b""

    def write(self, data):
        if not self.answered:
            self.status = bytes(data[9:12])
        self.answered = True

    def writelines(self, parts):
        self.write(b"".join(parts))

    def is_closing(self):
        return self.closed

    def close(self):
        self.closed = True

    abort = close

    def pause_reading(self):
        """Nothing comes before it is asked for."""

    resume_reading = pause_reading


class Connections:
    """Connections to the server that was started last in this loop."""

    def __init__(self, loop):
        self._wires = [Wire() for _ in range(CONNECTIONS)]
        self._protocols = [loop.factory() for _ in self._wires]
        for wire, protocol in zip(self._wires, self._protocols, strict=True):
            protocol.connection_made(wire)

    async def ask(self, requests, status):
        """Seconds of processor time, for each few of the requests. Raises if the last ones are answered otherwise."""
        spent = []
        for _ in range(SETTLE_TURNS):
            await asyncio.sleep(0)  # until the servers wait for requests, as they do behind a network
        for first in range(0, len(requests), CONNECTIONS):
            began = thread_time()
            await self._some(requests[first : first + CONNECTIONS])
            spent.append(thread_time() - began)
        for wire in self._wires:
            if wire.closed or wire.status != b"%d" % status:
                raise RuntimeError(f"{wire.status} instead of {status}, or a connection that is closed")
        return spent

    async def _some(self, requests):
        for wire, protocol, raw in zip(self._wires, self._protocols, requests, strict=False):
            wire.answered = False
            protocol.data_received(raw)
        for _ in range(TURNS):
            await asyncio.sleep(0)
            if all(wire.answered for wire in self._wires[: len(requests)]):
                return
        raise RuntimeError(f"no answer after {TURNS} turns of the loop")

    async def close(self):
        """Ends them, and waits until the server has noticed."""
        for protocol in self._protocols:
            protocol.connection_lost(None)
        await asyncio.sleep(0.01)
