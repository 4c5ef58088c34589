"""Makes an input of another one: by its bytes, by its words, or by the structure of the JSON in it.

The same generator of chance gives the same inputs.
"""

import json
import re
from collections.abc import Callable, Sequence
from random import Random  # noqa: TID251 - what is tried is chosen by chance, from a seed that is told
from typing import Any

from tests.fuzz_parsers.target import SEPARATOR, Target

_TOKEN = re.compile(rb"[A-Za-z0-9_]+|\s+|.", re.DOTALL)
_NUMBER = re.compile(rb"\d+")
NUMBERS = (
    b"0", b"-0", b"-1", b"1", b"255", b"256", b"65535", b"65536", b"2147483648", b"4294967296", b"9007199254740993",
    b"9223372036854775808", b"18446744073709551616", b"1e400", b"-1e400", b"1e-400", b"0.1", b"3600.0", b"1E5", b"00",
    b"0x1f", b"0o17", b"1_000", b"9" * 400, b"9" * 5000, b".5", b"5.", b"+5", b"NaN", b"Infinity",
)  # fmt: skip
ODD = (
    b"\x00", b"\x7f", b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xf0\x9f\x98\x80", b"\xc2\x85",
    b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xd9\xa3", b"\xef\xbc\x91", b"\xc4\xb0", b"\\ud800", b"\\u0000",
    b"\\ud83d\\ude00", b"\r\n", b"\n", b"\t", b"\\", b'"', b"'", b"%00", b"%zz", b"%F0%9F", b"%2F", b"+", b";", b",",
    b"=", b":", b"&", b"*", b"&a", b"*a", b"<<", b"!!", b"~", b"-",
)  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 1, 3600.0, 0.5, 1e308, 2**31, 2**53 + 1, 2**63, 2**64, 10**400, "", " ", "\ufeff",
    "a", "\x00", "a" * 255, "a" * 256, "\u0130", "\U0001f600", "null", "1", "__proto__", [], {}, [[]], [None],
    {"": None}, {"a": {}}, {"__proto__": 1}, {"constructor": {"prototype": 1}}, "2026-01-02T03:04:05Z",
    "1d000000-0000-4000-8000-000000000002",
)  # fmt: skip

Mutation = Callable[[bytes, Random, Target], bytes]


def mutated(content: bytes, chance: Random, target: Target, longest: int | None = None) -> bytes:
    """Another input made of this one, at most `longest` bytes."""
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        if target.form == "json" and chance.random() < 0.6:
            content = _json(content, chance, target)
        elif target.form == "message" and chance.random() < 0.6:
            head, separator, body = content.partition(SEPARATOR)
            content = head + separator + _json(body, chance, target)
        else:
            content = chance.choice(_BY_BYTES)(content, chance, target)
    return content[: longest or target.longest]


def _span(content: bytes, chance: Random) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((1, 1, 2, 4, 8, 16, 64)))


def _flip(content: bytes, chance: Random, _: Target) -> bytes:
    start, _ = _span(content, chance)
    return content[:start] + bytes((chance.randrange(256),)) + content[start + 1 :]


def _delete(content: bytes, chance: Random, _: Target) -> bytes:
    start, end = _span(content, chance)
    return content[:start] + content[end:]


def _cut(content: bytes, chance: Random, _: Target) -> bytes:
    start, _ = _span(content, chance)
    return content[:start]


def _repeat(content: bytes, chance: Random, _: Target) -> bytes:
    start, end = _span(content, chance)
    return content[:end] + content[start:end] * chance.choice((1, 1, 2, 3, 10, 100, 1000)) + content[end:]


def _insert(content: bytes, chance: Random, target: Target) -> bytes:
    start, _ = _span(content, chance)
    return content[:start] + _piece(chance, target) + content[start:]


def _piece(chance: Random, target: Target) -> bytes:
    kind = chance.random()
    if target.words and kind < 0.6:
        return chance.choice(target.words)
    if kind < 0.8:
        return chance.choice(ODD)
    return chance.choice(NUMBERS)


def _swap_words(content: bytes, chance: Random, _: Target) -> bytes:
    words = _TOKEN.findall(content)
    if len(words) > 1:
        one, other = chance.randrange(len(words)), chance.randrange(len(words))
        words[one], words[other] = words[other], words[one]
    return b"".join(words)


def _replace_word(content: bytes, chance: Random, target: Target) -> bytes:
    words = _TOKEN.findall(content)
    if words:
        words[chance.randrange(len(words))] = _piece(chance, target)
    return b"".join(words)


def _number(content: bytes, chance: Random, _: Target) -> bytes:
    found = list(_NUMBER.finditer(content))
    if not found:
        return content
    one = chance.choice(found)
    return content[: one.start()] + chance.choice(NUMBERS) + content[one.end() :]


def _splice(content: bytes, chance: Random, target: Target) -> bytes:
    """The head of one input with the tail of another."""
    other = chance.choice(target.seeds)
    return content[: _span(content, chance)[0]] + other[_span(other, chance)[0] :]


def _lines(content: bytes, chance: Random, target: Target) -> bytes:
    """A line less, twice, elsewhere, or deeper."""
    lines = content.split(b"\n")
    at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(to, lines[at])
        case 2:
            lines[at], lines[to] = lines[to], lines[at]
        case _:
            lines[at] = b"  " + lines[at] if chance.random() < 0.5 else lines[at].removeprefix(b"  ")
    return b"\n".join(lines)


_BY_BYTES: Sequence[Mutation] = (
    _flip, _delete, _cut, _repeat, _insert, _insert, _swap_words, _replace_word, _replace_word, _number, _splice,
    _lines,
)  # fmt: skip


def _json(content: bytes, chance: Random, target: Target) -> bytes:
    """The JSON in another structure; what is no JSON is changed by its bytes."""
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return chance.choice(_BY_BYTES)(content, chance, target)
    places: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        each = waiting.pop()
        keys = list(each) if isinstance(each, dict) else range(len(each)) if isinstance(each, list) else ()
        places += [(each, key) for key in keys]
        waiting += [each[key] for key in keys]
    if not places or chance.random() < 0.03:
        value = _value(chance, target, value)
    else:
        _change(*chance.choice(places), chance, target)
    try:
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    except RecursionError:
        return content
    return text.encode("utf-8", "surrogatepass")


def _change(owner: Any, key: Any, chance: Random, target: Target) -> None:
    kind = chance.randrange(7)
    if kind == 0:
        del owner[key]
    elif kind == 1 and isinstance(owner, dict):
        owner[_word(chance, target)] = owner.pop(key)
    elif kind == 2 and isinstance(owner, dict):
        owner[_word(chance, target)] = _value(chance, target, owner[key])
    elif kind == 3 and isinstance(owner, list):
        owner.insert(key, owner[chance.randrange(len(owner))])
    elif kind == 4 and isinstance(owner[key], str):
        text = owner[key].encode("utf-8", "surrogatepass")
        owner[key] = chance.choice(_BY_BYTES)(text, chance, target).decode("utf-8", "replace")
    elif kind == 5 and isinstance(owner[key], int | float) and abs(owner[key]) < 2**64:
        owner[key] = owner[key] * chance.choice((-1, 0, 0.5, 10, 1000)) + chance.choice((-1, 0, 1, 0.5))
    else:
        owner[key] = _value(chance, target, owner[key])


def _value(chance: Random, target: Target, old: Any) -> Any:
    kind = chance.random()
    if kind < 0.05:
        for _ in range(chance.choice((1, 3, 60, 300))):
            old = [old] if chance.random() < 0.5 else {"a": old}
        return old
    if kind < 0.4:
        return _word(chance, target)
    return json.loads(json.dumps(chance.choice(VALUES)))  # a copy: it may be changed again


def _word(chance: Random, target: Target) -> str:
    return (chance.choice(target.words) if target.words else chance.choice(ODD)).decode("utf-8", "replace")
