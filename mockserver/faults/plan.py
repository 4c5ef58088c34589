"""The fault plan of a world: faults as values, the requests they match, and when they fire. It applies none of them."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from mockserver.clock import Chance

MAX_FAULTS = 100
"""The largest number of faults of a world, including consumed ones."""

Where = Literal["before-write", "after-write", "mid-body"]


class Delay(NamedTuple):
    """Delay the request by `least` to `most` seconds before it is checked."""

    least: float
    most: float


class Status(NamedTuple):
    """Answer with `status` and the service's body for it instead of running the operation."""

    status: int


class RateLimit(NamedTuple):
    """Answer 429 with `Retry-After` in seconds instead of running the operation."""

    retry_after: int


class Drop(NamedTuple):
    """Drop the connection: before the operation, after it, or half-way through the response body."""

    where: Where


class Stale(NamedTuple):
    """Answer a read from the previous revision."""


Effect = Delay | Status | RateLimit | Drop | Stale
KINDS: dict[type[Effect], str] = {
    Delay: "delay",
    Status: "status",
    RateLimit: "rate-limit",
    Drop: "drop",
    Stale: "stale",
}


class Turns(NamedTuple):
    """When a fault fires on matching requests: at most `times`, on every `every`-th, or with a probability.

    `times` is None without a limit. `seed` seeds the probability and the delays of a range.
    """

    times: int | None = 1
    every: int = 1
    probability: float | None = None
    seed: int | None = None


class Fault(NamedTuple):
    """An effect, the operations that it affects, and when it fires. `operation` is the one given by the user, if any.

    With an `identity_id` (lower case), only requests whose path has that identity match.
    """

    effect: Effect
    operations: frozenset[str]
    operation: str | None = None
    identity_id: str | None = None
    turns: Turns = Turns()

    @property
    def kind(self) -> str:
        """The name of the effect."""
        return KINDS[type(self.effect)]

    @property
    def is_after(self) -> bool:
        """Whether it fires after the operation; otherwise it fires before the request is checked."""
        return isinstance(self.effect, Drop) and self.effect.where != "before-write"


class ArmedFault:
    """A fault of a world, with the number of matching requests (`seen`) and of firings (`played`)."""

    __slots__ = ("_chance", "fault", "id", "played", "seen")

    def __init__(self, id: str, fault: Fault) -> None:
        self.id = id
        self.fault = fault
        self.seen = 0
        self.played = 0
        self._chance = None if fault.turns.seed is None else Chance(fault.turns.seed)

    @property
    def consumed(self) -> bool:
        """Whether it has fired `times` times and never fires again."""
        return self.fault.turns.times is not None and self.played >= self.fault.turns.times

    def plays(self) -> bool:
        """Count a matching request and return whether the fault fires on it."""
        self.seen += 1
        turns = self.fault.turns
        plays = self.seen % turns.every == 0
        if turns.probability is not None:
            assert self._chance is not None, "a probability comes with a seed"
            plays = self._chance.hits(turns.probability)
        self.played += plays
        return plays

    def seconds(self) -> float:
        """Return the length of the next delay, in seconds."""
        effect = self.fault.effect
        assert isinstance(effect, Delay), "only a delay lasts"
        if effect.least == effect.most:
            return effect.least
        assert self._chance is not None, "a range comes with a seed"
        return self._chance.between(effect.least, effect.most)


class Plan:
    """The faults of one world, oldest first. `seed` seeds the faults that have no seed of their own."""

    def __init__(self, seed: int | None) -> None:
        self._seed = seed
        self._seeds = Chance(seed)
        self._numbered = 0
        self._all: dict[str, ArmedFault] = {}
        self._before: tuple[ArmedFault, ...] = ()
        self._after: tuple[ArmedFault, ...] = ()

    def __iter__(self) -> Iterator[ArmedFault]:
        return iter(self._all.values())

    def __len__(self) -> int:
        return len(self._all)

    def new_seed(self) -> int:
        """Return a seed for a new fault."""
        return self._seeds.seed()

    def add(self, fault: Fault) -> ArmedFault:
        """Arm a fault under a new id, which this plan never reuses."""
        assert len(self._all) < MAX_FAULTS, "the caller has looked whether there is room"
        self._numbered += 1
        armed = ArmedFault(f"fault-{self._numbered}", fault)
        self._all[armed.id] = armed
        self._sort()
        return armed

    def remove(self, id: str) -> bool:
        """Remove a fault; return False if the id is unknown."""
        found = self._all.pop(id, None)
        self._sort()
        return found is not None

    def clear(self) -> None:
        """Remove all faults and restart the sequence of seeds."""
        self._all.clear()
        self._seeds = Chance(self._seed)
        self._sort()

    def before(self, operation: str, identity_id: str | None, *, has_past: bool) -> ArmedFault | None:
        """Return the fault that fires before the request is checked, or None. Stale reads need `has_past`."""
        for armed in self._before:
            if not has_past and isinstance(armed.fault.effect, Stale):
                continue
            if _fits(armed.fault, operation, identity_id) and self._plays(armed):
                return armed
        return None

    def after(self, operation: str, identity_id: str | None) -> ArmedFault | None:
        """Return the fault that fires after the operation, or None."""
        for armed in self._after:
            if _fits(armed.fault, operation, identity_id) and self._plays(armed):
                return armed
        return None

    def _plays(self, armed: ArmedFault) -> bool:
        plays = armed.plays()
        if armed.consumed:
            self._sort()
        return plays

    def _sort(self) -> None:
        live = [each for each in self._all.values() if not each.consumed]
        self._before = tuple(each for each in live if not each.fault.is_after)
        self._after = tuple(each for each in live if each.fault.is_after)


def _fits(fault: Fault, operation: str, identity_id: str | None) -> bool:
    return operation in fault.operations and fault.identity_id in (None, identity_id)
