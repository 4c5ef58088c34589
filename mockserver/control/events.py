"""`GET /_mock/events`: the journal as it grows, as server-sent events."""

from collections.abc import Callable

import orjson
from aiohttp import web

from mockserver.control.requests import filter_of
from mockserver.control.resource import Asked, problem
from mockserver.journal import show
from mockserver.journal.entry import Entry
from mockserver.journal.subscribers import MAX_SUBSCRIBERS, Subscriber, Subscribers

HEARTBEAT_SECONDS = 10
"""After how many silent seconds a comment is sent: it keeps the stream open, and a client that is gone is noticed."""
_LOOK_SECONDS = 1.0
_FILTERS = frozenset(("world", "operation"))
_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


async def stream(asked: Asked) -> web.StreamResponse:
    """Each exchange as an event `request` with its line; `missed` says how many did not wait for a slow reader."""
    wanted = filter_of(asked.request.query, _FILTERS)
    if isinstance(wanted, web.Response):
        return wanted
    subscribers = asked.parts.journal.subscribers
    if subscribers.is_full:
        return problem(429, "TooManyStreams", f"{MAX_SUBSCRIBERS} streams of events are open: close one")
    response = web.StreamResponse(headers=_HEADERS)
    if asked.request.method == "HEAD":
        return response
    return await _flow(asked.request, response, subscribers, wanted)


async def _flow(
    request: web.BaseRequest, response: web.StreamResponse, subscribers: Subscribers, wanted: Callable[[Entry], bool]
) -> web.StreamResponse:
    subscriber = Subscriber(wanted)
    subscribers.add(subscriber)
    try:
        await response.prepare(request)
        await response.write(b": the journal of infisical-mock\n\n")
        silent = 0.0
        while not subscriber.ended and request.transport is not None:
            missed, entries = await subscriber.fetch(_LOOK_SECONDS)
            if missed:
                await response.write(_event("missed", {"missed": missed}))
            for entry in entries:
                await response.write(_event("request", show.line(entry), entry.id))
            silent = 0.0 if entries else silent + _LOOK_SECONDS
            if silent >= HEARTBEAT_SECONDS:
                await response.write(b": still here\n\n")
                silent = 0.0
    finally:
        subscribers.remove(subscriber)
    return response


def _event(name: str, value: object, id: str = "") -> bytes:
    marked = f"id: {id}\n" if id else ""
    return f"event: {name}\n{marked}data: ".encode() + orjson.dumps(value) + b"\n\n"
