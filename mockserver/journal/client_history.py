"""What one world remembers of its clients, so that the critic can tell a poll or a hasty retry: a few entries each."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from multidict import CIMultiDict

from mockserver.clock import stopwatch
from mockserver.journal.entry import Entry

POLLS = 5
"""How many identical GETs in a row are a poll."""
POLL_SECONDS = 10
"""Within how many seconds."""
DEFAULT_WAIT = 1.0
"""Seconds to wait after a 429 that does not say how long."""
MAX_CLIENTS = 64
_TOLERANCE = 0.05


_Moment = tuple[int, float]
"""A point in the world's time (milliseconds) and in real time (seconds of the stopwatch)."""


def _seconds_between(then: _Moment, now: _Moment) -> float:
    """How long that was: a client may really wait, or a test may have moved the world's clock."""
    return max((now[0] - then[0]) / 1000, now[1] - then[1])


class ClientHistory:
    """The GETs in a row of each client, and the 429s that it has not come back to yet. A client is its bearer."""

    __slots__ = ("gets", "limits")

    def __init__(self) -> None:
        self.gets: dict[str, tuple[str, deque[_Moment]]] = {}
        self.limits: dict[tuple[str, str, str], tuple[_Moment, float]] = {}


class Remembers(Protocol):
    """A world."""

    habits: Any


def note(world: Remembers, entry: Entry, client: str, real: float) -> None:
    """Takes notice of a request of that client, its bearer, that comes in at `real` (seconds of the stopwatch).

    What the critic has to know of it goes into the entry's habits.
    """
    habits = world.habits
    if habits is None:
        habits = world.habits = ClientHistory()
    is_get = entry.method == "GET"
    if not is_get and not habits.gets and not habits.limits:
        return
    if habits.limits:
        _note_retry(habits, entry, client, (entry.at, real))
    if not is_get:
        habits.gets.pop(client, None)
        return
    row = habits.gets.get(client)
    if row is None or row[0] != entry.target:
        if len(habits.gets) >= MAX_CLIENTS:
            habits.gets.pop(next(iter(habits.gets)))
        habits.gets[client] = entry.target, deque(((entry.at, real),), POLLS)
        return
    moments = row[1]
    moments.append((entry.at, real))
    if len(moments) == POLLS:
        seconds = _seconds_between(moments[0], moments[-1])
        if seconds <= POLL_SECONDS:
            entry.habits = {**(entry.habits or {}), "pollSeconds": seconds}


def _note_retry(habits: ClientHistory, entry: Entry, client: str, moment: _Moment) -> None:
    limit = habits.limits.pop((client, entry.method, entry.target), None)
    if limit is None:
        return
    then, asked = limit
    waited = _seconds_between(then, moment)
    if waited + _TOLERANCE < asked:
        entry.habits = {**(entry.habits or {}), "waited": waited, "asked": asked}


def note_limit(world: Remembers, entry: Entry, headers: Mapping[str, str]) -> None:
    """Takes notice of a 429, whose `headers` may say how long to wait."""
    habits = world.habits
    if habits is None:
        habits = world.habits = ClientHistory()
    client = next((value for name, value in orjson.loads(entry.headers) if name.lower() == "authorization"), "")
    while len(habits.limits) >= MAX_CLIENTS:
        habits.limits.pop(next(iter(habits.limits)))
    asked = _seconds(CIMultiDict(headers).get("Retry-After", ""))
    habits.limits[client, entry.method, entry.target] = (entry.at, stopwatch()), asked


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else DEFAULT_WAIT
