"""The worlds of one server. `default` is always there; no other appears by being asked for."""

from collections.abc import Iterator

from mockserver.worlds.world import World

DEFAULT = "default"


class Worlds:
    """Every world by its id."""

    def __init__(self, default: World) -> None:
        self._worlds = {DEFAULT: default}

    @property
    def default(self) -> World:
        """The world of a request that names none."""
        return self._worlds[DEFAULT]

    def find(self, id: str) -> World | None:
        """The world of that id."""
        return self._worlds.get(id)

    def reset(self) -> None:
        """Every world back to its seed."""
        for world in self:
            world.reset()

    def __iter__(self) -> Iterator[World]:
        return iter(self._worlds.values())

    def __len__(self) -> int:
        return len(self._worlds)
