"""The mock's own command, on a machine whose time jumps: SIGUSR1 adds the seconds that the named file holds."""

import os
import signal
import sys
from pathlib import Path
from types import FrameType

from mockserver import clock

JUMP_FILE = "MACHINE_JUMP_FILE"
_now, _machine_seconds = clock.WallClock.now, clock.machine_seconds
_ahead = [0]


def jump(number: int, frame: FrameType | None) -> None:
    """Set the machine's time."""
    _ahead[0] = int(Path(os.environ[JUMP_FILE]).read_text())


def now(machine: clock.WallClock) -> int:
    """The machine's time in milliseconds."""
    return _now(machine) + _ahead[0] * 1000


def machine_seconds() -> int:
    """The machine's time in seconds."""
    return _machine_seconds() + _ahead[0]


if __name__ == "__main__":
    clock.WallClock.now, clock.machine_seconds = now, machine_seconds
    signal.signal(signal.SIGUSR1, jump)
    from mockserver.cli.main import main

    sys.exit(main())
