"""`GET /_mock/events`: streams new journal entries as server-sent events."""

import asyncio
from collections.abc import Callable
from typing import NamedTuple

import orjson
from aiohttp import web
from multidict import MultiDict

from mockserver.clock import stopwatch
from mockserver.control.requests import filter_of
from mockserver.control.resource import Call, Parts, problem
from mockserver.journal import show
from mockserver.journal.entry import Entry
from mockserver.journal.subscribers import MAX_SUBSCRIBERS, Subscriber, Subscribers
from mockserver.worlds.world import World

HEARTBEAT_SECONDS = 10
"""Seconds without an event after which a comment is sent, to keep the stream open and to detect a lost client."""
_LOOK_SECONDS = 1.0
_WATCH_SECONDS = 0.25
_MANY = 200
_BUSY, _BUSY_SECONDS = 25, 2.0
"""After this many exchanges between two events, the next event is delayed: nobody reads that fast."""
_FILTERS = frozenset(("world", "operation"))
CHANGES = "changes"
_HEADERS = {"Content-Type": "text/event-stream", "Cache-Control": "no-cache", "X-Accel-Buffering": "no"}


class _Snapshot(NamedTuple):
    """The values that a stream of changes compares: newest exchange, number of worlds, and facts about the world."""

    newest: str
    worlds: int
    world: tuple[object, ...]


async def stream(call: Call) -> web.StreamResponse:
    """Stream each exchange as an event `request`. An event `missed` counts entries dropped because of a slow reader.

    With `changes=true` the stream has events `changed` only, which say that there is something new to fetch.
    """
    query = call.request.query
    if query.get(CHANGES, "true") != "true":
        return problem(400, "BadQuery", "changes must be true, or left out")
    filters = MultiDict((name, value) for name, value in query.items() if name != CHANGES)
    wanted = filter_of(call.parts, filters, _FILTERS)
    if isinstance(wanted, web.Response):
        return wanted
    subscribers = call.parts.journal.subscribers
    if subscribers.is_full:
        return problem(429, "TooManyStreams", f"The limit of {MAX_SUBSCRIBERS} event streams is reached: close one")
    response = web.StreamResponse(headers=_HEADERS)
    if call.request.method == "HEAD":
        return response
    if CHANGES in query:
        return await _changes(call, response, query.get("world"))
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


async def _changes(call: Call, response: web.StreamResponse, world: str | None) -> web.StreamResponse:
    """Send an event `changed` when the journal or the world has changed: at most four a second, fewer under load.

    It polls, so that requests cost the same however many streams are open.
    """
    request, subscribers = call.request, call.parts.journal.subscribers
    subscribers.watching += 1
    try:
        await response.prepare(request)
        await response.write(b": the journal of infisical-mock\n\n")
        seen, silent = _snapshot(call.parts, world), 0.0
        while not subscribers.ended and request.transport is not None:
            await asyncio.sleep(_until_next(_WATCH_SECONDS))
            silent += _WATCH_SECONDS
            snapshot = _snapshot(call.parts, world)
            if snapshot != seen:
                came = _came(call.parts, seen.newest)
                await response.write(_event("changed", {"requests": came, "newest": snapshot.newest or None}))
                seen, silent = snapshot, 0.0
                subscribers.told = stopwatch()
                if came >= _BUSY:
                    await asyncio.sleep(_until_next(_BUSY_SECONDS))
            elif silent >= HEARTBEAT_SECONDS:
                await response.write(b": still here\n\n")
                silent = 0.0
    finally:
        subscribers.watching -= 1
    return response


def _until_next(seconds: float) -> float:
    """Return the seconds until the next multiple of `seconds`: all streams wake together, so pages can share a list."""
    return seconds - stopwatch() % seconds


def _snapshot(parts: Parts, name: str | None) -> _Snapshot:
    newest = next(parts.journal.newest_first(), None)
    world = None if name is None else parts.worlds.glance(name)
    about = () if world is None else (world.life, world.revision, len(world.snapshots), *_plan(world), *_time(world))
    return _Snapshot("" if newest is None else newest.id, len(parts.worlds), about)


def _plan(world: World) -> tuple[int, ...]:
    return tuple(each.seen for each in world.faults or ())


def _time(world: World) -> tuple[object, ...]:
    return (True, world.clock.now()) if world.clock.frozen else (False,)


def _came(parts: Parts, id: str) -> int:
    """Return the number of exchanges after the one with that id, at most _MANY."""
    count = 0
    for each in parts.journal.newest_first():
        if each.id == id or count >= _MANY:
            break
        count += 1
    return count


def _event(name: str, value: object, id: str = "") -> bytes:
    marked = f"id: {id}\n" if id else ""
    return f"event: {name}\n{marked}data: ".encode() + orjson.dumps(value) + b"\n\n"
