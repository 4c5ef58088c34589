"""JSON encoding of any value that a request can contain, and digests of JSON values."""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from math import isfinite
from typing import Any

import orjson

from mockserver.pauses import between

_WHOLE_FLOAT = re.compile(rb"[\[:,]-?[0-9]+\.0[\],}]")
"""Something like an integer that is written as a float; it may also be a part of a text."""
_PIECE = 500
"""Entries of a list that are encoded at once."""
_TEXT_PIECE = 256 * 1024
"""Characters of a text that are encoded at once."""
_DEPTH = 3
"""Levels of objects: a body, the fixtures in it, and a level to spare."""


def encoded(value: Any) -> bytes:
    """Return a JSON value as UTF-8.

    The standard library encodes what orjson rejects: integers beyond 64 bits, and lone surrogates from header bytes
    that are not UTF-8, which become question marks.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def _finite(value: Any) -> Any:
    """Return the value with null for infinities and NaN, as orjson writes them."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value


def digest(value: Any) -> bytes:
    """Return a digest of a value from `orjson.loads`: the same for two objects that differ in the order of keys only.

    `1` and `1.0` are the same number in JSON. A long value is encoded in pieces, between which other threads go on.
    """
    found = sha256()
    for piece, has_numbers in between(_canonical(value, _DEPTH)):
        if has_numbers and _WHOLE_FLOAT.search(b":%b," % piece):
            found = sha256()
            for same, _ in between(_canonical(_with_integers(value), _DEPTH)):
                found.update(same)
            break
        found.update(piece)
    return found.digest()


def _canonical(value: Any, depth: int) -> Iterator[tuple[bytes, bool]]:
    """Yield pieces that make up the value as JSON with sorted keys, each with whether it may have numbers.

    Long lists and texts are cut, in objects down to that depth.
    """
    if isinstance(value, dict) and value and depth:
        sign = b"{"
        for key in sorted(value):
            yield b"%b%b:" % (sign, orjson.dumps(key)), False
            yield from _canonical(value[key], depth - 1)
            sign = b","
        yield b"}", False
    elif isinstance(value, list) and len(value) > _PIECE:
        yield b"[", False
        for at in range(0, len(value), _PIECE):
            entries = orjson.dumps(value[at : at + _PIECE], option=orjson.OPT_SORT_KEYS)[1:-1]
            yield (entries + b"," if at + _PIECE < len(value) else entries), True
        yield b"]", False
    elif isinstance(value, str) and len(value) > _TEXT_PIECE:
        yield b'"', False
        for at in range(0, len(value), _TEXT_PIECE):
            yield orjson.dumps(value[at : at + _TEXT_PIECE])[1:-1], False
        yield b'"', False
    else:
        yield orjson.dumps(value, option=orjson.OPT_SORT_KEYS), not isinstance(value, str)


def encoded_in_pieces(value: Any) -> Iterator[bytes]:
    """Yield a value from `orjson.loads` as UTF-8, in pieces that make up the whole. Long lists in an object are cut."""
    if not isinstance(value, dict) or not value:
        yield orjson.dumps(value)
        return
    sign = b"{"
    for key, each in value.items():
        yield b"%b%b:" % (sign, orjson.dumps(key))
        if isinstance(each, list) and len(each) > _PIECE:
            for at in range(0, len(each), _PIECE):
                yield (b"," if at else b"[") + orjson.dumps(each[at : at + _PIECE])[1:-1]
            yield b"]"
        else:
            yield orjson.dumps(each)
        sign = b","
    yield b"}"


def _with_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_integers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_integers(each) for each in between(value)]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
