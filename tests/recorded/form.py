"""The form in which answers are recorded: JSON that people can read, and from which each byte can be had again."""

import json
import re
from collections.abc import Mapping
from typing import Any

WIDTH = 118
"""What fits in a line stands in one."""
_LEADING = ("stage", "rule", "verdict")
_ASKED = ("fields", "facts")
_REPEATED = re.compile(r"(.{1,8}?)\1{99,}")
_FOLDED = re.compile(r"⟪(.{1,8}?)⟫\*([0-9]+);")


def compact(value: Any) -> str:
    """The JSON as the mock writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def spread(value: Any, indent: str = "") -> str:
    """The same JSON over several lines, where one is not enough."""
    text = compact(value)
    if len(indent) + len(text) <= WIDTH or not value or not isinstance(value, dict | list):
        return text
    inner = indent + " "
    if isinstance(value, dict):
        rows = [f"{inner}{compact(key)}: {spread(each, inner)}" for key, each in value.items()]
        return "\n".join(["{", ",\n".join(rows), f"{indent}}}"])
    return "\n".join(["[", ",\n".join(inner + spread(each, inner) for each in value), f"{indent}]"])


def readable(content: bytes) -> str:
    """JSON spread over lines; any other text as it is. No byte is lost: `readable` fails where one would be."""
    text = content.decode("utf-8", "backslashreplace")
    try:
        value = json.loads(text)
    except ValueError:
        return text
    assert compact(value) == text, f"this JSON cannot be spread without a loss: {text[:500]}"
    return spread(value)


def brief(explanation: bytes, says: dict[str, str]) -> str:
    """An explanation without the sentence of each rule, which goes to `says`; a rule that asked nothing is one text."""
    whole = json.loads(explanation)
    whole["rules"] = [_brief_row(row, says) for row in whole["rules"]]
    text = spread(whole)
    assert _long(text, says) == explanation, f"this explanation cannot be shortened without a loss: {text[:500]}"
    return text


def _brief_row(row: dict[str, Any], says: dict[str, str]) -> Any:
    if says.setdefault(row["rule"], row["says"]) != row["says"]:
        return row
    title = " | ".join(row[name] for name in _LEADING)
    asked = {name: row[name] for name in _ASKED if row[name]}
    return [title, asked] if asked else title


def _long(text: str, says: Mapping[str, str]) -> bytes:
    whole = json.loads(text)
    whole["rules"] = [_long_row(row, says) for row in whole["rules"]]
    return compact(whole).encode()


def _long_row(row: Any, says: Mapping[str, str]) -> dict[str, Any]:
    if isinstance(row, dict):
        return row
    title, asked = (row, {}) if isinstance(row, str) else row
    leading = dict(zip(_LEADING, title.split(" | "), strict=True))
    return {**leading, "says": says[leading["rule"]], **{name: asked.get(name, []) for name in _ASKED}}


def stepwise(entry: bytes) -> str:
    """An entry of the journal, each of its steps one text."""
    whole = json.loads(entry)
    whole["steps"] = [f"{step['verdict']} | {step['rule']}" for step in whole["steps"]]
    text = spread(whole)
    again = json.loads(text)
    again["steps"] = [dict(zip(("rule", "verdict"), step.split(" | ")[::-1], strict=True)) for step in again["steps"]]
    assert compact(again).encode() == entry, f"this entry cannot be shortened without a loss: {text[:500]}"
    return text


def folded(text: str) -> str:
    """The text with what comes a hundred times and more in a row written once, and how often."""
    short = _REPEATED.sub(lambda found: f"⟪{found[1]}⟫*{len(found[0]) // len(found[1])};", text)
    assert _FOLDED.sub(lambda found: found[1] * int(found[2]), short) == text, "this text cannot be folded"
    return short
