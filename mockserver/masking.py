"""Mask secrets in everything that is shown or logged, by their names and by the form of tokens.

No other module masks. It works on copies: the request and the response themselves stay unchanged.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import orjson

MASK = "[REDACTED]"
_SHOWN_DEPTH = 40

_SECRET_NAME = re.compile(
    r"jwt|secret|passw|bindpass|authorization|cookie|api-?key|credential|(^|[-_])token$|accesstoken$", re.IGNORECASE
)
_RECORDS = frozenset(("token", "clientSecretData"))
"""Records in the vendor's answers that are named like a secret: their properties speak for themselves."""

_SCHEME = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9-]{0,19}) +\S")


@cache
def _looks_secret() -> re.Pattern[str]:
    # Compiled for the first text that is shown: it would take a hundredth of a start that shows none.
    return re.compile(
        r"eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*)?"  # a JWT
        r"|(?P<before>[Bb]earer +)[^\s\"',;]+"
        r"|(?P<member>\"[^\"]*(?:jwt|secret|passw|token)[^\"]*\"\s*:\s*\")(?:[^\"\\]|\\.)*"  # a member of broken JSON
        r"|(?P<pair>(?:^|[?&;\s])[^=&?;\s]*(?:jwt|secret|passw|token)[^=&?;\s]*=)[^&;\s]*",  # a pair of a query or form
        re.IGNORECASE,
    )


@cache
def _open_secret() -> re.Pattern[str]:
    """A secret's name in a text, and behind it something else than a value that is masked already."""
    return re.compile(
        r"(?:jwt|secret|passw|token|credential|authorization)[^\s\"'=:<>]*+(?!(?:\"\s*:\s*\"|=)\[REDACTED\])",
        re.IGNORECASE,
    )


def is_secret_name(name: str) -> bool:
    """Whether a field or header of that name holds a secret."""
    return name not in _RECORDS and _SECRET_NAME.search(name) is not None


def header(name: str, value: str) -> str:
    """The value of a header; of a secret one only the scheme is kept, as in `Bearer [REDACTED]`."""
    if not _SECRET_NAME.search(name):
        return text(value)
    scheme = _SCHEME.match(value)
    return f"{scheme['scheme']} {MASK}" if scheme else MASK


def headers(pairs: Iterable[tuple[str, str]]) -> list[list[str]]:
    """Header names and masked values, in order."""
    return [[name, header(name, value)] for name, value in pairs]


def text(value: str) -> str:
    """Return the text with everything that looks like a token masked."""
    return _looks_secret().sub(_shown, value)


def _shown(match: re.Match[str]) -> str:
    return (match["before"] or match["member"] or match["pair"] or "") + MASK


def json_value(value: Any, name: str = "", depth: int = 0) -> Any:
    """A JSON value with the secrets in it masked. `""` and null stay: they are no secrets, and they mean something."""
    if isinstance(value, Mapping | list) and depth == _SHOWN_DEPTH:
        return "[nested deeper than is shown]"
    if isinstance(value, Mapping):
        secret = name not in _RECORDS and _SECRET_NAME.search(name)
        return {text(key): json_value(each, name if secret else key, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [json_value(each, name, depth + 1) for each in value]
    if _SECRET_NAME.search(name) and value not in ("", None) and not isinstance(value, bool):
        return MASK
    return text(value) if isinstance(value, str) else value


def body(content: bytes) -> Any:
    """Return a masked body: as a JSON value if it is one, else as text cut off where a secret may begin."""
    try:
        value = orjson.loads(content)
    except ValueError:
        return raw_text(content.decode("utf-8", "replace"))
    return json_value(value)


def raw_text(content: str) -> str:
    """Return the text with tokens masked, cut off where another secret may begin."""
    shown = text(content)
    secret = _open_secret().search(shown)
    return shown if secret is None else f"{shown[: secret.end()]} {MASK}"
