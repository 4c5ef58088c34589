"""A glob's text as the tree that it means: the dialect of the service's glob library, as far as names go.

It has `*`, `?`, `[…]` (negated by `^` alone), `@(…|…)`, `?(…)`, `*(…)`, `+(…)`, `!(…)`, plain groups, `{a..c}`, quotes,
backslashes, and a leading `!` that turns the whole pattern round. Braces without a range are letters like any other.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from mockserver.infisical.kubernetes_auth.glob_tree import (
    IN_SEGMENT,
    NO_DOT,
    NOT_AT_END,
    STAR,
    Either,
    InTurn,
    Node,
    Often,
    OneOf,
    Unless,
    literal,
)

_DEEPEST = 40
_NO_GROUPS = re.compile(r'[^*!/()\[\]{}"][^/()\[\]{}"]*')
_NEGATIONS = re.compile(r"(?:!(?!\())*")
_RANGE = re.compile(r"\{([^{}()\[\]|*?!\\]*\.\.[^{}()\[\]|*?!\\]*)\}")
_CLASS = re.compile(r"\[(?P<content>\^?(?:\[:[a-z]+:\]|\]|\\.|[^\\])(?:\[:[a-z]+:\]|\\.|[^\]\\])*)\]")
_POSIX = {
    "alnum": "a-zA-Z0-9",
    "alpha": "a-zA-Z",
    "digit": "0-9",
    "lower": "a-z",
    "upper": "A-Z",
    "word": "A-Za-z0-9_",
    "xdigit": "A-Fa-f0-9",
}
_NAMED = re.compile(rf"\[:({'|'.join(_POSIX)}):\]")
_SPECIAL = frozenset("@![].,$*+?^{}()|\\/")
"""What ends a word. A quote inside a word is a letter."""
_REPEATED = {"?": (False, False), "*": (False, True), "+": (True, True)}


class Glob(NamedTuple):
    """The form that a name has to have; `negated`: must not have."""

    tree: Node
    negated: bool


class NoGlob(Exception):
    """The text means nothing: the service takes it for a pattern that no name matches."""


class _Token(NamedTuple):
    """A character as it stands, one of `*?!+@()|/.` that means something, or a class."""

    kind: Literal["text", "mark", "class"]
    text: str
    one: OneOf | None = None


def read(pattern: str) -> Glob:
    """The glob that the text means. Raises NoGlob."""
    bangs = _NEGATIONS.match(pattern)
    assert bangs is not None, "it matches nothing at all too"
    marks = "*?.\\" if _NO_GROUPS.fullmatch(pattern) else "*?.\\!+@()|/"
    tokens = list(_tokens(pattern[bangs.end() :].removeprefix("./"), marks))
    return Glob(_Reader(tokens).tree(), negated=bangs.end() % 2 == 1)


def _tokens(text: str, marks: str) -> Iterator[_Token]:
    at, quoted, in_word = 0, False, False
    while at < len(text):
        character, at = text[at], at + 1
        if character == '"' and not in_word:
            quoted = not quoted
            continue
        in_word = not quoted and character not in _SPECIAL
        if quoted:
            yield _Token("text", character)
        elif character == "\\":
            yield _Token("text", text[at : at + 1] or character)
            at += 1
        elif (found := _CLASS.match(text, at - 1)) is not None:
            yield _Token("class", "[]", _class(found["content"]))
            at = found.end()
        elif (found := _RANGE.match(text, at - 1)) is not None:
            yield _Token("class", "{}", _span(found[1]))
            at = found.end()
        else:
            yield _Token("mark" if character in marks else "text", character)


def _class(content: str) -> OneOf:
    """`a-z`, `^a-z`, `[:alpha:]_`: what a regular expression makes of the same text."""
    negated = content.startswith("^")
    content = _NAMED.sub(lambda name: _POSIX[name[1]], content[negated:])
    characters = re.findall(r"\\?.", content, re.DOTALL)
    ranges = [("/", "/")] if negated else []
    at = 0
    while at < len(characters):
        low = high = characters[at][-1]
        if characters[at + 1 : at + 2] == ["-"] and at + 2 < len(characters):
            high, at = characters[at + 2][-1], at + 2
        if low > high:
            raise NoGlob("a range that runs backwards")
        ranges.append((low, high))
        at += 1
    return OneOf(tuple(ranges), negated)


def _span(content: str) -> OneOf:
    """`1..3`: a class from the lesser text to the greater one, character by character (so `1..12` is `1` or `2`)."""
    return _class("-".join(sorted(content.split(".."))))


class _Reader:
    """Reads tokens into a tree. A `(` that nothing closes, and a `)` that closes nothing, are letters."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._closes: dict[int, int] = {}
        opened: list[int] = []
        for at, token in enumerate(tokens):
            if token.kind == "mark" and token.text == "(":
                opened.append(at)
            elif token.kind == "mark" and token.text == ")" and opened:
                self._closes[opened.pop()] = at
        self._groups = 0

    def tree(self) -> Node:
        """What all of the tokens mean."""
        return self._between(0, len(self._tokens))

    def _mark(self, at: int) -> str:
        token = self._tokens[at] if 0 <= at < len(self._tokens) else None
        return token.text if token is not None and token.kind == "mark" else ""

    def _between(self, at: int, end: int) -> Node:
        options: list[list[Node]] = [[]]
        while at < end:
            if self._mark(at) == "|":
                options.append([])
                at += 1
            else:
                at = self._item(at, options[-1])
        return Either(tuple(InTurn(tuple(items)) for items in options))

    def _item(self, at: int, items: list[Node]) -> int:
        """Reads one item, or the sign behind one that repeats it; the place behind it."""
        token, mark = self._tokens[at], self._mark(at)
        if mark == "?" and self._mark(at - 1) == "(":
            items.append(literal("?"))
            return at + 1
        if self._has_group(at):
            return self._group(at, mark, items)
        if at in self._closes:
            return self._group(at - 1, "@", items)
        if mark == "*":
            return self._star(at, items)
        if items and ((mark == "?" and self._mark(at - 1) == ")") or (mark == "+" and self._is_repeated(at))):
            if mark == "+" or not isinstance(items[-1], Often):  # a `?` behind a sign makes that one lazy, no more
                items.append(Often(items.pop(), *_REPEATED[mark]))
        elif mark == "?":
            items += (NO_DOT, IN_SEGMENT) if self._starts(at) else (IN_SEGMENT,)
        else:
            items.append(token.one or literal(token.text))
        return at + 1

    def _has_group(self, at: int) -> bool:
        """Whether the sign there says how often the group behind it comes."""
        mark = self._mark(at)
        return at + 1 in self._closes and mark != "" and mark in "?*+@!" and (mark == "!" or self._mark(at + 2) != "?")

    def _starts(self, at: int) -> bool:
        return at == 0 or self._mark(at - 1) == "/"

    def _is_repeated(self, at: int) -> bool:
        """Whether the `+` there repeats what stands before it: a class, a group, or anything in a group."""
        before = self._tokens[at - 1]
        return self._groups > 0 or before.kind == "class" or (before.kind == "mark" and before.text == ")")

    def _star(self, at: int, items: list[Node]) -> int:
        first = at
        while self._mark(at) == "*" and not self._has_group(at):
            at += 1
        if self._starts(first):
            items.append(NO_DOT)
        if (self._starts(first) and at == first + 1) or (self._mark(first - 1) == "." and self._starts(first - 1)):
            items.append(NOT_AT_END)
        items.append(STAR)
        return at

    def _group(self, at: int, mark: str, items: list[Node]) -> int:
        """A group whose `(` stands behind `at`, with the sign that says how often it comes."""
        opens = at + 1
        closes = self._closes[opens]
        if self._groups >= _DEEPEST or (self._mark(opens + 1) == "?" and self._tokens[opens + 2].text in "!=<:"):
            raise NoGlob("a regular expression's group, or too many in one another")
        self._groups += 1
        inner = self._between(opens + 1, closes)
        self._groups -= 1
        if at == 0 and mark != "@":
            items.append(NOT_AT_END)
        if mark == "!":
            items.append(InTurn((self._unless(inner, opens, closes), STAR)))
        else:
            items.append(inner if mark == "@" else Often(inner, *_REPEATED[mark]))
        return closes + 1

    def _unless(self, inner: Node, opens: int, closes: int) -> Unless:
        """What a `!(…)` rules out: before an ending such as `.svc`, with a `*` in it, what comes with that ending.

        Else, where nothing but `)` follows, what fills the rest of the name; else whatever begins like it.
        """
        rest = self._tokens[closes + 1 :]
        if all(token.text == ")" for token in rest):
            return Unless(inner, whole=True)
        has_star = any(self._mark(at) == "*" for at in range(opens, closes))
        ending = self._groups == 0 and len(rest) > 1 and [each.text for each in rest if each.text in "./"] == ["."]
        if has_star and ending and rest[0].text == ".":
            return Unless(InTurn((inner, self._between(closes + 1, len(self._tokens)))), whole=False)
        return Unless(inner, whole=False)
