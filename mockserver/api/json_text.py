"""Parses JSON bodies as the service does: strict syntax, numbers as doubles, the last of duplicate keys.

orjson parses nearly all bodies. A slower parser handles those that only the service accepts: lone surrogates, huge
numbers, a byte order mark, deep nesting.
"""

import json
import re
from typing import Any

import orjson

MAX_DEPTH = 200
"""Deeper containers are parsed as empty. No schema of the contract goes that deep, so results do not change."""

_SAFE_DIGITS = 15
_TOKEN = re.compile(
    r"[ \t\n\r]*(?:(?P<open>[\[{])|(?P<close>[\]}])|(?P<mark>[:,])"
    r'|(?P<text>"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*")'
    r"|(?P<other>-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null))"
)
_CONTAINERS = (dict, list)
_CLOSES = {"[": "]", "{": "}"}


class NotJson(Exception):
    """The text is not JSON; the message contains the position."""


class NotUtf8(Exception):
    """The bytes are not UTF-8."""


def parse(content: bytes) -> Any:
    """Return the value of a JSON text. Numbers beyond a double's range are infinite. Raises NotUtf8 or NotJson."""
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
    except json.JSONDecodeError as error:
        raise NotJson(_where(error)) from error
    except ValueError as error:
        raise NotJson(str(error)) from error


def _where(error: json.JSONDecodeError) -> str:
    """Return where the text stops being JSON. From Python 3.13 on, json names a trailing comma, not what follows it."""
    text, at = error.doc, error.pos
    if error.msg.startswith("Illegal trailing comma"):
        at = len(text) - len(text[at + 1 :].lstrip(" \t\n\r"))
    line, column = text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
    return f"unexpected text at line {line}, column {column}"


def _number(text: str) -> float:
    """Return the nearest double, as in JavaScript. Short integers stay integers: a double represents them exactly."""
    return int(text) if len(text) <= _SAFE_DIGITS else float(text)


def _refused(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


_DECODER = json.JSONDecoder(parse_int=_number, parse_constant=_refused)


def _well_formed(value: Any) -> Any:
    """Return the value with lone surrogates replaced by U+FFFD, as the service stores them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_well_formed(each) for each in value]
    if isinstance(value, dict):
        return {_well_formed(key): _well_formed(each) for key, each in value.items()}
    return value


def _pruned(value: Any) -> Any:
    """Empty the containers at MAX_DEPTH in place and return the value: the schema check is recursive."""
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
    """Return the text with every container below MAX_DEPTH emptied. Raises ValueError if it is not JSON.

    It is iterative, so the depth is not limited.
    """
    kept: list[str] = []
    stack: list[str] = []
    place, expected = 0, "value"
    while stack or expected != "after":
        match = _TOKEN.match(text, place)
        if match is None:
            raise ValueError(f"invalid JSON at character {place}")
        place = match.end()
        before = len(stack)
        expected = _after(match, stack, expected)
        bracket = match["open"] or match["close"]
        if max(before, len(stack)) < MAX_DEPTH + (bracket is not None):
            kept.append(match.group())
    return "".join(kept) + text[place:]


def _after(match: re.Match[str], stack: list[str], expected: str) -> str:
    """Return what may follow a token, and update the stack of open brackets."""
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
    raise ValueError(f"expected {expected}, got {found[:20]}")
