"""How a Go client reads an answer: what its structs take, and what they refuse. Keys without a field are ignored."""

import json
import re
from collections.abc import Callable
from typing import Any

Decoder = Callable[[Any, str], Any]
"""Takes a JSON value (None: null, or no such key) and where it stands. Raises DecodeError."""

_JSON_TYPE = re.compile(r"(?i)(application|text)/(.*json.*)(;|$)")
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")


class DecodeError(Exception):
    """A value that the field's type cannot take."""


def text(value: Any, at: str) -> str:
    return "" if value is None else _of_type(str, value, at)


def boolean(value: Any, at: str) -> bool:
    return False if value is None else _of_type(bool, value, at)


def int64(value: Any, at: str) -> int:
    """A number written without point and exponent, in 64 bits."""
    if value is None:
        return 0
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise DecodeError(f"{at}: {value!r} does not go into an int64")
    return value


def time(value: Any, at: str) -> str | None:
    """RFC 3339, kept as it is written."""
    if value is None:
        return None
    if not _RFC_3339.fullmatch(_of_type(str, value, at)):
        raise DecodeError(f"{at}: {value!r} is no RFC 3339 time")
    return value


def pointer(to: Decoder) -> Decoder:
    """A field that knows nothing from zero: None where the key is null or missing."""
    return lambda value, at: None if value is None else to(value, at)


def many(of: Decoder) -> Decoder:
    def decode(value: Any, at: str) -> list[Any]:
        items = [] if value is None else _of_type(list, value, at)
        return [of(item, f"{at}[{index}]") for index, item in enumerate(items)]

    return decode


def struct(**fields: Decoder) -> Decoder:
    def decode(value: Any, at: str) -> dict[str, Any]:
        found = {} if value is None else _of_type(dict, value, at)
        return {name: field(found.get(name), f"{at}.{name}") for name, field in fields.items()}

    return decode


def read(content: bytes, content_type: str, into: Decoder) -> Any:
    """The answer decoded; all zero where its media type is not JSON, which such a client leaves unread.

    Raises DecodeError.
    """
    if not _JSON_TYPE.match(content_type):
        return into(None, "(body)")
    try:
        value = json.loads(content, parse_constant=_refused)
    except ValueError as error:
        raise DecodeError(f"(body): {error}") from error
    return into(value, "(body)")


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is no JSON")


def _of_type(kind: type, value: Any, at: str) -> Any:
    if type(value) is not kind:
        raise DecodeError(f"{at}: {value!r} does not go into a {kind.__name__}")
    return value
