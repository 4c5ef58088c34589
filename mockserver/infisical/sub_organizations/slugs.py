"""Slugs that the service makes from names."""

import re

_BOUNDARIES = (
    re.compile(r"([A-Z]{2,})(\d+)", re.ASCII),
    re.compile(r"([a-z\d]+)([A-Z]{2,})", re.ASCII),
    re.compile(r"([a-z\d]+)([A-Z][a-z\d]+)", re.ASCII),
    # A capital before an `s` may be the plural of an acronym, which is one word.
    re.compile(r"([A-Z]+)([A-Z][a-rt-z\d]+)", re.ASCII),
)
"""Places between two words of a name in camel case, in the order in which they are separated."""
_SEPARATORS = re.compile(r"[^a-z0-9]+", re.ASCII)


def slug_of(name: str) -> str:
    """Return the slug of a name: its words in lower case, joined by hyphens; empty if the name has no word."""
    for boundary in _BOUNDARIES:
        name = boundary.sub(r"\1 \2", name)
    return _SEPARATORS.sub("-", name.lower()).strip("-")
