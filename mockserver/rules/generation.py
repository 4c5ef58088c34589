"""Generations of the service: ordered values, and the vocabulary for what holds since or until one of them."""

import re
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Literal, NamedTuple, TypeVar

Name = Literal["2026-05", "2026-08", "2026-09", "2026-10"]
T = TypeVar("T")


class Generation(StrEnum):
    """The behaviour of the service from a date on. Generations are ordered: an older one is less than a newer one."""

    MAY = "2026-05"
    AUGUST = "2026-08"
    SEPTEMBER = "2026-09"
    OCTOBER = "2026-10"

    @property
    def date(self) -> str:
        """The first day of the generation, in ISO 8601."""
        return _FACTS[self].date

    @property
    def release(self) -> str:
        """The vendor's release that has this behaviour, such as `v0.162.22`."""
        return _FACTS[self].release

    @property
    def summary(self) -> str:
        """What the generation is, in one sentence."""
        return _FACTS[self].summary


class _Facts(NamedTuple):
    date: str
    release: str
    summary: str


_FACTS: Mapping[Generation, _Facts] = {
    Generation.MAY: _Facts("2026-05-01", "v0.159.23", "The server of the published contract's age."),
    Generation.AUGUST: _Facts(
        "2026-08-20",
        "v0.162.22",
        "The permission edit-auth, gateways of version 2 only, TLS checks on stored values.",
    ),
    Generation.SEPTEMBER: _Facts(
        "2026-09-16", "v0.166.5", "Auth templates for Kubernetes Auth; gateways of version 1 retired."
    ),
    Generation.OCTOBER: _Facts(
        "2026-10-14", "v0.166.7", "Issue lists of Zod 4, errors of the HTTP framework, requests open to unknown keys."
    ),
}
GENERATIONS = tuple(Generation)
"""Every generation, oldest first."""
NEWEST = GENERATIONS[-1]

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_RELEASE = re.compile(r"[vV]?([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})")


def generation_as_of(text: str) -> Generation:
    """Return the generation that `text` names: a generation, a date (ISO 8601), or a release of the vendor.

    A date or release between two generations selects the older one. Raises ValueError, which lists the valid values,
    for anything else, and for what is older than the oldest generation.
    """
    if text in GENERATIONS:
        return Generation(text)
    release = _RELEASE.fullmatch(text)
    if release is not None:
        known = [each for each in GENERATIONS if _numbers(each.release) <= _numbers(text)]
    else:
        known = [each for each in GENERATIONS if each.date <= text] if _is_date(text) else []
    if not known:
        raise ValueError(_unknown(text))
    return known[-1]


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _numbers(release: str) -> tuple[int, ...]:
    return tuple(map(int, release.lstrip("vV").split(".")))


def _unknown(text: str) -> str:
    from difflib import get_close_matches  # for a mistake only: no start needs it

    oldest = GENERATIONS[0]
    if len(text) > 40:
        text = f"{text[:40]}…"
    near = get_close_matches(text, GENERATIONS, 1, 0.8)
    guess = f" Did you mean {near[0]}?" if near else ""
    return (
        f"'{text}' is no generation of the service: use {', '.join(GENERATIONS[:-1])} or {NEWEST}, a date from"
        f" {oldest.date} on, or a release from {oldest.release} on.{guess}"
    )


@cache
def period(since: Name | None = None, until: Name | None = None) -> tuple[Generation, ...]:
    """Return the generations from `since` to `until`, both included; without one, from the oldest or to the newest."""
    found = tuple(each for each in GENERATIONS if (since is None or each >= since) and (until is None or each <= until))
    assert found, f"no generation is since {since} and until {until}"
    return found


def by_generation(values: Mapping[Name, T]) -> Mapping[Generation, T]:
    """Return the value of each generation: each one in `values` holds from its generation on, until the next one.

    A generation older than all of them has none.
    """
    return {each: values[max(held)] for each in GENERATIONS if (held := [name for name in values if name <= each])}
