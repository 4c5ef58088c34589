"""What one world remembers of its clients, so that the critic can tell a poll or a hasty retry: a few entries each."""

from collections import deque
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

import orjson
from multidict import CIMultiDict, istr

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
_AUTHORIZATION = istr("Authorization")


class _Moment(NamedTuple):
    """A point in the world's time (milliseconds) and in real time (seconds of the stopwatch)."""

    at: int
    real: float

    def seconds_since(self, other: "_Moment") -> float:
        """How long that is: a client may really wait, or a test may have moved the world's clock."""
        return max((self.at - other.at) / 1000, self.real - other.real)


class Habits:
    """The GETs in a row of each client, and the 429s that it has not come back to yet. A client is its bearer."""

    def __init__(self) -> None:
        self.gets: dict[str, tuple[str, deque[_Moment]]] = {}
        self.limits: dict[tuple[str, str, str], tuple[_Moment, float]] = {}


class Remembers(Protocol):
    """A world."""

    habits: Any


def note(world: Remembers, entry: Entry, headers: Mapping[str, str]) -> None:
    """Takes notice of a request that comes in; what the critic has to know of it goes into the entry's evidence."""
    habits = world.habits
    if habits is None:
        habits = world.habits = Habits()
    client = headers.get(_AUTHORIZATION, "")
    moment = _Moment(entry.at, stopwatch())
    if habits.limits:
        _note_retry(habits, entry, client, moment)
    if entry.method != "GET":
        habits.gets.pop(client, None)
        return
    target, moments = habits.gets.get(client, ("", None))
    if moments is None or target != entry.target:
        if len(habits.gets) >= MAX_CLIENTS:
            habits.gets.pop(next(iter(habits.gets)))
        moments = deque(maxlen=POLLS)
        habits.gets[client] = entry.target, moments
    moments.append(moment)
    seconds = moment.seconds_since(moments[0])
    if len(moments) == POLLS and seconds <= POLL_SECONDS:
        entry.evidence = {**(entry.evidence or {}), "pollSeconds": round(seconds, 3)}


def _note_retry(habits: Habits, entry: Entry, client: str, moment: _Moment) -> None:
    limit = habits.limits.pop((client, entry.method, entry.target), None)
    if limit is None:
        return
    then, asked = limit
    waited = moment.seconds_since(then)
    if waited + _TOLERANCE < asked:
        entry.evidence = {**(entry.evidence or {}), "waited": round(waited, 3), "asked": asked}


def note_limit(world: Remembers, entry: Entry, headers: Mapping[str, str]) -> None:
    """Takes notice of a 429, whose `headers` may say how long to wait."""
    habits = world.habits
    if habits is None:
        habits = world.habits = Habits()
    client = next((value for name, value in orjson.loads(entry.headers) if name.lower() == "authorization"), "")
    while len(habits.limits) >= MAX_CLIENTS:
        habits.limits.pop(next(iter(habits.limits)))
    asked = _seconds(CIMultiDict(headers).get("Retry-After", ""))
    habits.limits[client, entry.method, entry.target] = _Moment(entry.at, stopwatch()), asked


def _seconds(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else DEFAULT_WAIT
