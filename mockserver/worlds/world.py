"""One isolated world: a state that is replaced, never edited, and the seed it goes back to.

A commit is one assignment with no `await` before it since the state was read, so it can be neither torn nor lost.
"""

from collections import deque
from itertools import count
from typing import Any, NamedTuple

from mockserver.clock import WorldClock, stopwatch
from mockserver.infisical.state import State
from mockserver.rules.edition import Edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile

KEPT_REVISIONS = 1000
KEPT_BYTES = 16 * 1024 * 1024
"""Of the bodies that made them: a revision holds what its request has brought."""
MAX_SNAPSHOTS = 100
_LIVES = count(1)


class Revision(NamedTuple):
    """One accepted change: its number, when (milliseconds), the request that made it, the state before and after.

    `size` is that of the request's body, in bytes.
    """

    number: int
    at: int
    request_id: str
    before: State
    after: State
    size: int = 0


class World:
    """A name, an edition (profile and generation), a clock, and the state as it stands.

    `revision` counts the commits since the seed.

    `token_secret` is the HS256 key of the access tokens that the world issues and takes. `used` is when it was last
    asked for, in seconds of the stopwatch. `faults` is the plan of what is to go wrong (of the package `faults`), None
    until there is one. `life` is another number after each reset, and in each world: revisions are counted anew then.
    `habits` is what the critic remembers of the clients; None until there is something.
    """

    state: State
    revision: int
    life: int
    faults: Any
    habits: Any
    _revisions: deque[Revision] | None
    _bytes: int

    __slots__ = (
        "_bytes",
        "_revisions",
        "clock",
        "edition",
        "faults",
        "habits",
        "id",
        "life",
        "revision",
        "seed",
        "snapshots",
        "state",
        "token_secret",
        "used",
    )

    def __init__(self, id: str, seed: State, edition: Edition, clock: WorldClock, token_secret: str) -> None:
        self.id = id
        self.edition = edition
        self.clock = clock
        self.token_secret = token_secret
        self.seed = seed
        self.used = stopwatch()
        self.snapshots: dict[str, State] = {}
        self._begin()

    @property
    def profile(self) -> Profile:
        """Who is right where contract and service part."""
        return self.edition.profile

    @property
    def generation(self) -> Generation:
        """Which service it stands in for."""
        return self.edition.generation

    def _begin(self) -> None:
        """A life of the world, from the seed on: what is not here outlives a reset."""
        self.state = self.seed
        self.revision = 0
        self.life = next(_LIVES)
        self.faults = None
        self.habits = None
        self._revisions, self._bytes = None, 0

    def commit(self, state: State, request_id: str = "", size: int = 0, at: int | None = None) -> None:
        """Puts `state` in place of the present one, as the next revision; `at` is its time (None: now).

        `size` is what the request has brought, in bytes.
        """
        self.revision += 1
        if at is None:
            at = self.clock.now()
        if self._revisions is None:
            self._revisions = deque()
        revisions = self._revisions
        revisions.append(Revision(self.revision, at, request_id, self.state, state, size))
        self._bytes += size
        while len(revisions) > KEPT_REVISIONS or (self._bytes > KEPT_BYTES and len(revisions) > 1):
            self._bytes -= revisions.popleft().size
        self.state = state

    def note(self, state: State) -> None:
        """Puts a state in place in which only uses have been counted: no revision of its own."""
        self.state = state

    def replace(self, state: State) -> None:
        """Puts quite another state in place: one more revision, and those before it are forgotten."""
        self._revisions, self._bytes = None, 0
        self.commit(state)

    def reseed(self, seed: State) -> None:
        """Takes another seed, now and at every reset."""
        self.seed = seed
        self.reset()

    def revisions(self) -> tuple[Revision, ...]:
        """The latest revisions, oldest first; at most KEPT_REVISIONS of them, of at most KEPT_BYTES of bodies."""
        return tuple(self._revisions or ())

    def state_at(self, revision: int) -> State | None:
        """The state as it stood after that revision (0: the seed); None if it is not kept any more."""
        if revision == self.revision:
            return self.state
        kept = self._revisions or ()
        index = revision + 1 - kept[0].number if kept else -1
        return kept[index].before if 0 <= index < len(kept) else None

    def as_it_was(self) -> "World":
        """A world to read from, as this one stood before its latest revision; nobody may commit to it."""
        before = self._revisions[-1].before if self._revisions else self.seed
        past = World(self.id, before, self.edition, self.clock, self.token_secret)
        past.revision = max(0, self.revision - 1)
        return past

    def reset(self) -> None:
        """Takes the first time again, and begins as a new world does: nothing is cleared that could be forgotten."""
        self.clock.reset()
        self._begin()
