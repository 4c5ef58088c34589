"""A profile at a generation: the one value that selects rules, answers and shapes. A world keeps one."""

from collections.abc import Mapping
from typing import TypeVar

from mockserver.rules.generation import GENERATIONS, NEWEST, Generation, Name, by_generation
from mockserver.rules.profile import Profile

T = TypeVar("T")


class Edition:
    """A profile and a generation. There is one object for each pair (`edition`), which is compared by identity."""

    __slots__ = ("generation", "profile")

    def __init__(self, profile: Profile, generation: Generation) -> None:
        self.profile = profile
        self.generation = generation

    def __repr__(self) -> str:
        return f"{self.profile.value}@{self.generation.value}"


_EDITIONS = {(profile, each): Edition(profile, each) for profile in Profile for each in GENERATIONS}
EDITIONS = tuple(_EDITIONS.values())
"""Every edition: those of `contract` first, each profile's oldest first."""
_DEFAULTS = {Profile.CONTRACT: Generation.AUGUST, Profile.LIVE: NEWEST}


def edition(profile: Profile, as_of: Generation | None = None) -> Edition:
    """Return the profile at that generation; without one, `live` is the newest, `contract` has the rules of 2026-08."""
    return _EDITIONS[profile, _DEFAULTS[profile] if as_of is None else as_of]


def by_edition(values: Mapping[Name, T]) -> Mapping[Edition, T]:
    """Return the value of each edition, alike in both profiles; each holds from its generation on, until the next."""
    dated = by_generation(values)
    return {each: dated[each.generation] for each in EDITIONS if each.generation in dated}
