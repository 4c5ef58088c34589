"""Writes files whole or not at all, whatever happens to the disk meanwhile."""

import os
from contextlib import suppress
from pathlib import Path

_DESCRIPTORS = ("/dev/", "/proc/")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file that no reader sees half written. Raises OSError, and leaves what was there before.

    What is no regular file, such as `/dev/stdout` or a named pipe, is written to, not replaced.
    """
    data = content.encode("utf-8", "replace") if isinstance(content, str) else content
    if path.exists() and (not path.is_file() or str(path.absolute()).startswith(_DESCRIPTORS)):
        path.write_bytes(data)
        return
    target = path.resolve()  # a symbolic link stays one
    draft = _draft_of(target)
    try:
        draft.write_bytes(data)
        draft.replace(target)
    except OSError:
        with suppress(OSError):
            draft.unlink(missing_ok=True)
        raise


def check_writable(path: Path) -> None:
    """Raise OSError if a regular file cannot be written there now. Nothing of it is left."""
    draft = _draft_of(path.resolve())
    draft.write_bytes(b"")
    draft.unlink()


def _draft_of(target: Path) -> Path:
    return target.with_name(f".{target.name}.{os.getpid()}")
