"""Cut the long sections of a large text into batches, so that only one batch of entries is in memory at a time.

A cut is a guess that reading verifies: every batch must be a list of entries by itself, and the rest of the text a
whole document. Whatever else is found means `CannotCut`, and the text is read as a whole instead.
"""

import json
import re
from typing import Any, NamedTuple

import orjson

from mockserver import strict_yaml
from mockserver.pauses import between, pause

SECTIONS = ("identities", "accessTokens")
"""The sections that are cut."""
BATCH = 64 * 1024
"""Characters of a batch: its entries are read and built in a few milliseconds."""
_GUESSES = 30
_WINDOW = 256 * 1024
"""Characters that one search looks through: no other thread goes on meanwhile."""
_OVERLAP = 1024

_SPACE = re.compile(r"[ \t\r\n]*")
_OPEN = re.compile(r"[ \t\r\n]*\{[ \t\r\n]*")
_KEY = re.compile(r'"([A-Za-z]+)"[ \t\r\n]*:[ \t\r\n]*')
_NEXT = re.compile(r"[ \t\r\n]*([,}])[ \t\r\n]*")
_NEXT_ITEM = re.compile(r"[ \t\r\n]*([,\]])[ \t\r\n]*")
_BETWEEN = re.compile(r"\}[ \t\r\n]*,[ \t\r\n]*\Z")
_DECODER = json.JSONDecoder()

_YAML_SECTION = re.compile(rf"^({'|'.join(SECTIONS)}):[ ]*(?:#[^\n]*)?\n", re.MULTILINE)
_FIRST_ITEM = re.compile(r"(?:[ ]*(?:#[^\n]*)?\n)*([ ]*)-[ ]")
_AFTER_INDENTED = re.compile(r"^[^ \n#]", re.MULTILINE)
_AFTER_ITEMS = re.compile(r"^(?!- )[^ \n#]", re.MULTILINE)
_LINE_BREAKS = re.compile("[\r\x85\u2028\u2029]")
"""What the YAML parser takes for the end of a line besides a line feed."""


class CannotCut(Exception):
    """The text, or a batch of it, must be read as a whole."""


class Batch(NamedTuple):
    """A part of a section: where it begins and ends in the text."""

    start: int
    end: int


class Cut(NamedTuple):
    """A text without its long sections, which are empty in `rest`, and their batches.

    `counts` are numbers of entries: those of a JSON text are estimates.
    """

    text: str
    rest: str
    is_json: bool
    sections: dict[str, list[Batch]]
    counts: dict[str, int]

    def entries(self, batch: Batch) -> list[Any]:
        """Return the entries of a batch. Raises CannotCut if it is not a list of entries without duplicate keys."""
        part = self.text[batch.start : batch.end]
        return _json_entries(part) if self.is_json else _yaml_entries(part)


def cut(text: str) -> Cut:
    """Cut the text. Raises CannotCut."""
    if _OPEN.match(text):
        return _cut_json(text)
    return _cut_yaml(text)


def json_list(text: str, at: int) -> tuple[list[Any], int]:
    """Return the entries of the list that begins at `at`, read in batches, and its end. Raises CannotCut."""
    sections = _Sections(text)
    sections.begin("")
    end = _json_batches(sections, "", at + 1)
    batches = between(sections.found[""])
    return [entry for start, stop in batches for entry in _json_entries(text[start:stop])], end


class _Sections:
    """The sections found so far, and the pieces of text between them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: dict[str, list[Batch]] = {}
        self.counts: dict[str, int] = {}
        self._pieces: list[str] = []
        self._last = 0

    def begin(self, name: str) -> None:
        """Begin a section. Raises CannotCut if it stands twice."""
        if name in self.found:
            raise CannotCut
        self.found[name], self.counts[name] = [], 0

    def end(self, start: int, end: int, instead: str) -> None:
        """Leave out the text from `start` to `end` from the rest, which has `instead` in its place."""
        self._pieces += (self.text[self._last : start], instead)
        self._last = end

    def cut(self, *, is_json: bool) -> Cut:
        """Return the Cut. Raises CannotCut if there is no section to cut."""
        if not any(self.found.values()):
            raise CannotCut
        rest = "".join((*self._pieces, self.text[self._last :]))
        return Cut(self.text, rest, is_json, self.found, self.counts)


def _cut_json(text: str) -> Cut:
    sections = _Sections(text)
    opened = _OPEN.match(text)
    at = opened.end() if opened else 0
    try:
        while key := _KEY.match(text, at):
            at = key.end()
            if key[1] in SECTIONS and text[at : at + 1] == "[":
                start = at
                sections.begin(key[1])
                at = _json_batches(sections, key[1], start + 1)
                sections.end(start, at, "[]")
            else:
                _, at = _DECODER.raw_decode(text, at)
            after = _NEXT.match(text, at)
            if after is None:
                raise CannotCut
            at = after.end()
            if after[1] == "}":
                return sections.cut(is_json=True)
    except (ValueError, RecursionError) as error:
        raise CannotCut from error
    raise CannotCut


def _json_batches(sections: _Sections, name: str, at: int) -> int:
    """Find the batches of the list that begins at `at`; return the place after its end."""
    text, batches, limit = sections.text, sections.found[name], 0
    at = _place_after(_SPACE, text, at)
    if text[at : at + 1] == "]":
        return at + 1
    sign = text[at : text.find(":", at, at + 100)]
    while True:
        pause()
        end = _guessed_end(text, at, sign) if at >= limit else at
        count = 0
        if end > at:
            batches.append(Batch(at, end))
            count = text.count(sign, at, end)
            at = _place_after(_NEXT_ITEM, text, end)
        else:  # near the end of the list: entry by entry, before the next guess
            start, limit = at, max(limit, at + BATCH)
            closed = False
            while not closed and at < limit:
                _, end = _DECODER.raw_decode(text, at)
                after = _NEXT_ITEM.match(text, end)
                if after is None:
                    raise CannotCut
                count, at, closed = count + 1, after.end(), after[1] == "]"
            batches.append(Batch(start, end))
            if closed:
                sections.counts[name] += count
                return text.index("]", end) + 1
        sections.counts[name] += count


def _guessed_end(text: str, start: int, sign: str) -> int:
    """Return the end of a batch that begins at `start`, or `start`: before an entry that begins like all the others.

    Within an entry a bracket would be open. Brackets in texts may mislead the guess, which reading finds out: a list of
    entries with an open bracket or quote is no JSON.
    """
    stop = start + BATCH
    for _ in range(_GUESSES):
        stop = text.rfind(sign, start + 1, stop)
        if stop == -1:
            break
        between = _BETWEEN.search(text, max(start, stop - 100), stop)
        if between is None:
            continue
        end = between.start() + 1
        if all(text.count(opened, start, end) == text.count(closed, start, end) for opened, closed in ("{}", "[]")):
            return end
    return start


def _place_after(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return at if found is None else found.end()


def _json_entries(part: str) -> list[Any]:
    try:
        entries: list[Any] = orjson.loads(f"[{part}]")
    except orjson.JSONDecodeError as error:
        raise CannotCut from error
    # Duplicate keys are gone from the entries, and with them their quotes.
    if _quotes(part.encode()) != _quotes(orjson.dumps(entries)):
        raise CannotCut
    return entries


def _quotes(content: bytes) -> int:
    """Return the number of quotes around texts: not the escaped ones within."""
    if b"\\" in content:
        content = content.replace(b"\\\\", b"").replace(b'\\"', b"")
    return content.count(b'"')


def _cut_yaml(text: str) -> Cut:
    if _found(_LINE_BREAKS, text, 0) is not None:
        raise CannotCut
    sections, at = _Sections(text), 0
    while header := _found(_YAML_SECTION, text, at):
        name, first = header[1], _FIRST_ITEM.match(text, header.end())
        sections.begin(name)
        if first is None:
            raise CannotCut
        indent = len(first[1])
        after = _found(_AFTER_INDENTED if indent else _AFTER_ITEMS, text, header.end())
        at = len(text) if after is None else after.start()
        item = re.compile(rf"^ {{{indent}}}- ", re.MULTILINE)
        start, batches = first.start(1), sections.found[name]
        for each in between(item.finditer(text, start, at)):
            sections.counts[name] += 1
            if each.start() - start >= BATCH:
                batches.append(Batch(start, each.start()))
                start = each.start()
        batches.append(Batch(start, at))
        sections.end(header.start(), at, f"{name}: []\n")
    return sections.cut(is_json=False)


def _found(pattern: re.Pattern[str], text: str, start: int) -> re.Match[str] | None:
    """Return the first match from `start` on; one that is longer than `_OVERLAP` may be missed."""
    for at in between(range(start, len(text), _WINDOW)):
        found = pattern.search(text, at, at + _WINDOW + _OVERLAP)
        if found is not None and found.start() < at + _WINDOW:
            return found
    return None


def _yaml_entries(part: str) -> list[Any]:
    twice: strict_yaml.Twice = []
    try:
        # An alias may stand for a value of another batch, and the values of all aliases are counted.
        entries = strict_yaml.read(part, twice, aliased=0)
    except strict_yaml.Unreadable as error:
        raise CannotCut from error
    if twice or not isinstance(entries, list):
        raise CannotCut
    return entries
