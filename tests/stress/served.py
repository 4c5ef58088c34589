"""The mock's own command, which on SIGUSR1 writes to the named file how many tasks its loop has."""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from types import FrameType

import orjson

from mockserver.cli.main import main

TASKS_FILE = "STRESS_TASKS_FILE"


def count_tasks(number: int, frame: FrameType | None) -> None:
    """Writes the number of tasks by the name of what they run."""
    path = Path(os.environ[TASKS_FILE])
    names = Counter(task.get_coro().__qualname__ for task in asyncio.all_tasks())
    draft = path.with_suffix(".draft")
    draft.write_bytes(orjson.dumps(names))
    draft.replace(path)


if __name__ == "__main__":
    signal.signal(signal.SIGUSR1, count_tasks)
    sys.exit(main())
