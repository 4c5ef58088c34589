"""`--watch`: fixture files that change become the seed of the default world, without a restart.

It asks the file system by the clock: no library is needed, and it works on every kind of mount.
"""

import asyncio
from pathlib import Path

from mockserver.app import Core, fixtures_of
from mockserver.errors import FixtureErrors
from mockserver.seeding.load import files_at

LOOK_SECONDS = 0.25
"""How long between two looks. Files are read once two looks agree: an editor may be half-way through writing."""

Marks = list[tuple[str, int, int, int]]


async def watch(mock: Core) -> None:
    """Looks at the fixture files of the mock until it is cancelled, and seeds anew from those that have changed.

    Fixtures that do not hold are logged, an event for each error, and change nothing. All reading and parsing is done
    beside the loop that answers requests.
    """
    seen: Marks | None = None
    taken: Marks | None = None
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        before, seen = seen, await asyncio.to_thread(_marks, mock.settings.fixture_paths)
        if seen == before and seen != taken:
            taken = seen
            await _take(mock)


def _marks(paths: tuple[Path, ...]) -> Marks:
    """What tells that a file has changed: name, time of change, size and number of each."""
    found: Marks = []
    for path in paths:
        try:
            for file in files_at(path):
                stat = file.stat()
                found.append((str(file), stat.st_mtime_ns, stat.st_size, stat.st_ino))
        except OSError:
            found.append((str(path), 0, 0, 0))
    return found


async def _take(mock: Core) -> None:
    """Seeds from the files as they stand, unless the mock has that very text."""
    try:
        fixtures = await asyncio.to_thread(fixtures_of, mock.settings)
        if fixtures == mock.fixtures:
            return
        seed = await asyncio.to_thread(mock.seed_from, fixtures)
    except FixtureErrors as errors:
        for error in errors.errors:
            mock.log.warning("fixtures not taken", error=str(error))
        return
    mock.reseed(fixtures, seed)
    mock.log.info("fixtures taken", files=[each.name for each in fixtures], identities=len(seed.identities))
