"""JSON values as bytes, whatever came in with them."""

import json
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
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
