"""Load fixtures from files, a variable or a request into the state of a world."""

from collections.abc import Iterable
from pathlib import Path

from mockserver.errors import FixtureError, FixtureErrors
from mockserver.infisical.state import State
from mockserver.seeding.build import build
from mockserver.seeding.form import judge
from mockserver.seeding.merge import Entries
from mockserver.seeding.progress import SILENT, Progress
from mockserver.seeding.yaml_reader import Located, Text

_ENDINGS = (".yaml", ".yml", ".json")


def load(sources: Iterable[Text], now: int, progress: Progress = SILENT) -> State:
    """Return the state that all sources together describe. `now` (milliseconds) is the default for missing times.

    Raises FixtureErrors with every error of every source.
    """
    judged = []
    for source in sources:
        progress.reading(source.name, len(source.text))
        located = Located(source)
        judged.append((located, judge(located)))
    entries = Entries(judged)
    state = build(entries, now, progress)
    errors = [error for _, form in judged for error in form.errors] + entries.errors
    if errors:
        raise FixtureErrors(errors)
    return state


def texts(paths: Iterable[Path]) -> list[Text]:
    """Return the fixture files at `paths`; a folder stands for its YAML and JSON files, sorted by name.

    Raises FixtureErrors for each path that cannot be read.
    """
    found: list[Text] = []
    errors: list[FixtureError] = []
    for path in paths:
        try:
            found.extend(_text(file) for file in files_at(path))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
            errors.append(FixtureError(str(path), 1, 1, "", f"cannot be read: {reason}"))
    if errors:
        raise FixtureErrors(errors)
    return found


def files_at(path: Path) -> list[Path]:
    """Return the file itself, or the fixture files of the folder. Raises OSError if there is none."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.suffix in _ENDINGS)
    if not found:
        raise FileNotFoundError(2, "the folder has no .yaml, .yml or .json file")
    return found


def _text(file: Path) -> Text:
    return Text(str(file), file.read_text("utf-8-sig"))
