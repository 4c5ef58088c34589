"""JSON values as bytes, whatever came in with them."""

import json
from math import isfinite
from typing import Any

import orjson


def encoded(value: Any) -> bytes:
    """A JSON value as UTF-8.

    What orjson declines the standard library writes: an integer past 64 bits, and half a character, as bytes of a
    header that are no UTF-8 leave it, which becomes a question mark.
    """
    try:
        return orjson.dumps(value)
    except TypeError:
        return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False).encode("utf-8", "replace")


def _finite(value: Any) -> Any:
    """The value with null for a number that JSON cannot write, as orjson has it."""
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return None if isinstance(value, float) and not isfinite(value) else value
