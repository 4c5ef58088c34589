"""`GET /_mock/events`: streams new journal entries as server-sent events."""

from collections.abc import Callable

import orjson
from aiohttp import web

from mockserver.control.requests import filter_of
from mockserver.control.resource import Call, problem
from mockserver.journal import show
from mockserver.journal.entry import Entry
from mockserver.journal.subscribers import MAX_SUBSCRIBERS, Subscriber, Subscribers

HEARTBEAT_SECONDS = 10
"""Seconds without an event after which a comment is sent, to keep the stream open and to detect a lost client."""
_LOOK_SECONDS = 1.0
_FILTERS = frozenset(("world", "operation"))
_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


async def stream(call: Call) -> web.StreamResponse:
    """Stream each exchange as an event `request`. An event `missed` counts entries dropped because of a slow reader."""
    wanted = filter_of(call.parts, call.request.query, _FILTERS)
    if isinstance(wanted, web.Response):
        return wanted
    subscribers = call.parts.journal.subscribers
    if subscribers.is_full:
        return problem(429, "TooManyStreams", f"The limit of {MAX_SUBSCRIBERS} event streams is reached: close one")
    response = web.StreamResponse(headers=_HEADERS)
    if call.request.method == "HEAD":
        return response
    return await _flow(call.request, response, subscribers, wanted)


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
