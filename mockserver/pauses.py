"""Pauses in long work that a thread does: it takes turns with the event loop, which is never to wait for long.

Two threads that both want to go on get the interpreter by turns of Python's switch interval, and each callback of the
event loop waits for its own. With a thousand requests a second they fall behind without end. Here the thread asks for
nothing between its turns, and the loop for nothing during one.
"""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Literal, TypeVar

from mockserver.clock import stopwatch

TURN_SECONDS = 0.002
"""How long a turn lasts, but for the step that it ends with."""
_PATIENCE_SECONDS = 0.01
"""How long the loop waits for the end of a turn: work that makes no pause goes on beside it."""
_ALONE_SECONDS = 5.0
"""How long a thread waits for its next turn: without a loop that gives it one, it goes on beside whatever there is."""

_Item = TypeVar("_Item")


class Abandoned(BaseException):
    """Nobody waits any more for what the thread does. It is no Exception, as the work may handle those."""


class Turns:
    """The turns of one piece of work. `pause` is for its thread, `give` and `abandon` are for the loop's."""

    def __init__(self) -> None:
        self._changed = threading.Condition(threading.Lock())
        self._work: Literal["absent", "waiting", "at work", "over"] = "absent"
        self._is_abandoned = False
        self._until = 0.0

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Do what follows in turns, in this thread."""
        try:
            self._wait()
            _here.turns = self
            yield
        finally:
            _here.turns = None
            with self._changed:
                self._work = "over"
                self._changed.notify_all()

    def pause(self) -> None:
        """End the turn if it has lasted its time, and wait for the next one. Raises Abandoned."""
        if stopwatch() >= self._until:
            self._wait()

    def give(self) -> bool:
        """Let the work go on for a turn, and wait for its end. False if it waits for none, or goes on after it."""
        with self._changed:
            if self._work != "waiting":
                return False
            self._work = "at work"
            self._changed.notify_all()
            return self._changed.wait_for(lambda: self._work != "at work", _PATIENCE_SECONDS)

    @property
    def is_over(self) -> bool:
        """Whether the work has ended."""
        return self._work == "over"

    def abandon(self) -> None:
        """Let the work end with its next pause."""
        with self._changed:
            self._is_abandoned = True
            self._changed.notify_all()

    def _wait(self) -> None:
        with self._changed:
            self._work = "waiting"
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._work == "at work" or self._is_abandoned, _ALONE_SECONDS)
            self._work = "at work"
            if self._is_abandoned:
                raise Abandoned
        self._until = stopwatch() + TURN_SECONDS


class _Here(threading.local):
    """What this thread does in turns; None if it does not take turns."""

    turns: Turns | None = None


_here = _Here()


def is_shared() -> bool:
    """Whether this thread takes turns with an event loop."""
    return _here.turns is not None


def pause() -> None:
    """Make a pause if this thread takes turns, and its turn is over. Raises Abandoned."""
    turns = _here.turns
    if turns is not None:
        turns.pause()


def between(items: Iterable[_Item], number: int = 1) -> Iterable[_Item]:
    """Return the items, with a pause after so many of them if this thread takes turns."""
    turns = _here.turns
    return items if turns is None else _with_pauses(items, number, turns.pause)


def _with_pauses(items: Iterable[_Item], number: int, pause: Callable[[], None]) -> Iterator[_Item]:
    left = number
    for each in items:
        yield each
        left -= 1
        if not left:
            pause()
            left = number
