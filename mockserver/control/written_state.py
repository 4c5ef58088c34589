"""Writes a large state in pieces, each of some dozens of entries: the same bytes as in one piece."""

from collections.abc import Callable, Iterator
from typing import Any

import yaml

from mockserver.control import secrets
from mockserver.http.json_encoding import encoded
from mockserver.infisical.state import State
from mockserver.seeding.dump import LONG_SECTIONS, head, long_section

_AS_JSON, _AS_YAML = 128, 8
"""How many entries a piece has: it takes about a millisecond to write."""


def as_json(state: State, mask_key: str | None) -> Iterator[bytes]:
    """Yield the document as JSON; an empty piece is a pause."""
    yield encoded(_head(state, mask_key))[:-1]
    for name in LONG_SECTIONS:
        yield b',"%b":[' % name.encode()
        separator = b""
        for batch in _section(name, state, mask_key, _AS_JSON):
            if batch:
                yield separator + encoded(batch)[1:-1]
                separator = b","
            else:
                yield b""
        yield b"]"
    yield b"}"


def as_yaml(state: State, mask_key: str | None) -> Iterator[bytes]:
    """Yield the document as YAML; an empty piece is a pause."""
    yield yaml_text(_head(state, mask_key))
    for name in LONG_SECTIONS:
        is_empty = True
        for batch in _section(name, state, mask_key, _AS_YAML):
            if batch and is_empty:
                is_empty = False
                yield f"{name}:\n".encode()
            yield yaml_text(batch) if batch else b""
        if is_empty:
            yield f"{name}: []\n".encode()


def yaml_text(value: Any) -> bytes:
    """Return a document, or a part of one, as YAML."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text: str = yaml.dump(value, Dumper=dumper, sort_keys=False, allow_unicode=True)
    return text.encode()


def _head(state: State, mask_key: str | None) -> dict[str, Any]:
    document = _mask(mask_key)(head(state))
    for name in LONG_SECTIONS:
        assert document.pop(name) == [], "the long sections are the last ones"
    return document


def _section(name: str, state: State, mask_key: str | None, size: int) -> Iterator[list[dict[str, Any]]]:
    mask = _mask(mask_key)
    for batch in long_section(name, state, size):
        yield mask({name: batch})[name] if batch else batch


def _mask(key: str | None) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return (lambda document: document) if key is None else (lambda document: secrets.masked(document, key))
