"""The windows of a world in which requests are counted, by bucket and client address."""

from collections import OrderedDict

from mockserver.infisical.rate_limits.limits import WINDOW_SECONDS, Bucket

MAX_WINDOWS = 10_000
"""Number of windows kept. Beyond it the oldest one is forgotten, so its address begins a new one."""
_ADDRESS = 64
"""How many characters of an address count: no IP address is longer, but any text may stand in a header."""
_MILLISECONDS = WINDOW_SECONDS * 1000


class RateWindows:
    """Fixed windows: each begins with the first request of its address and ends 60 seconds later."""

    __slots__ = ("_windows",)

    def __init__(self) -> None:
        self._windows: OrderedDict[tuple[Bucket, str], tuple[int, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._windows)

    def count(self, bucket: Bucket, address: str, now: int) -> tuple[int, int]:
        """Count a request at `now`; return its number in the window, from 1 on, and the time left in it.

        Both times are in milliseconds. A clock that went back behind the window's beginning begins a new window.
        """
        windows, key = self._windows, (bucket, address[:_ADDRESS])
        began, number = windows.get(key, (0, 0))
        if number and 0 <= now - began < _MILLISECONDS:
            windows[key] = began, number + 1
            return number + 1, began + _MILLISECONDS - now
        windows.pop(key, None)
        self._make_room(now)
        windows[key] = now, 1
        return 1, _MILLISECONDS

    def _make_room(self, now: int) -> None:
        """Forget windows that have ended; if the limit is reached, the oldest one too."""
        windows = self._windows
        while windows:
            began, _ = next(iter(windows.values()))
            if len(windows) < MAX_WINDOWS and 0 <= now - began < _MILLISECONDS:
                return
            windows.popitem(last=False)
