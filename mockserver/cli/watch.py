"""`--watch`: reload changed fixture files into the default world without a restart.

It polls the file system, which needs no library and works on every kind of mount.
"""

import asyncio
from pathlib import Path

from mockserver.app import Core, fixtures_of
from mockserver.clock import stopwatch
from mockserver.errors import FixtureErrors, lacking
from mockserver.http.turns import in_thread
from mockserver.seeding.load import digest_of, files_at
from mockserver.seeding.yaml_reader import Text

LOOK_SECONDS = 0.25
"""Polling interval, in seconds. Files are read once two polls agree, as an editor may still be writing."""
AGAIN_SECONDS = 2.5
"""After this time changed files are read once more: some file systems note a change to two seconds only."""

Marks = list[tuple[str, int, int, int]]


async def watch(mock: Core) -> None:
    """Poll the fixture files until cancelled, and reseed the default world when they change.

    Rejected fixtures are logged, with an event for each error, and the previous ones stay in use. Files are read and
    parsed in a thread, so that requests are answered meanwhile.
    """
    watched = _Watched(mock)
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await watched.look()
        except Exception as error:
            mock.log.warning("fixtures cannot be watched now", error=lacking(error) or repr(error))


class _Watched:
    """The fixture files of a server: what was seen of them, what was read, and what was rejected."""

    def __init__(self, mock: Core) -> None:
        self._mock = mock
        self._seen: Marks | None = None
        self._taken: Marks | None = None
        self._again = 0.0
        self._rejected = b""

    async def look(self) -> None:
        """Read the files if they have changed, and no longer do."""
        paths = self._mock.settings.fixture_paths
        before, self._seen = self._seen, await asyncio.to_thread(_marks, paths)
        is_changed = self._seen != self._taken
        if self._seen != before or not (is_changed or 0 < self._again <= stopwatch()):
            return
        self._again = stopwatch() + AGAIN_SECONDS if is_changed else 0.0
        self._taken = self._seen
        fixtures: list[Text] | FixtureErrors
        try:
            fixtures = await asyncio.to_thread(fixtures_of, self._mock.settings)
        except FixtureErrors as errors:
            fixtures = errors
        if await asyncio.to_thread(_marks, paths) != self._seen:
            self._taken = None  # they have changed while they were read: what was read may be half of each
        elif isinstance(fixtures, FixtureErrors):
            self._again = stopwatch() + AGAIN_SECONDS  # what cannot be read may be readable then, and look the same
            if is_changed:
                self._reject(fixtures)
        else:
            await self._take(fixtures, is_changed=is_changed)

    async def _take(self, fixtures: list[Text], *, is_changed: bool) -> None:
        """Reseed from the texts unless they are those in use, or the same that were rejected when they had changed."""
        mock = self._mock
        digest = await in_thread(digest_of, fixtures)
        if digest == mock.fixtures_digest or (digest == self._rejected and not is_changed):
            return
        try:
            seed = await in_thread(mock.seed_from, fixtures)
        except FixtureErrors as errors:
            self._rejected = digest
            self._reject(errors)
            return
        self._rejected = b""
        mock.reseed(digest, seed)
        mock.log.info("fixtures reloaded", files=[each.name for each in fixtures], identities=len(seed.identities))

    def _reject(self, errors: FixtureErrors) -> None:
        for error in errors.errors:
            self._mock.log.warning("fixtures rejected; the previous ones stay in use", error=str(error))


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
