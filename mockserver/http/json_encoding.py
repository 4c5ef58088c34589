"""JSON encoding of any value that a request can contain, and digests of JSON values."""

import json
import re
from hashlib import sha256
from math import isfinite
from typing import Any

import orjson

_WHOLE_FLOAT = re.compile(rb"[\[:,]-?[0-9]+\.0[\],}]")
"""Something like an integer that is written as a float; it may also be a part of a text."""
_WINDOW = 1024 * 1024
"""Bytes that one search looks through: no other thread goes on meanwhile."""
_LONGEST = 64
"""Bytes of the longest number and what stands around it."""


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

    `1` and `1.0` are the same number in JSON.
    """
    content = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    if any(_WHOLE_FLOAT.search(content, at, at + _WINDOW + _LONGEST) for at in range(0, len(content), _WINDOW)):
        content = orjson.dumps(_with_integers(value), option=orjson.OPT_SORT_KEYS)
    return sha256(content).digest()


def _with_integers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_integers(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_integers(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value
