"""Bodies as values: responses are decompressed within a limit, and every body that is kept is masked first."""

import zlib
from typing import Any

import orjson

from mockserver import masking
from mockserver.http.json_encoding import encoded
from mockserver.journal.entry import KEPT_BODY

_ENCODINGS = {"gzip": 31, "x-gzip": 31, "deflate": 47}
"""Content encodings that can be read, with the window bits by which zlib tells them apart."""


class Unreadable(Exception):
    """The body cannot be read; the text says why."""


def decoded(content: bytes, encoding: str, limit: int) -> bytes:
    """Return the body without its content encoding. Raises Unreadable for others, and for more bytes than `limit`."""
    name = encoding.strip().lower()
    if name in ("", "identity") or not content:
        return content
    if name not in _ENCODINGS:
        raise Unreadable(f"its encoding {masking.text(name)[:40]} is not read here")
    reader = zlib.decompressobj(_ENCODINGS[name])
    try:
        found = reader.decompress(content, limit + 1)
    except zlib.error:
        raise Unreadable(f"it is not {name}, as its encoding says") from None
    if len(found) > limit:
        raise Unreadable(f"it has more than {limit} bytes once it is decompressed")
    if not reader.eof:
        raise Unreadable(f"its {name} encoding has no end")
    return found


def json_of(content: bytes) -> Any:
    """Return the JSON value. Raises Unreadable if it is none."""
    try:
        return orjson.loads(content)
    except ValueError:
        raise Unreadable("it is not JSON") from None


def masked(content: bytes, media_type: str) -> bytes:
    """Return the body as the journal keeps it: without secrets, and cut off where it is long."""
    if not content:
        return b""
    if not _is_text(media_type):
        return f"({len(content)} bytes of {masking.text(media_type)[:80] or 'no media type'})".encode()
    try:
        text: bytes = encoded(masking.json_value(orjson.loads(content)))
    except ValueError:
        text = masking.raw_text(content[:KEPT_BODY].decode("utf-8", "replace")).encode("utf-8", "replace")
    return text[:KEPT_BODY]


def _is_text(media_type: str) -> bool:
    return (
        not media_type
        or media_type.startswith("text/")
        or media_type.endswith(("json", "xml", "yaml", "javascript", "x-www-form-urlencoded"))
    )
