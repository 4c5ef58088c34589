"""Read a long JSON text in pieces: the decoder lets no other thread go on before it ends."""

import json
import re
from typing import Any

import orjson

from mockserver.pauses import pause
from mockserver.seeding.batches import SECTIONS, CannotCut, json_list

_OPEN = re.compile(r"[ \t\r\n]*\{[ \t\r\n]*")
_KEY = re.compile(r'"([A-Za-z]+)"[ \t\r\n]*:[ \t\r\n]*')
_NEXT = re.compile(r"[ \t\r\n]*([,}])[ \t\r\n]*")
_PIECE = 256 * 1024
"""Characters of a text that are decoded at once."""
_PLAIN = re.compile(r'[^"\\]{12}')
"""Where a text can be cut: no escape reaches across, nor a pair of them, which stands for one character."""
_FIXTURES = "fixtures"
_DECODER = json.JSONDecoder()


def loads(content: bytes) -> Any:
    """Return what `orjson.loads` returns for a body; the long lists of the fixtures in it are read in pieces.

    Raises orjson.JSONDecodeError.
    """
    try:
        text = content.decode()
        value, end = _object(text, 0)
        if text[end:].strip(" \t\r\n"):
            raise CannotCut
    except (CannotCut, ValueError, RecursionError):
        return orjson.loads(content)
    return value


def _object(text: str, at: int) -> tuple[dict[str, Any], int]:
    """Return the object that begins at `at`, and its end. Raises CannotCut, or ValueError, for what it cannot read."""
    found: dict[str, Any] = {}
    opened = _OPEN.match(text, at)
    if opened is None:
        raise CannotCut
    at = opened.end()
    while key := _KEY.match(text, at):
        name, at = key[1], key.end()
        begins = text[at : at + 1]
        if name in found:
            raise CannotCut
        if name in SECTIONS and begins == "[":
            found[name], at = json_list(text, at)
        elif name == _FIXTURES and begins == "{":
            found[name], at = _object(text, at)
        elif name == _FIXTURES and begins == '"':
            found[name], at = _text(text, at)
        else:
            start = at
            _, at = _DECODER.raw_decode(text, start)
            found[name] = orjson.loads(text[start:at])
        after = _NEXT.match(text, at)
        if after is None:
            break
        at = after.end()
        if after[1] == "}":
            return found, after.start(1) + 1
    raise CannotCut


def _text(text: str, at: int) -> tuple[str, int]:
    """Return the JSON text that begins at `at`, decoded in pieces, and its end. Raises CannotCut, or ValueError."""
    pieces: list[str] = []
    start = at + 1
    while True:
        pause()
        stop = _place_to_cut(text, start + _PIECE)
        piece = f'"{text[start:stop]}'
        try:
            pieces.append(orjson.loads(piece + '"'))
        except orjson.JSONDecodeError:  # the text ends in this piece, or is none
            _, length = _DECODER.raw_decode(piece)
            pieces.append(orjson.loads(piece[:length]))
            return "".join(pieces), start + length - 1
        if stop == len(text):
            raise CannotCut
        start = stop


def _place_to_cut(text: str, near: int) -> int:
    found = _PLAIN.search(text, near, near + _PIECE)
    if found is not None:
        return found.start() + 6
    if near + _PIECE < len(text):
        raise CannotCut
    return len(text)
