"""The worlds of one server. `default` always exists; all others must be created."""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterator

from mockserver.clock import IdSource, stopwatch
from mockserver.worlds.world import World

DEFAULT = "default"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_VALID_ID = "an id has 1 to 64 letters, digits, dots, hyphens and underscores, and begins with a letter or digit"
_REMEMBERED = 1000
_SWEEP_SECONDS = 5


class Worlds:
    """All worlds by id. A world without requests for `idle_seconds` is removed, except `default`."""

    def __init__(self, default: World, ids: IdSource, *, most: int = 10_000, idle_seconds: float = 3600) -> None:
        self.most = most
        self.idle_seconds = idle_seconds
        self.default = default
        """The world of a request that names none."""
        self.server = ""
        """Host and port of the server that has these worlds; empty until it listens."""
        self.notice_pause: Callable[[], object] = int
        """Is called before a world is dropped; it calls `paused` if the process was, which may save the world."""
        self._ids = ids
        self._worlds = {DEFAULT: default}
        self._gone: OrderedDict[str, str] = OrderedDict()
        self._swept = stopwatch()

    def find(self, id: str, now: float | None = None) -> World | None:
        """Return the world, marked as used at `now` (seconds of the stopwatch; default: now); None if unknown."""
        world = self._worlds.get(id)
        if world is None:
            return None
        if now is None:
            now = stopwatch()
        if now - world.used > self.idle_seconds and world is not self.default:
            self.notice_pause()
            if now - world.used > self.idle_seconds:
                self._drop(world)
                return None
        world.used = now
        return world

    def glance(self, id: str) -> World | None:
        """The world of that id, if it is there; to look at it is no use of it."""
        return self._worlds.get(id)

    def why_gone(self, id: str) -> str:
        """Return why a former world no longer exists; an empty text if there never was one of that id."""
        return self._gone.get(id, "")

    def invalid_id(self, id: str) -> str:
        """Return why no world can have that id; an empty text if one can."""
        return "" if _ID.fullmatch(id) else _VALID_ID

    def problem(self, id: str) -> str:
        """Return why no world of that id can be created; an empty text if one can."""
        return self.invalid_id(id) or (f"there is a world '{id}' already" if id in self._worlds else "")

    def is_full(self) -> bool:
        """Whether the limit of worlds is reached after idle worlds have been removed."""
        self._sweep(now=len(self._worlds) >= self.most)
        return len(self._worlds) >= self.most

    def new_id(self) -> str:
        """Return an unused id."""
        return self._ids.uuid()

    def add(self, world: World) -> None:
        """Add a world."""
        self._worlds[world.id] = world
        self._gone.pop(world.id, None)

    def remove(self, id: str) -> None:
        """Delete a world."""
        del self._worlds[id]
        self._remember(id, "it was deleted")

    def reset(self) -> None:
        """Delete all worlds but `default` and reset that to its seed."""
        for name in list(self._worlds):
            if name != DEFAULT:
                self.remove(name)
        self._gone.clear()
        self.default.reset()

    def paused(self, seconds: float) -> None:
        """Count a pause of the process for no world as time without requests."""
        for world in self._worlds.values():
            world.used += seconds

    def _sweep(self, *, now: bool) -> None:
        moment = stopwatch()
        if not now and moment - self._swept < _SWEEP_SECONDS:
            return
        self._swept = moment
        self.notice_pause()
        for world in list(self._worlds.values()):
            if moment - world.used > self.idle_seconds and world is not self.default:
                self._drop(world)

    def _drop(self, world: World) -> None:
        del self._worlds[world.id]
        self._remember(world.id, f"it was dropped, as nobody had asked for it for {self.idle_seconds:g} seconds")

    def _remember(self, id: str, reason: str) -> None:
        self._gone[id] = reason
        if len(self._gone) > _REMEMBERED:
            self._gone.popitem(last=False)

    def __contains__(self, id: str) -> bool:
        return id in self._worlds

    def __iter__(self) -> Iterator[World]:
        return iter(tuple(self._worlds.values()))

    def __len__(self) -> int:
        return len(self._worlds)
