"""`--watch`: reload changed fixture files into the default world without a restart.

It polls the file system, which needs no library and works on every kind of mount.
"""

import asyncio
from pathlib import Path

from mockserver.app import Core, fixtures_of
from mockserver.errors import FixtureErrors
from mockserver.seeding.load import digest_of, files_at

LOOK_SECONDS = 0.25
"""Polling interval, in seconds. Files are read once two polls agree, as an editor may still be writing."""

Marks = list[tuple[str, int, int, int]]


async def watch(mock: Core) -> None:
    """Poll the fixture files until cancelled, and reseed the default world when they change.

    Rejected fixtures are logged, with an event for each error, and the previous ones stay in use. Files are read and
    parsed in a thread, so that requests are answered meanwhile.
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
    """Return name, modification time, size and inode of each file, to detect changes."""
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
    """Reseed from the current files unless their text is unchanged."""
    try:
        fixtures = await asyncio.to_thread(fixtures_of, mock.settings)
        digest = await asyncio.to_thread(digest_of, fixtures)
        if digest == mock.fixtures_digest:
            return
        seed = await asyncio.to_thread(mock.seed_from, fixtures)
    except FixtureErrors as errors:
        for error in errors.errors:
            mock.log.warning("fixtures rejected; the previous ones stay in use", error=str(error))
        return
    mock.reseed(digest, seed)
    mock.log.info("fixtures reloaded", files=[each.name for each in fixtures], identities=len(seed.identities))
