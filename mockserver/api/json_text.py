"""JSON bodies, read as the service's parser reads them: strict syntax, doubles, last of two equal keys.

orjson reads nearly all of them. What it declines and the service takes (lone surrogates, huge numbers, a byte order
mark, deep nesting) is read again here, slowly.
"""

import json
import re
from typing import Any

import orjson

MAX_DEPTH = 200
"""Containers below this depth read as empty: no schema looks so deep, and the verdict stays the same."""

_SAFE_DIGITS = 15
_TOKEN = re.compile(
    r"[ \t\n\r]*(?:(?P<open>[\[{])|(?P<close>[\]}])|(?P<mark>[:,])"
    r'|(?P<text>"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")'
    r"|(?P<other>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null))"
)
_CONTAINERS = (dict, list)
_CLOSES = {"[": "]", "{": "}"}


class NotJson(Exception):
    """The text is no JSON; the message says where it stops being it."""


class NotUtf8(Exception):
    """The bytes are no UTF-8."""


def parse(content: bytes) -> Any:
    """The value of a JSON text. Numbers past a double's range are infinite. Raises NotUtf8 or NotJson."""
    try:
        value = orjson.loads(content)
    except ValueError:
        value = _slowly(content)
    is_shallow = len(content) <= 2 * MAX_DEPTH or content.count(b"[") + content.count(b"{") <= MAX_DEPTH
    return value if is_shallow else _pruned(value)


def _slowly(content: bytes) -> Any:
    try:
        text = content.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise NotUtf8(f"byte {error.start} is not UTF-8") from error
    try:
        try:
            return _well_formed(_DECODER.decode(text))
        except RecursionError:
            return _well_formed(_DECODER.decode(_cut(text)))
    except ValueError as error:
        raise NotJson(str(error)) from error


def _number(text: str) -> float:
    """JavaScript has doubles only; an integer that a double holds exactly stays an integer."""
    return int(text) if len(text) <= _SAFE_DIGITS else float(text)


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_number, parse_constant=_refused)


def _well_formed(value: Any) -> Any:
    """Lone surrogates become U+FFFD: what the service writes in their place."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_well_formed(each) for each in value]
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(each) for key, each in value.items()}
    return value


def _pruned(value: Any) -> Any:
    """The value, changed in place: containers at MAX_DEPTH are empty. The check of schemas goes not much deeper."""
    level = [value] if isinstance(value, _CONTAINERS) else []
    for _ in range(MAX_DEPTH - 1):
        level = [
            child
            for each in level
            for child in (each.values() if isinstance(each, dict) else each)
            if isinstance(child, _CONTAINERS)
        ]
    for each in level:
        each.clear()
    return value


def _cut(text: str) -> str:
    """The text with every container below MAX_DEPTH empty. Raises ValueError where it is no JSON.

    It keeps a stack of its own, so no nesting is too deep for it.
    """
    kept: list[str] = []
    stack: list[str] = []
    place, expected = 0, "value"
    while stack or expected != "after":
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"no JSON at character {place}")
        place = match.end()
        before = len(stack)
        expected = _after(match, stack, expected)
        bracket = match["open"] or match["close"]
        if max(before, len(stack)) < MAX_DEPTH + (bracket is not None):
            kept.append(match.group())
    return "".join(kept) + text[place:]


def _after(match: re.Match[str], stack: list[str], expected: str) -> str:
    """What may follow a token, by the grammar; the stack of open brackets is brought up to date."""
    kind, found = match.lastgroup, match.group().lstrip()
    if kind == "open" and expected in ("value", "value or end"):
        stack.append(found)
        return "key or end" if found == "{" else "value or end"
    if (
        kind == "close"
        and stack
        and found == _CLOSES[stack[-1]]
        and (expected == "after" or expected.endswith(" or end"))
    ):
        stack.pop()
        return "after"
    if found == ":" and expected == "colon":
        return "value"
    if found == "," and expected == "after" and stack:
        return "key" if stack[-1] == "{" else "value"
    if kind in ("text", "other") and expected in ("value", "value or end"):
        return "after"
    if kind == "text" and expected in ("key", "key or end"):
        return "colon"
    raise ValueError(f"{found[:20]} where {expected} was expected")
