"""The recent requests of a world's clients, from which the critic detects polling and early retries."""

from collections import deque
from collections.abc import Mapping
from typing import Any, Protocol

import orjson
from multidict import CIMultiDict

from mockserver.clock import stopwatch
from mockserver.journal.entry import Entry

POLLS = 5
"""Number of identical consecutive GETs that count as polling."""
POLL_SECONDS = 10
"""Longest time, in seconds, in which these GETs arrive."""
DEFAULT_WAIT = 1.0
"""Seconds to wait after a 429 without a usable `Retry-After`."""
MAX_CLIENTS = 64
_TOLERANCE = 0.05


_Moment = tuple[int, float]
"""A point in the world's time (milliseconds) and in real time (seconds of the stopwatch)."""


def _seconds_between(then: _Moment, now: _Moment) -> float:
    """Return the longer of world time and real time: a client may wait, or a test may advance the world's clock."""
    return max((now[0] - then[0]) / 1000, now[1] - then[1])


class ClientHistory:
    """Consecutive GETs and unretried 429s by client. A client is identified by its `Authorization` header."""

    __slots__ = ("gets", "limits")

    def __init__(self) -> None:
        self.gets: dict[str, tuple[str, deque[_Moment]]] = {}
        self.limits: dict[tuple[str, str, str], tuple[_Moment, float]] = {}


class Remembers(Protocol):
    """A world that keeps the history of its clients."""

    habits: Any


def note(world: Remembers, entry: Entry, client: str, real: float) -> None:
    """Record a request of `client` (its `Authorization` header), received at `real` (seconds of the stopwatch).

    Polling and early retries are noted in `entry.habits`, where the critic reads them.
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
    """Record a 429. `Retry-After` in `headers` gives the seconds to wait; the default is DEFAULT_WAIT."""
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
