"""Compare the changes of a state with the expected ones."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson

from mockserver import masking
from mockserver.worlds.changes import Change

TOLD = 10
"""The number of differences that a reason lists."""
_Same = Callable[[Any, Any], bool]


def difference(
    found: Sequence[Change], wanted: Sequence[Mapping[str, Any]], matches: Callable[[str, str], bool], same: _Same
) -> str:
    """Return the differences from the expected changes in words; an empty text if there are none.

    Each change must be one of the wanted ones (`pointer`, compared by `matches`, and the values `before` and `after`
    if given), and each wanted one must have happened.
    """
    told: list[str] = []
    for change in found:
        named = [each for each in wanted if matches(each["pointer"], change.pointer)]
        if not named:
            told.append(f"{_shown(change)}, which nobody expected")
        elif not any(_has_values(change, each, same) for each in named):
            told.append(f"{_shown(change)}, with another value than expected")
    for each in wanted:
        if not any(matches(each["pointer"], change.pointer) for change in found):
            told.append(f"{masking.text(each['pointer'])} did not change")
    more = f" (and {len(told) - TOLD} more)" if len(told) > TOLD else ""
    return "; ".join(told[:TOLD]) + more


def _has_values(change: Change, wanted: Mapping[str, Any], same: _Same) -> bool:
    pairs = (("before", change.before), ("after", change.after))
    return all(name not in wanted or same(value, wanted[name]) for name, value in pairs)


def _shown(change: Change) -> str:
    shown = change.as_json()
    before, after = (orjson.dumps(shown[name]).decode() for name in ("before", "after"))
    return f"{shown['pointer']} changed from {before} to {after}"
