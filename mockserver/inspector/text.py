"""How values read on a page."""

import json
import re
from collections.abc import Callable
from typing import Any

MAX_SHOWN = 100_000
"""How many characters of a body a page shows."""
_PATH = 120
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_UNITS = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))


def pretty(value: Any) -> str:
    """A JSON value over several lines; a text as it is."""
    text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    if len(text) <= MAX_SHOWN:
        return text
    return f"{text[:MAX_SHOWN]}\n… {len(text) - MAX_SHOWN:,} more characters"


def brief(value: Any) -> str:
    """A JSON value in one line."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 200 else f"{text[:200]}…"


def clock_time(moment: str) -> str:
    """The time of day of an ISO 8601 moment, to the millisecond."""
    return moment[11:23]


def moment(text: str | None) -> str:
    """An ISO 8601 moment to read: date and time, in UTC."""
    return f"{text[:10]} {text[11:19]}" if text else ""


def seconds(value: float | None) -> str:
    """A length of time in its two greatest units."""
    if value is None:
        return ""
    if value <= 0:
        return "0 s"
    parts = []
    rest = int(value)
    for size, unit in _UNITS:
        if rest >= size:
            parts.append(f"{rest // size} {unit}")
            rest %= size
    return " ".join(parts[:2]) or f"{value:g} s"


def short_id(text: str) -> str:
    """An id by its beginning and its end: those of fixtures differ at the end only."""
    return text if len(text) <= 14 else f"{text[:4]}…{text[-4:]}"


def short_path(path: str) -> str:
    """A path in which the ids are short, cut where it is long all the same."""
    shown = _UUID.sub(lambda match: short_id(match.group()), path)
    return shown if len(shown) <= _PATH else f"{shown[:_PATH]}…"


def tone(status: int) -> str:
    """The class of a status: how it is coloured."""
    if status == 0:
        return "cut"
    return {2: "good", 3: "good", 4: "bad"}.get(status // 100, "worse")


def code_marks(text: str | None) -> list[tuple[bool, str]]:
    """The pieces of a text, and whether each stood between backticks."""
    pieces = (text or "").split("`")
    return [(index % 2 == 1, piece) for index, piece in enumerate(pieces) if piece]


FILTERS: dict[str, Callable[..., Any]] = {
    "pretty": pretty,
    "brief": brief,
    "clock_time": clock_time,
    "moment": moment,
    "seconds": seconds,
    "short_id": short_id,
    "short_path": short_path,
    "tone": tone,
    "code_marks": code_marks,
}
