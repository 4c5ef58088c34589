"""What a plain scalar means: those of YAML 1.2's core schema, so `no`, `12:30` and `2026-01-02` are texts."""

import re

_NULL = ("", "~", "null", "Null", "NULL")
_WORDS = {
    **dict.fromkeys(_NULL, None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_TELLING = frozenset(("", *"~nNtTfF.+-0123456789"))
"""What all that is no text begins with."""
_NUMBER = re.compile(
    r"(?P<integer>[-+]?[0-9]{1,4000}|0o[0-7]{1,4000}|0x[0-9a-fA-F]{1,4000})"
    r"|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"
)
Scalar = None | bool | int | float | str


def plain(text: str) -> Scalar:
    """The value of a scalar that stands without quotes."""
    if text[:1] not in _TELLING:
        return text
    if text in _WORDS:
        return _WORDS[text]
    number = _NUMBER.fullmatch(text)
    if number is None:
        return text
    if number["integer"] is None:
        return float(text)
    return int(text, 0) if text[:2] in ("0o", "0x") else int(text)


def well_formed(text: str) -> str:
    """The text, with halves of a character put together: YAML's parser leaves JSON's two escapes as two halves."""
    return text if text.isprintable() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
