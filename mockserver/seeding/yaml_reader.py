"""YAML and JSON texts as plain values with the place of each: YAML 1.2 core scalars only, no duplicate keys.

It reads parser events and builds no more than it returns, so depth and aliases are bounded before they cost anything.
It knows nothing of the fixture format.
"""

import re
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from mockserver.errors import FixtureError

MAX_DEPTH = 50
MAX_ALIASED = 100_000
"""How many values aliases may stand for: a small text could unfold without end."""

Place = tuple[int, int]
Path = tuple[str | int, ...]

_NULL = frozenset(("", "~", "null", "Null", "NULL"))
_BOOLEAN = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]{1,4000}|0o[0-7]{1,4000}|0x[0-9a-fA-F]{1,4000}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SURROGATE_ESCAPE = re.compile(r"\\u[dD][89a-fA-F]")
"""JSON's escapes of characters beyond the first plane: libyaml refuses them, the slow parser leaves two halves."""


class Text(NamedTuple):
    """One source of fixtures: the name that errors give it, and its text."""

    name: str
    text: str


@dataclass(slots=True)
class _Node:
    """A value and the places in it. `children` and `key_places` have an entry for each key or index of a container."""

    value: Any
    place: Place
    children: dict[str | int, "_Node"] = field(default_factory=dict)
    key_places: dict[str, Place] = field(default_factory=dict)
    size: int = 1
    anchor: str | None = None
    text: str = ""  # a scalar as it is written, for when it is a key
    key: tuple[str, Place] | None = None  # the key that waits for its value, while the mapping is being read

    def add(self, child: "_Node", place: Place) -> str | None:
        """Takes in the next child; the text of a key that is there twice."""
        self.size += child.size
        if isinstance(self.value, list):
            self.children[len(self.value)] = child
            self.value.append(child.value)
            return None
        if self.key is None:
            self.key = (child.text, place)
            return None
        (key, key_place), self.key = self.key, None
        twice = key if key in self.value else None
        self.value[key] = child.value
        self.children[key] = child
        self.key_places[key] = key_place
        return twice


class _Unreadable(Exception):
    """The text stops being readable at `place`."""

    def __init__(self, reason: str, place: Place) -> None:
        super().__init__(reason)
        self.reason = reason
        self.place = place


class Located:
    """A plain value and, for every path in it, the line and column where it stands. `errors` tells what spoils it."""

    def __init__(self, source: Text) -> None:
        self.name = source.name
        self.errors: list[FixtureError] = []
        self._anchors: dict[str, _Node] = {}
        self._aliased = 0
        self._root: _Node | None = None
        try:
            source.text.encode()  # half a character stops the fast parser, and nothing else before it is written
            self._root = self._read(source.text)
        except _Unreadable as error:
            self.errors.append(self.error((), f"not readable as YAML: {error.reason}", error.place))
        except UnicodeEncodeError as error:
            before = source.text[: error.start]
            place = (before.count("\n") + 1, error.start - before.rfind("\n"))
            self.errors.append(
                self.error((), "not readable as YAML: half a character, or a byte that is no UTF-8", place)
            )
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML"
            place = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
            self.errors.append(self.error((), f"not readable as YAML: {reason}", place))
        self.value: Any = None if self._root is None else self._root.value

    def place(self, path: Path) -> Place:
        """Line and column, from 1, of the value at `path`, or of its nearest ancestor that exists."""
        return (1, 1) if self._root is None else self._nearest(path).place

    def place_of_key(self, path: Path, key: str) -> Place:
        """Line and column of the key itself, for a property that should not be there."""
        return (1, 1) if self._root is None else self._nearest(path).key_places.get(key, self.place(path))

    def error(self, path: Path, reason: str, place: Place | None = None) -> FixtureError:
        """An error at that path."""
        line, column = place or self.place(path)
        return FixtureError(self.name, line, column, dotted(path), reason, path)

    def _nearest(self, path: Path) -> _Node:
        node = self._root
        assert node is not None
        for step in path:
            if step not in node.children:
                break
            node = node.children[step]
        return node

    def _read(self, text: str) -> _Node | None:
        open_nodes: list[_Node] = []
        root: _Node | None = None
        loader = yaml.SafeLoader if _SURROGATE_ESCAPE.search(text) else _Loader
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.NodeEvent):
                node = self._node(event)
                if isinstance(event, yaml.CollectionStartEvent):
                    if len(open_nodes) == MAX_DEPTH:
                        raise _Unreadable(f"nested deeper than {MAX_DEPTH} levels", node.place)
                    open_nodes.append(node)
                    continue
            elif isinstance(event, yaml.CollectionEndEvent):
                node = open_nodes.pop()
            elif isinstance(event, yaml.DocumentStartEvent) and root is not None:
                raise _Unreadable("a second document in the same file", _place(event))
            else:
                continue
            if node.anchor is not None:
                self._anchors[node.anchor] = node
            if open_nodes:
                self._add(open_nodes, node, _place(event))
            else:
                root = node
        return root

    def _node(self, event: yaml.NodeEvent) -> _Node:
        place = _place(event)
        if isinstance(event, yaml.AliasEvent):
            target = self._anchors.get(event.anchor or "")
            if target is None:
                raise _Unreadable("an alias to no earlier value", place)
            self._aliased += target.size
            if self._aliased > MAX_ALIASED:
                raise _Unreadable(f"aliases stand for more than {MAX_ALIASED} values", place)
            return _Node(target.value, place, target.children, target.key_places, target.size, text=target.text)
        if isinstance(event, yaml.ScalarEvent):
            return _Node(_scalar(event), place, anchor=event.anchor, text=_well_formed(event.value))
        return _Node([] if isinstance(event, yaml.SequenceStartEvent) else {}, place, anchor=event.anchor)

    def _add(self, open_nodes: list[_Node], node: _Node, place: Place) -> None:
        parent = open_nodes[-1]
        if isinstance(parent.value, dict) and parent.key is None and isinstance(node.value, list | dict):
            raise _Unreadable("a key must be a plain text", place)
        twice = parent.add(node, place)
        if twice is not None:
            path = _path(open_nodes)
            self.errors.append(self.error((*path, twice), "duplicate key", parent.key_places[twice]))


def dotted(path: Path) -> str:
    """A path as people write it: `identities[0].name`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")


def _path(open_nodes: list[_Node]) -> Path:
    """Where the innermost open node will stand."""
    steps = (
        len(each.value) if isinstance(each.value, list) else each.key[0] if each.key else "" for each in open_nodes
    )
    return tuple(steps)[:-1]


def _scalar(event: yaml.ScalarEvent) -> Any:
    text = _well_formed(event.value)
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in _NULL:
        return None
    if text in _BOOLEAN:
        return _BOOLEAN[text]
    if _INTEGER.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _well_formed(text: str) -> str:
    """JSON writes a character beyond the first plane as two escapes; YAML's parser leaves them as two halves."""
    return text if text.isprintable() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
