"""Keeps a recording, and writes it to its file: whole each time, in a thread, at most once a second."""

import asyncio
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from mockserver import __version__, masking
from mockserver.clock import WallClock, iso, stopwatch
from mockserver.files import check_writable, write_whole
from mockserver.parity.recording.exchange import LeftOut, Raw, Seen, seen
from mockserver.parity.recording.script import Recording, Texts, written
from mockserver.parity.recording.secrets import Secrets

MOST_STEPS = 1000
MOST_BYTES = 8 * 1024 * 1024
PAUSE = 1.0
"""Seconds between two writings."""
_SHARE = 10
"""A writing that takes long is followed by a pause that is so many times as long."""
_FULL = f"requests beyond the limits of a recording: {MOST_STEPS} steps, {MOST_BYTES // 1024 // 1024} MiB"


class Unwritable(Exception):
    """The file cannot be written; the text says why."""


class Recorder:
    """A recording and its file. `say` gets a line when the file cannot be written, and when it can be again."""

    def __init__(self, path: Path, upstream: str, say: Callable[[str], None]) -> None:
        self._path = path.resolve()
        self._shown = path
        self._say = say
        now = iso(WallClock().now())
        self._head = f"Recorded from {masking.text(upstream)} on {now} by infisical-mock {__version__}."
        self._secrets = Secrets()
        self._steps: list[Seen] = []
        self._texts: Texts = {}
        self._left_out: Counter[str] = Counter()
        self._bytes = 0
        self._changed = asyncio.Event()
        self._writing = asyncio.Lock()
        self._failed = False
        self._task: asyncio.Task[None] | None = None

    def check(self) -> None:
        """Raise Unwritable if the file cannot be written, as far as that can be told now."""
        if self._path.exists() and not self._path.is_file():
            kind = "a folder" if self._path.is_dir() else "no regular file"
            raise Unwritable(f"cannot write {self._shown}: it is {kind}")
        try:
            check_writable(self._path)
        except OSError as error:
            raise Unwritable(f"cannot write {self._shown}: {error.strerror or error}") from None

    def add(self, raw: Raw) -> None:
        """Keep an exchange, without its secrets, if there is room."""
        size = len(raw.body or b"") + len(raw.response_body)
        if len(self._steps) >= MOST_STEPS or self._bytes + size > MOST_BYTES:
            self._left_out[_FULL] += 1
            return
        try:
            self._steps.append(seen(raw, self._secrets))
        except LeftOut as error:
            self._left_out[str(error)] += 1
        else:
            self._bytes += size
        self._changed.set()

    def start(self) -> None:
        """Write the file whenever the recording has changed, until `stop`. Needs a running loop."""
        self._task = asyncio.create_task(self._keep_writing())

    async def stop(self) -> None:
        """Write what is left, and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait((self._task,))
        await self._write()

    async def _keep_writing(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            begun = stopwatch()
            await asyncio.shield(self._write())
            await asyncio.sleep(max(PAUSE, _SHARE * (stopwatch() - begun)))

    async def _write(self) -> None:
        async with self._writing:  # a writing goes on when the task around it is cancelled
            recording = Recording(self._head, tuple(self._steps), self._secrets, dict(self._left_out))
            reason = await asyncio.to_thread(self._written, recording)
        if reason and not self._failed:
            self._say(f"cannot write {self._shown}: {reason}. The proxy goes on, and tries again after each exchange")
        elif self._failed and not reason:
            self._say(f"{self._shown} is written again")
        self._failed = bool(reason)

    def _written(self, recording: Recording) -> str:
        """Write the file, and return the reason if that fails."""
        text = written(recording, self._texts)
        try:
            write_whole(self._path, text)
        except OSError as error:
            return error.strerror or str(error)
        return ""
