"""Times functions where they stand in a program, each by itself: without what it calls that is timed too.

A timed call costs more than the call: that is measured once, and taken off again.
"""

import inspect
from contextlib import contextmanager
from functools import wraps
from importlib import import_module
from time import perf_counter_ns

_CALIBRATION = 20_000


class Stopwatch:
    """Nanoseconds of each call, by name, in the order of the calls; what lies outside belongs to nobody."""

    def __init__(self):
        self.calls = {}
        self._inside = self._outside = 0
        self._frame = [0]
        self._calibrate()

    def timed(self, name, function):
        """A function that does the same, and whose calls are timed under that name."""
        record = self.calls.setdefault(name, []).append

        @wraps(function)
        def call(*arguments, **named):
            frame, above = [0], self._frame
            self._frame = frame
            began = perf_counter_ns()
            try:
                return function(*arguments, **named)
            finally:
                spent = perf_counter_ns() - began
                self._frame = above
                above[0] += spent + self._outside
                record(spent - frame[0] - self._inside)

        return call

    def timed_coroutine(self, name, function):
        """The same for a coroutine function that never has to wait."""
        record = self.calls.setdefault(name, []).append

        @wraps(function)
        async def call(*arguments, **named):
            frame, above = [0], self._frame
            self._frame = frame
            began = perf_counter_ns()
            try:
                return await function(*arguments, **named)
            finally:
                spent = perf_counter_ns() - began
                if self._frame is not frame:
                    raise RuntimeError(f"{name} waited, and others ran meanwhile: its time is not its own")
                self._frame = above
                above[0] += spent + self._outside
                record(spent - frame[0] - self._inside)

        return call

    @contextmanager
    def at(self, places):
        """Within it, what stands at these places is timed: names with `module:attribute` or `module:Class.method`."""
        put_back = []
        try:
            for place, name in places.items():
                owner, attribute = found(place)
                original = inspect.getattr_static(owner, attribute)
                put_back.append((owner, attribute, original))
                setattr(owner, attribute, self._in_place_of(original, getattr(owner, attribute), name))
            yield
        finally:
            for owner, attribute, original in reversed(put_back):
                setattr(owner, attribute, original)

    def _in_place_of(self, original, bound, name):
        if isinstance(original, (classmethod, staticmethod)):
            return staticmethod(self.timed(name, bound))
        if inspect.iscoroutinefunction(original):
            return self.timed_coroutine(name, original)
        return self.timed(name, original)

    def forget(self):
        """Empties the lists, which stay the same ones."""
        for each in self.calls.values():
            each.clear()

    def _calibrate(self):
        def nothing():
            return None

        plain = min(_loop(nothing) for _ in range(5))
        timed = self.timed("", nothing)
        whole = min(_loop(timed) for _ in range(5))
        seen = sorted(self.calls.pop(""))[_CALIBRATION // 2]
        self._inside = max(0, seen - plain)
        self._outside = max(0, whole - seen)


def _loop(function):
    began = perf_counter_ns()
    for _ in range(_CALIBRATION):
        function()
    return (perf_counter_ns() - began) / _CALIBRATION


def found(place):
    """Who holds what stands at a place, and its name there. Raises LookupError if nothing does."""
    module, _, path = place.partition(":")
    *owners, attribute = path.split(".")
    try:
        owner = import_module(module)
        for each in owners:
            owner = getattr(owner, each)
        getattr(owner, attribute)
    except (ImportError, AttributeError) as error:
        raise LookupError(f"nothing stands at {place}: see STEPS in bench/steps.py") from error
    return owner, attribute
