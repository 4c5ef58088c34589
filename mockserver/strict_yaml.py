"""A strict reader of YAML 1.2 and JSON that returns plain values, reports duplicate keys and bounds depth and aliases.

JSON texts go to the JSON parser. Other texts are built from YAML parser events, which is two to three times as fast as
the parser's own loader: a world may have a hundred thousand identities.
"""

import json
import re
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from mockserver import parsed_texts
from mockserver.pauses import between, pause

if TYPE_CHECKING:
    import yaml  # at run time with the first text that needs it: the package's own do not

MAX_DEPTH = 50
MAX_ALIASED = 100_000
"""Limit on the number of values that aliases expand to, against exponential expansion."""

Place = tuple[int, int]
Path = tuple[str | int, ...]

_QUOTED = frozenset("'\"|>")
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
"""JSON's escapes of characters beyond the first plane: libyaml refuses them, the slow parser leaves two halves."""
_JSON_START = re.compile(r"[ \t\r\n]*[{\[]")

_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TELLING = frozenset(("", *"~nNtTfF.+-0123456789"))
"""First characters of every plain scalar that is not a string."""
_NUMBER = re.compile(
    r"(?P<integer>[-+]?[0-9]{1,4000}|0o[0-7]{1,4000}|0x[0-9a-fA-F]{1,4000})"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
)
Scalar = None | bool | int | float | str


def plain(text: str) -> Scalar:
    """Return the value of an unquoted scalar by YAML 1.2's core schema: `no` and `12:30` are strings."""
    if text[:1] not in _TELLING:
        return text
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    if number["integer"] is None:
        return float(text)
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


def well_formed(text: str) -> str:
    """Return the text with surrogate pairs joined: the YAML parser leaves JSON's escape pairs as two surrogates."""
    return text if text.isprintable() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


class Unreadable(Exception):
    """The text cannot be read; `place` is the line and column of the error if they are known, `reason` its cause."""

    def __init__(self, reason: str, place: Place | None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


_REASONS = (  # words of the two parsers, and ours for them
    ("could not find expected ':'", "expected ':' after a key"),
    ("mapping values are not allowed", "unexpected ':' (check the indentation, or quote the text)"),
    ("',' or '}'", "expected ',' or '}'"),
    ("',' or ']'", "expected ',' or ']'"),
    ("expected key", "expected a key (check the indentation)"),
    ("<block end>", "expected a key or the end of the block (check the indentation)"),
    ("'-' indicator", "expected '-' (check the indentation)"),
    ("node content", "expected a value"),
    ("cannot start any token", "unexpected character (quote the text; indent with spaces)"),
    ("end of stream", "unexpected end of the text"),
    ("duplicate anchor", "duplicate anchor"),
    ("undefined tag handle", "undefined tag"),
)


def _unreadable(error: "yaml.YAMLError") -> Unreadable:
    """Return an error of the parser in our words."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or "")
    reason = next((ours for theirs, ours in _REASONS if theirs in problem), "invalid syntax")
    return Unreadable(reason, None if mark is None else (mark.line + 1, mark.column + 1))


Twice = list[tuple[Path, Place]]
"""Keys that stand twice in their mapping, with the place of the second one."""


def read(text: str, twice: Twice, depth: int = MAX_DEPTH, aliased: int = MAX_ALIASED) -> Any:
    """Return the value of the text, at most `depth` levels deep; duplicate keys are appended to `twice`.

    Aliases may expand to `aliased` values at most.

    Raises Unreadable; `twice` then has the duplicates before the error.
    """
    _whole(text)
    if _JSON_START.match(text):
        try:
            return _from_json(text, depth)
        except (ValueError, RecursionError):
            pass  # it may be valid YAML; if not, the YAML reader reports the place
    own = parsed_texts.value_of(text)
    return read_yaml(text, twice, depth, aliased) if own is None else own


def read_yaml(text: str, twice: Twice, depth: int = MAX_DEPTH, aliased: int = MAX_ALIASED) -> Any:
    """Return what `read` returns, always by way of the YAML parser."""
    return _Reader(depth, twice, aliased).read(text)


def _whole(text: str) -> None:
    """Raise Unreadable for a lone surrogate, at which the fast parser fails without a place."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        place = (text.count("\n", 0, error.start) + 1, error.start - text.rfind("\n", 0, error.start))
        raise Unreadable("a lone surrogate, or a byte that is not UTF-8", place) from error


def events(text: str) -> Iterable[Any]:
    """Return the parser's events; texts with surrogate escapes go to the slow parser, as the fast one rejects them."""
    import yaml

    fast: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    loader = (yaml.SafeLoader if _SURROGATE_ESCAPE.search(text) else fast)(text)
    return between(iter(loader.get_event, None), 64)


def place_of(event: "yaml.Event") -> Place:
    """Return line and column of an event, from 1."""
    mark = event.start_mark
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)


def _from_json(text: str, depth: int) -> Any:
    """Return the value of a JSON text. Raises ValueError or RecursionError for all that is left to the YAML reader."""
    value = json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse, parse_int=_integer)
    if _SURROGATE_ESCAPE.search(text):
        json.dumps(value, ensure_ascii=False).encode()  # a half of a character has no encoding, which is a ValueError
    _bound(value, depth)
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    pause()
    if len(found := dict(pairs)) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")


def _integer(text: str) -> int:
    if isinstance(value := plain(text), int):
        return value
    raise ValueError("too many digits")


def _bound(value: Any, levels: int) -> None:
    """Raise ValueError if containers are nested deeper than `levels`."""
    if levels == 0:
        raise ValueError("too deep")
    pause()
    for each in value.values() if isinstance(value, dict) else value:
        if isinstance(each, dict | list):
            _bound(each, levels - 1)


class _Anchored(NamedTuple):
    """The target of an alias: its value, its text if it is a scalar, and the number of values it holds."""

    value: Any
    text: str | None
    size: int


class _Open:
    """A container that is being read; in a mapping, `key` is the key without a value yet, None between two pairs."""

    __slots__ = ("anchor", "begun", "is_mapping", "key", "key_event", "value")

    def __init__(self, value: Any, anchor: str | None, begun: int) -> None:
        self.value = value
        self.anchor = anchor
        self.begun = begun
        self.is_mapping = isinstance(value, dict)
        self.key: str | None = None
        self.key_event: Any = None


class _Reader:
    """The state of one reading. `_read` counts the values so far, including those that aliases expand to.

    The outermost open container is the list of documents.
    """

    def __init__(self, depth: int, twice: Twice, most_aliased: int) -> None:
        self._depth = depth
        self._most_aliased = most_aliased
        self._twice = twice
        self._inner = _Open([], None, 0)
        self._open = [self._inner]
        self._anchors: dict[str, _Anchored] = {}
        self._read = 0
        self._aliased = 0

    def read(self, text: str) -> Any:
        """Return the value of the text; None if it is empty."""
        import yaml

        starts = {yaml.MappingStartEvent: dict, yaml.SequenceStartEvent: list}
        ends = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
        try:
            for event in events(text):
                kind = type(event)
                if kind is yaml.ScalarEvent:
                    self._scalar(event)
                elif kind in starts:
                    self._start(event, starts[kind]())
                elif kind in ends:
                    self._end(event)
                elif kind is yaml.AliasEvent:
                    self._alias(event)
                elif kind is yaml.DocumentStartEvent and self._inner.value:
                    raise Unreadable("more than one document in the file", place_of(event))
        except yaml.YAMLError as error:
            raise _unreadable(error) from error
        return self._inner.value[0] if self._inner.value else None

    def _scalar(self, event: "yaml.ScalarEvent") -> None:
        text = event.value
        if not text.isprintable():
            text = well_formed(text)
        self._read += 1
        inner = self._inner
        if event.anchor is None and inner.is_mapping and inner.key is None:
            inner.key, inner.key_event = sys.intern(text), event
            return
        value = text if event.style in _QUOTED else plain(text)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, text, 1)
        self._put(value, text, event)

    def _start(self, event: "yaml.NodeEvent", value: Any) -> None:
        if len(self._open) > self._depth:
            raise Unreadable(f"nested deeper than {self._depth} levels", place_of(event))
        self._inner = _Open(value, event.anchor, self._read)
        self._open.append(self._inner)
        self._read += 1

    def _end(self, event: "yaml.Event") -> None:
        closed = self._open.pop()
        self._inner = self._open[-1]
        if closed.anchor is not None:
            self._anchors[closed.anchor] = _Anchored(closed.value, None, self._read - closed.begun)
        self._put(closed.value, None, event)

    def _alias(self, event: "yaml.AliasEvent") -> None:
        target = self._anchors.get(event.anchor or "")
        if target is None:
            raise Unreadable("an alias without an anchor before it", place_of(event))
        self._aliased += target.size
        if self._aliased > self._most_aliased:
            raise Unreadable(f"aliases expand to more than {self._most_aliased} values", place_of(event))
        self._read += target.size
        self._put(target.value, target.text, event)

    def _put(self, value: Any, text: str | None, event: "yaml.Event") -> None:
        """Add the next value; `text` is the source of a scalar, in case it is a key."""
        inner = self._inner
        if not inner.is_mapping:
            inner.value.append(value)
        elif inner.key is not None:
            if inner.key in inner.value:
                self._twice.append(((*self._path(), inner.key), place_of(inner.key_event)))
            inner.value[inner.key] = value
            inner.key = None
        elif text is None:
            raise Unreadable("a key must be a scalar", place_of(event))
        else:
            inner.key, inner.key_event = sys.intern(text), event

    def _path(self) -> Path:
        """Return the path of the innermost open container."""
        around = self._open[1:-1]
        return tuple((each.key or "") if each.is_mapping else len(each.value) for each in around)
