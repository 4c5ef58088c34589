"""What is to go wrong in a world: values, which requests they fit, and whose turn it is. Nothing is done here."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from mockserver.clock import Chance

MAX_FAULTS = 100
"""How many faults a world has at most, those that are consumed included."""

Where = Literal["before-write", "after-write", "mid-body"]


class Delay(NamedTuple):
    """The request waits, from `least` to `most` seconds, before anything is looked at."""

    least: float
    most: float


class Status(NamedTuple):
    """That status instead of the operation, with the body that the service would give it."""

    status: int


class RateLimit(NamedTuple):
    """429 instead of the operation, with `Retry-After` in seconds."""

    retry_after: int


class Drop(NamedTuple):
    """The connection ends: before anything is done, after the operation, or half-way through the answer's body."""

    where: Where


class Stale(NamedTuple):
    """A read is answered from the revision before the present one."""


Effect = Delay | Status | RateLimit | Drop | Stale
KINDS: dict[type[Effect], str] = {
    Delay: "delay",
    Status: "status",
    RateLimit: "rate-limit",
    Drop: "drop",
    Stale: "stale",
}


class Turns(NamedTuple):
    """When a fault plays on the requests that it fits: at most `times`, every `every`th, or with a probability.

    None of `times` has no end. `seed` is that of its chances, the delays of a range included.
    """

    times: int | None = 1
    every: int = 1
    probability: float | None = None
    seed: int | None = None


class Fault(NamedTuple):
    """An effect, the operations that it is for, and when it plays. `operation` is the one that was named, if one was.

    With an `identity_id` (lower case) it is for requests whose path names that identity.
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
        """Whether it plays when the operation has been carried out; else it does before anything is looked at."""
        return isinstance(self.effect, Drop) and self.effect.where != "before-write"


class ArmedFault:
    """A fault in a world, and how often it has seen a request that it fits, and played."""

    __slots__ = ("_chance", "fault", "id", "played", "seen")

    def __init__(self, id: str, fault: Fault) -> None:
        self.id = id
        self.fault = fault
        self.seen = 0
        self.played = 0
        self._chance = None if fault.turns.seed is None else Chance(fault.turns.seed)

    @property
    def consumed(self) -> bool:
        """Whether it has played as often as it is to play."""
        return self.fault.turns.times is not None and self.played >= self.fault.turns.times

    def plays(self) -> bool:
        """Whether it plays on one more request that it fits; the request is counted."""
        self.seen += 1
        turns = self.fault.turns
        plays = self.seen % turns.every == 0
        if turns.probability is not None:
            assert self._chance is not None, "a probability comes with a seed"
            plays = self._chance.hits(turns.probability)
        self.played += plays
        return plays

    def seconds(self) -> float:
        """How long this delay is, this time."""
        effect = self.fault.effect
        assert isinstance(effect, Delay), "only a delay lasts"
        if effect.least == effect.most:
            return effect.least
        assert self._chance is not None, "a range comes with a seed"
        return self._chance.between(effect.least, effect.most)


class Plan:
    """The faults of one world, oldest first. `seed` begins the chances of those that bring no seed of their own."""

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
        """A seed for one more fault."""
        return self._seeds.seed()

    def add(self, fault: Fault) -> ArmedFault:
        """Takes one more fault in; its id is never given again in this plan."""
        assert len(self._all) < MAX_FAULTS, "the caller has looked whether there is room"
        self._numbered += 1
        armed = ArmedFault(f"fault-{self._numbered}", fault)
        self._all[armed.id] = armed
        self._sort()
        return armed

    def remove(self, id: str) -> bool:
        """Takes a fault out; False if there is none of that id."""
        found = self._all.pop(id, None)
        self._sort()
        return found is not None

    def clear(self) -> None:
        """Takes every fault out; the seeds of further ones begin again."""
        self._all.clear()
        self._seeds = Chance(self._seed)
        self._sort()

    def before(self, operation: str, identity_id: str | None, *, has_past: bool) -> ArmedFault | None:
        """The fault that plays before the request is looked at; only a world with a past has a stale answer."""
        for armed in self._before:
            if not has_past and isinstance(armed.fault.effect, Stale):
                continue
            if _fits(armed.fault, operation, identity_id) and self._plays(armed):
                return armed
        return None

    def after(self, operation: str, identity_id: str | None) -> ArmedFault | None:
        """The fault that plays on a request that has been carried out."""
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
