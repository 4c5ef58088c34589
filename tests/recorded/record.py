"""Records anew what the mock says of the table: `python -m tests.recorded.record`. On purpose only."""

import shutil
from pathlib import Path

from tests.recorded.run import files_of
from tests.recorded.serving import coverage_pages

EXPECTED = Path(__file__).with_name("expected")


def expected() -> dict[str, str]:
    """The recorded files, by name."""
    return {
        path.relative_to(EXPECTED).as_posix(): path.read_bytes().decode()
        for path in sorted(EXPECTED.rglob("*"))
        if path.is_file()
    }


def main() -> None:
    """Puts new files in the place of the old ones."""
    files = files_of("compiled", "0")
    files |= coverage_pages(files["coverage.json"])
    shutil.rmtree(EXPECTED, ignore_errors=True)
    for name, text in files.items():
        path = EXPECTED / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    print(f"{len(files)} files, {sum(len(text.encode()) for text in files.values())} bytes")


if __name__ == "__main__":
    main()
