"""Parse a glob into a tree. The syntax is that of the service's glob library, as far as it matters for names.

It has `*`, `?`, `[…]` (negated by `^` only), `@(…|…)`, `?(…)`, `*(…)`, `+(…)`, `!(…)`, plain groups, `{a..c}`, quotes,
backslashes, and a leading `!` that negates the whole pattern. Braces without a range are ordinary characters.
"""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

from mockserver.infisical.kubernetes_auth.glob_tree import (
    IN_SEGMENT,
    NO_DOT,
    NOT_AT_END,
    STAR,
    Alternatives,
    CharacterClass,
    Concatenation,
    NegativeLookahead,
    Node,
    Repeat,
    literal,
)

_MAX_GROUP_DEPTH = 40
_SIMPLE_PATTERN = re.compile(r'[^*!/()\[\]{}"][^/()\[\]{}"]*')
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
"""Characters that end a word. A quote inside a word is an ordinary character."""
_QUANTIFIERS = {"?": (False, False), "*": (False, True), "+": (True, True)}


class Glob(NamedTuple):
    """A parsed glob. If `negated`, it matches the names that the tree does not match."""

    tree: Node
    negated: bool


class InvalidGlob(Exception):
    """The text is not a valid glob. The service treats it as a pattern that matches no name."""


class _Token(NamedTuple):
    """A literal character (`text`), a special character of `*?!+@()|/.` (`mark`), or a character class."""

    kind: Literal["text", "mark", "class"]
    text: str
    one: CharacterClass | None = None


def parse(pattern: str) -> Glob:
    """Parse a glob. Raises InvalidGlob."""
    bangs = _NEGATIONS.match(pattern)
    assert bangs is not None, "the expression matches the empty text too"
    marks = "*?.\\" if _SIMPLE_PATTERN.fullmatch(pattern) else "*?.\\!+@()|/"
    tokens = list(_tokens(pattern[bangs.end() :].removeprefix("./"), marks))
    return Glob(_Parser(tokens).tree(), negated=bangs.end() % 2 == 1)


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
            yield _Token("class", "[]", _character_class(found["content"]))
            at = found.end()
        elif (found := _RANGE.match(text, at - 1)) is not None:
            yield _Token("class", "{}", _range_class(found[1]))
            at = found.end()
        else:
            yield _Token("mark" if character in marks else "text", character)


def _character_class(content: str) -> CharacterClass:
    """Return the class for `a-z`, `^a-z` or `[:alpha:]_`, with the meaning it has in a regular expression."""
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
            raise InvalidGlob("a range whose start is greater than its end")
        ranges.append((low, high))
        at += 1
    return CharacterClass(tuple(ranges), negated)


def _range_class(content: str) -> CharacterClass:
    """Return the class for `1..3`. Both ends are read character by character, so `1..12` matches `1` and `2`."""
    return _character_class("-".join(sorted(content.split(".."))))


class _Parser:
    """Parses tokens into a tree. Unbalanced parentheses are ordinary characters."""

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
        """Return the tree of all tokens."""
        return self._expression(0, len(self._tokens))

    def _mark(self, at: int) -> str:
        token = self._tokens[at] if 0 <= at < len(self._tokens) else None
        return token.text if token is not None and token.kind == "mark" else ""

    def _expression(self, at: int, end: int) -> Node:
        options: list[list[Node]] = [[]]
        while at < end:
            if self._mark(at) == "|":
                options.append([])
                at += 1
            else:
                at = self._item(at, options[-1])
        return Alternatives(tuple(Concatenation(tuple(items)) for items in options))

    def _item(self, at: int, items: list[Node]) -> int:
        """Parse one item, or the quantifier of the previous item, into `items`; return the index after it."""
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
        if items and ((mark == "?" and self._mark(at - 1) == ")") or (mark == "+" and self._is_quantifier(at))):
            if mark == "+" or not isinstance(items[-1], Repeat):  # a `?` after a quantifier only makes it lazy
                items.append(Repeat(items.pop(), *_QUANTIFIERS[mark]))
        elif mark == "?":
            items += (NO_DOT, IN_SEGMENT) if self._starts(at) else (IN_SEGMENT,)
        else:
            items.append(token.one or literal(token.text))
        return at + 1

    def _has_group(self, at: int) -> bool:
        """Whether the mark at `at` is the quantifier of a group that follows it."""
        mark = self._mark(at)
        return at + 1 in self._closes and mark != "" and mark in "?*+@!" and (mark == "!" or self._mark(at + 2) != "?")

    def _starts(self, at: int) -> bool:
        return at == 0 or self._mark(at - 1) == "/"

    def _is_quantifier(self, at: int) -> bool:
        """Whether the `+` at `at` is a quantifier: it follows a class or a group, or is inside a group."""
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
        """Parse the group whose quantifier is `mark` at `at` and whose `(` follows it; return the index after it."""
        opens = at + 1
        closes = self._closes[opens]
        if self._groups >= _MAX_GROUP_DEPTH or (
            self._mark(opens + 1) == "?" and self._tokens[opens + 2].text in "!=<:"
        ):
            raise InvalidGlob("a group of a regular expression, or groups nested too deeply")
        self._groups += 1
        inner = self._expression(opens + 1, closes)
        self._groups -= 1
        if at == 0 and mark != "@":
            items.append(NOT_AT_END)
        if mark == "!":
            items.append(Concatenation((self._negative_lookahead(inner, opens, closes), STAR)))
        else:
            items.append(inner if mark == "@" else Repeat(inner, *_QUANTIFIERS[mark]))
        return closes + 1

    def _negative_lookahead(self, inner: Node, opens: int, closes: int) -> NegativeLookahead:
        """Return the lookahead for `!(…)`, as the service's glob library compiles it.

        At the end of the pattern, the group must not match the whole rest of the name. If the group contains a `*` and
        an ending such as `.svc` follows, the group with that ending must not match. Otherwise no prefix of the rest may
        match.
        """
        rest = self._tokens[closes + 1 :]
        if all(token.text == ")" for token in rest):
            return NegativeLookahead(inner, whole=True)
        has_star = any(self._mark(at) == "*" for at in range(opens, closes))
        ending = self._groups == 0 and len(rest) > 1 and [each.text for each in rest if each.text in "./"] == ["."]
        if has_star and ending and rest[0].text == ".":
            return NegativeLookahead(
                Concatenation((inner, self._expression(closes + 1, len(self._tokens)))), whole=False
            )
        return NegativeLookahead(inner, whole=False)
