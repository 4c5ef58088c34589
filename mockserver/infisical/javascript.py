"""JavaScript semantics where they differ from Python's: trimming, UUIDs, slugs, numbers."""

import re
from math import inf, nan

# ECMAScript white space and line terminators. Unlike Python's, they include U+FEFF but not U+0085 and U+001C to U+001F.
WHITE_SPACE = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
BIGINT_MAX = 2**63 - 1
SAFE_INTEGER = 2**53
_EXPONENT = 10**21

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)


def trim(text: str) -> str:
    """Return `text` without white space at its ends, as `String.prototype.trim` does."""
    return text.strip(WHITE_SPACE)


def is_uuid(text: object) -> bool:
    """Whether `text` is a UUID: 8-4-4-4-12 hexadecimal digits, of any version and case."""
    return isinstance(text, str) and _UUID.fullmatch(text) is not None


def is_slug(text: str) -> bool:
    """Whether `text` is a slug for the service: lower-case letters and digits, with single hyphens between them."""
    return _SLUG.fullmatch(text) is not None


def is_number(value: object) -> bool:
    """Whether `value` is a JSON number (a Python bool is not)."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def number(text: str) -> float:
    """Return the number that `Number(text)` is: 0 for blanks, NaN for a text that is no number."""
    text = trim(text)
    if not text:
        return 0.0
    if (prefixed := _PREFIXED.fullmatch(text)) is not None:
        digits, base = text[2:], _BASES[prefixed[1].lower()]
        try:
            return float(int(digits, base))
        except (OverflowError, ValueError):  # a digit of a higher base is no number, and too many are infinite
            return inf if all(each in _DIGITS[:base] for each in digits.lower()) else nan
    if text.lstrip("+-") == "Infinity" and len(text) <= len("+Infinity"):
        return -inf if text[0] == "-" else inf
    return float(text) if _DECIMAL.fullmatch(text) else nan


_BASES = {"x": 16, "o": 8, "b": 2}
_DIGITS = "0123456789abcdef"
_PREFIXED = re.compile(r"0([xob])[0-9a-f]+", re.ASCII | re.IGNORECASE)
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.ASCII | re.IGNORECASE)


def bigint(number: float) -> int:
    """Return the integer that the service writes to its database for a number, which must be integral and finite.

    The service holds numbers as doubles and writes their shortest decimal digits, so beyond 2**53 the last digits are
    zeros.
    """
    if -SAFE_INTEGER <= number <= SAFE_INTEGER:
        return int(number)
    from decimal import Decimal  # with the first such number: no start needs it

    return int(Decimal(repr(float(number))))


def json_number(number: float) -> float:
    """Return the number that JSON.stringify writes: integral up to 1e21 without a fraction, in a double's digits."""
    return bigint(number) if abs(number) < _EXPONENT and float(number).is_integer() else float(number)
