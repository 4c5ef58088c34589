"""JSON encoding of any value that a request can contain."""

import json
from math import isfinite
from typing import Any

import orjson


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
