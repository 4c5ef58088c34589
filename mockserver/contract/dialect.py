"""A document as openapi-core is given it: the same rules, said so that the library reads them as they are meant.

What is changed, and why: `servers`, as the listed hosts are the vendor's; patterns, as they are ECMA 262 and the
library's are Python's; what stands beside a `$ref`, as it counts for nothing; defaults, as the library puts them in the
place of required parameters; `deprecated` and `allowEmptyValue`, as it warns of them at each request.
"""

import re
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from mockserver.contract import formats
from mockserver.contract.document import Document
from mockserver.errors import SpecError
from mockserver.infisical.javascript import WHITE_SPACE

_NAMES = frozenset(
    ("properties", "paths", "content", "responses", "schemas", "parameters", "requestBodies", "headers", "links")
)
"""Under these stand names of the document's own, which are no keywords."""
_VALUES = frozenset(("enum", "const", "example", "examples"))
_LEFT_OUT = frozenset(("default", "deprecated", "allowEmptyValue"))


def given(document: Document) -> dict[str, Any]:
    """The document's value as it is given. Raises SpecError for what the library reads otherwise than it is meant."""
    version = str(document.value.get("openapi"))
    if not version.startswith("3.0."):
        raise SpecError(f"{document.name}: openapi: the engine openapi-core checks OpenAPI 3.0, not {version}")
    changed: dict[str, Any] = _changed(document.value, document.name)
    return changed | {"servers": [{"url": "/"}]}


def media_types(value: object) -> Iterator[str]:
    """Every media type that stands in the document."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            if key == "content" and isinstance(below, Mapping):
                yield from below
            yield from media_types(below)
    elif isinstance(value, list):
        for below in value:
            yield from media_types(below)


def _changed(value: Any, where: str, *, names: bool = False) -> Any:
    if isinstance(value, list):
        return [_changed(each, where) for each in value]
    if not isinstance(value, Mapping):
        return value
    if names:
        return {str(key): _changed(below, f"{where}/{key}") for key, below in value.items()}
    if isinstance(value.get("$ref"), str):
        return {"$ref": value["$ref"]}
    changed = {}
    for key, below in value.items():
        if key in _LEFT_OUT:
            continue
        if key == "format" and below in formats.APART:
            raise SpecError(f"{where}/format: the engine openapi-core does not check the format {below}")
        if key == "pattern" and isinstance(below, str):
            changed[key] = _pattern(below, where)
        else:
            changed[key] = below if key in _VALUES else _changed(below, f"{where}/{key}", names=key in _NAMES)
    return changed


_ESCAPED = {"d": "0-9", "w": "A-Za-z0-9_", "s": re.escape(WHITE_SPACE)}
_PART = re.compile(r"\\[\s\S]|[\s\S]")


def _pattern(ecma: str, where: str) -> str:
    """The regular expression in Python's words: `$` is the end, and the classes are those of ECMA 262."""
    if find_spec("regress") is not None:
        return ecma  # with it the library reads ECMA 262 itself
    parts: list[str] = []
    in_class = False
    for part in _PART.findall(ecma):
        letter = part[1:] if len(part) == 2 else ""
        if letter.lower() in _ESCAPED and not (in_class and letter.isupper()):
            members = _ESCAPED[letter.lower()]
            parts.append(members if in_class else f"[{'^' if letter.isupper() else ''}{members}]")
        else:
            parts.append(r"\Z" if part == "$" and not in_class else part)
        in_class = part == "[" or (in_class and part != "]")
    pattern = f"(?a){''.join(parts)}"
    try:
        re.compile(pattern)
    except re.error as error:
        raise SpecError(f"{where}/pattern: the engine openapi-core cannot read it: {error}") from error
    return pattern
