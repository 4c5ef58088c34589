"""Texts of a recording as a script has them: braces that are no placeholder are escaped, and long runs are short."""

import re

_BRACED = re.compile(r"\{(?=[A-Za-z][A-Za-z0-9_]*\}|[A-Za-z0-9]\*[0-9]{1,7}\})")
_RUN = re.compile(r"([A-Za-z0-9])\1{39,}")


def escaped(text: str) -> str:
    """Return the text so that a player sends it as it is."""
    return _RUN.sub(lambda found: f"{{{found[1]}*{len(found[0])}}}", _BRACED.sub("{brace}", text))
