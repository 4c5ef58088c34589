"""Documents to compare: a text, a file, or a folder of files that refer to each other. They are read, never trusted.

References are followed when something behind them is compared, so a large document costs little more than its parsing.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote

from mockserver import strict_yaml
from mockserver.contract.document import with_merge_keys
from mockserver.errors import SpecError

MAX_BYTES = 256 * 1024 * 1024
MAX_FILES = 10_000
_MAX_DEPTH, _MAX_ALIASED, _MAX_REFERENCES = 200, 5_000_000, 100
_ENDINGS = frozenset((".yaml", ".yml", ".json"))
_IS_ROOT = re.compile(r"""^\s*\{?\s*["']?(openapi|swagger)["']?\s*:""", re.MULTILINE)
_VERSIONS = ("3.0", "3.1")
_ONLY_HERE = "only files of the folder of the document can be referred to"


class Part(NamedTuple):
    """A value of a document and where it stands: the file (empty for the document itself) and a JSON Pointer."""

    value: Any
    pointer: str
    file: str = ""

    @property
    def place(self) -> str:
        """The pointer, behind the name of the file if it is another than the document's own."""
        return f"{self.file}#{self.pointer}" if self.file else self.pointer

    def child(self, key: str | int) -> "Part":
        """Return the value under a key that exists."""
        step = str(key).replace("~", "~0").replace("/", "~1")
        return Part(self.value[key], f"{self.pointer}/{step}", self.file)

    def get(self, key: str) -> "Part | None":
        """Return the value under a key; None if this is no object, or has no such key."""
        return self.child(key) if isinstance(self.value, Mapping) and key in self.value else None

    def children(self) -> "Iterator[tuple[str, Part]]":
        """Yield key and value of an object; nothing for anything else."""
        for key in self.value if isinstance(self.value, Mapping) else ():
            yield key, self.child(key)

    def items(self) -> "Iterator[Part]":
        """Yield the items of a list; nothing for anything else."""
        for index in range(len(self.value)) if isinstance(self.value, list) else ():
            yield self.child(index)


class Source:
    """A document with the files that it refers to.

    `name` is what messages call it; `texts` are the files that are read by now, further ones are in the `folder`.
    """

    def __init__(self, name: str, texts: dict[str, str], roots: Iterable[str], folder: Path | None = None) -> None:
        self.name = name
        self._texts = texts
        self._folder = folder
        self._size = sum(map(len, texts.values()))
        self._values: dict[str, Any] = {}
        self.roots = [self._root(file) for file in roots]

    @classmethod
    def of_value(cls, name: str, value: Mapping[str, Any]) -> "Source":
        """Return the source of a document that is parsed already."""
        source = cls(name, dict[str, str](), ())
        source._values[""] = value
        source.roots = [Part(value, "")]
        return source

    def _root(self, file: str) -> Part:
        value = self._value(file)
        version = value.get("openapi") if isinstance(value, Mapping) else None
        if not isinstance(version, str) or version.rpartition(".")[0] not in _VERSIONS:
            told = f"openapi is {version!r}" if version is not None else "it has no key openapi"
            raise SpecError(f"{self._named(file)}: not an OpenAPI 3.0 or 3.1 document: {told}")
        if not isinstance(value.get("paths", {}), Mapping):
            raise SpecError(f"{self._named(file)}: paths must be an object")
        return Part(value, "", file)

    def resolved(self, part: Part) -> Part:
        """Return the part that a reference leads to, or the part itself. Raises SpecError for a broken reference."""
        for _ in range(_MAX_REFERENCES):
            reference = part.value.get("$ref") if isinstance(part.value, Mapping) else None
            if not isinstance(reference, str):
                return part
            part = self._target(part, reference)
        raise SpecError(f"{self.name}: {part.place}: references lead in a circle, or through more than 100 others")

    def _target(self, part: Part, reference: str) -> Part:
        file, _, pointer = reference.partition("#")
        where = f"{self.name}: {part.place}: $ref {reference[:200]}"
        target = Part(None, "", _joined(part.file, unquote(file), where) if file else part.file)
        target = target._replace(value=self._value(target.file, where))
        for step in unquote(pointer).split("/")[1:]:
            key: str | int = step.replace("~1", "/").replace("~0", "~")
            if isinstance(target.value, list) and step.isdecimal() and int(step) < len(target.value):
                key = int(step)
            elif not isinstance(target.value, Mapping) or key not in target.value:
                raise SpecError(f"{where}: nothing stands there")
            target = target.child(key)
        return target

    def _value(self, file: str, where: str = "") -> Any:
        if file not in self._values:
            text = self._texts.pop(file, None)
            if text is None:
                text = self._further(file, where)
            self._values[file] = _parsed(self._named(file), text)
        return self._values[file]

    def _further(self, file: str, where: str) -> str:
        """Return the text of a file that is referred to. Raises SpecError if it is not in the folder."""
        path = None if self._folder is None else self._folder / file
        if self._folder is None or path is None or not path.resolve().is_relative_to(self._folder.resolve()):
            raise SpecError(f"{where}: {_ONLY_HERE}")
        if path.suffix not in _ENDINGS or len(self._values) >= MAX_FILES:
            raise SpecError(f"{where}: only {MAX_FILES} .yaml, .yml and .json files can be referred to")
        text = _read(path, str(path))
        self._size += len(text)
        if self._size > MAX_BYTES:
            raise SpecError(f"{self.name}: the files exceed {MAX_BYTES} bytes")
        return text

    def _named(self, file: str) -> str:
        return f"{self.name}/{file}" if file else self.name


def source_of_text(name: str, text: str) -> Source:
    """Return the document with that text. Raises SpecError with the reason and the place."""
    return Source(name, {"": text}, ("",))


def source_at(path: Path) -> Source:
    """Return the document in a file, or the one in a folder. Raises SpecError with the reason and the place.

    A folder may hold several documents; their paths are taken together. Files that only others refer to are none.
    """
    if not path.is_dir():
        return Source(str(path), {"": _read(path, str(path))}, ("",), path.parent)
    texts, roots, size = dict[str, str](), [], 0
    for name in _names(path):
        text = _read(path / name, str(path / name))
        if _IS_ROOT.search(text):
            size += len(text)
            texts[name] = text
            roots.append(name)
        if size > MAX_BYTES:
            raise SpecError(f"{path}: the documents of the folder exceed {MAX_BYTES} bytes")
    if not roots:
        raise SpecError(f"{path}: no OpenAPI document in the folder: no .yaml, .yml or .json file has the key openapi")
    return Source(str(path), texts, roots, path)


def _names(folder: Path) -> list[str]:
    """Return the names of the documents in the folder and those below it, relative and sorted."""
    found = []
    try:
        for seen, path in enumerate(folder.rglob("*")):
            if seen > MAX_FILES:
                raise SpecError(f"{folder}: more than {MAX_FILES} files and folders")
            if path.suffix in _ENDINGS and path.is_file():
                found.append(path.relative_to(folder).as_posix())
    except OSError as error:
        raise SpecError(f"{folder}: cannot be read: {error.strerror}") from error
    return sorted(found)


def _read(path: Path, name: str) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            raise SpecError(f"{name}: exceeds {MAX_BYTES} bytes")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpecError(f"{name}: not UTF-8: see byte {error.start}") from error
    except OSError as error:
        raise SpecError(f"{name}: cannot be read: {error.strerror}") from error


def _parsed(name: str, text: str) -> Any:
    twice: strict_yaml.Twice = []
    try:
        value = strict_yaml.read(text, twice, _MAX_DEPTH, _MAX_ALIASED)
    except strict_yaml.Unreadable as error:
        raise SpecError(f"{_at(name, error.place)}: neither JSON nor YAML: {error.reason}") from error
    if twice:
        path, second = twice[0]
        raise SpecError(f"{_at(name, second)}: duplicate key {path[-1]}")
    return with_merge_keys(value) if "<<" in text else value


def _at(name: str, place: strict_yaml.Place | None) -> str:
    return name if place is None else f"{name}:{place[0]}:{place[1]}"


def _joined(file: str, relative: str, where: str) -> str:
    """Return the name of a file that another one refers to. Raises SpecError for what is not in the folder."""
    if "://" in relative or relative.startswith("/"):
        raise SpecError(f"{where}: {_ONLY_HERE}")
    steps = file.split("/")[:-1]
    for step in relative.split("/"):
        if step == ".." and not steps:
            raise SpecError(f"{where}: {_ONLY_HERE}")
        if step == "..":
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps)
