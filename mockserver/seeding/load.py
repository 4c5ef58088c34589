"""Load fixtures from files, a variable or a request into the state of a world."""

from codecs import getincrementaldecoder
from collections.abc import Iterable
from functools import partial
from hashlib import sha256
from io import IncrementalNewlineDecoder
from pathlib import Path

from mockserver.collector import paused
from mockserver.errors import FixtureError, FixtureErrors
from mockserver.infisical.state import State
from mockserver.pauses import between
from mockserver.seeding.build import build
from mockserver.seeding.form import judge
from mockserver.seeding.merge import Entries
from mockserver.seeding.progress import SILENT, Progress
from mockserver.seeding.release import in_pieces
from mockserver.seeding.yaml_reader import LONG_TEXT, Located, Text

_ENDINGS = (".yaml", ".yml", ".json")
_PIECE = 1024 * 1024
"""How much of a text is decoded or encoded at once."""


def load(sources: Iterable[Text], now: int, progress: Progress = SILENT) -> State:
    """Return the state that all sources together describe. `now` (milliseconds) is the default for missing times.

    Raises FixtureErrors with every error of every source.
    """
    sources = list(sources)
    is_long = any(len(source.text) >= LONG_TEXT for source in sources)
    with paused(pauses=is_long):
        state = _loaded(sources, now, progress, is_long=is_long)
    in_pieces(state)
    return state


def _loaded(sources: list[Text], now: int, progress: Progress, *, is_long: bool) -> State:
    if is_long:
        from mockserver.seeding.batches import CannotCut  # with the first long text, as below

        try:
            return load_in_batches(sources, now, progress)
        except CannotCut:
            pass
    return load_whole(sources, now, progress)


def load_whole(sources: Iterable[Text], now: int, progress: Progress = SILENT) -> State:
    """Return the same state: every text is read as a whole, and every error is found."""
    judged, sources = [], list(sources)
    for source in sources:
        progress.reading(source.name, len(source.text))
        located = Located(source)
        judged.append((located, judge(located)))
    entries = Entries(judged)
    state = build(entries, now, progress)
    errors = [error for _, form in judged for error in form.errors] + entries.errors
    for source, (located, _) in zip(sources, judged, strict=True):
        if len(source.text) >= LONG_TEXT:
            located.free()
    if errors:
        in_pieces(state)
        raise FixtureErrors(errors)
    return state


def load_in_batches(sources: Iterable[Text], now: int, progress: Progress = SILENT) -> State:
    """Return the same state; only a batch of each file is in memory. Raises CannotCut unless all are without error."""
    from mockserver.seeding.batches import CannotCut
    from mockserver.seeding.cut_files import CutEntries, CutFile, cut_file

    files: list[CutFile] = []
    for source in sources:
        progress.reading(source.name, len(source.text))
        files.append(cut_file(source))
    entries = CutEntries.of(files)
    state = build(entries, now, progress)
    if entries.errors:
        raise CannotCut
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


def digest_of(fixtures: list[Text]) -> bytes:
    """A digest of names and texts of the fixtures, which tells whether they have changed."""
    found = sha256()
    for source in fixtures:
        for part in source:
            pieces = between(range(0, len(part), _PIECE))
            content = [part[at : at + _PIECE].encode("utf-8", "surrogatepass") for at in pieces]
            found.update(b"%d:" % sum(map(len, content)))
            for piece in content:
                found.update(piece)
    return found.digest()


def files_at(path: Path) -> list[Path]:
    """Return the file itself, or the fixture files of the folder. Raises OSError if there is none."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.iterdir() if file.suffix in _ENDINGS)
    if not found:
        raise FileNotFoundError(2, "the folder has no .yaml, .yml or .json file")
    return found


def _text(file: Path) -> Text:
    """Return what `read_text` returns. It lets no other thread go on while it decodes a long file."""
    decoder = IncrementalNewlineDecoder(getincrementaldecoder("utf-8-sig")(), translate=True)
    with file.open("rb") as opened:
        pieces = [decoder.decode(piece) for piece in iter(partial(opened.read, _PIECE), b"")]
    return Text(str(file), "".join((*pieces, decoder.decode(b"", final=True))))
