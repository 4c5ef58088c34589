"""An isolated world: an immutable state that commits replace, and the seed to which a reset returns.

A commit is one assignment, without an `await` since the state was read, so no update is torn or lost.
"""

from collections import deque
from collections.abc import Collection
from itertools import count
from typing import Any, NamedTuple, TypeAlias

from mockserver.clock import WorldClock, stopwatch
from mockserver.infisical.access_tokens.client_address import TrustedProxies
from mockserver.infisical.rate_limits.limits import RateLimits
from mockserver.infisical.state import State
from mockserver.rules.edition import Edition
from mockserver.rules.generation import Generation
from mockserver.rules.profile import Profile
from mockserver.settings import EXPIRY_STATUS
from mockserver.worlds.rate_windows import RateWindows

KEPT_REVISIONS = 1000
KEPT_BYTES = 16 * 1024 * 1024
"""Limit on the request bodies of kept revisions, in bytes: a revision keeps the values that its request sent."""
MAX_SNAPSHOTS = 100
_LIVES = count(1)
Touched: TypeAlias = "str | Collection[str] | None"


class Revision(NamedTuple):
    """An accepted change: its number, time (milliseconds), request, and the states before and after it.

    `size` is that of the request's body, in bytes. `touched` are the ids of the identities that it may have changed:
    one id, several, or None if they are not known.
    """

    number: int
    at: int
    request_id: str
    before: State
    after: State
    size: int = 0
    touched: Touched = None


class Snapshot(NamedTuple):
    """A named state. `revision` and `life` are those of the world when it was taken."""

    state: State
    revision: int
    life: int


class World:
    """A name, an edition (profile and generation), a clock, and the state as it stands.

    `revision` counts the commits since the seed.

    `token_secret` is the HS256 key of the access tokens that the world issues and takes, `token_expiry_status` the
    status of the response to an expired one (401 or 403). `default_proxies` and `default_rate_limits` are the trusted
    proxies and the rate limits while its state says nothing of them. `rate_limits` are those in force, None if requests
    are not limited; `rate_windows` counts requests, None until they have been limited. `made_from` is a digest of the
    body that created it; empty for `default`. `used` is when it was last asked for, in seconds of the stopwatch.
    `faults` is the plan of what is to go wrong (of the package `faults`), None until there is one. `life` is another
    number after each reset, and in each world: revisions are counted anew then. `habits` is what the critic remembers
    of the clients; None until there is something. `known_facts` are those that the operations have looked up,
    `known_callers` those whose tokens have been admitted.
    """

    state: State
    revision: int
    life: int
    faults: Any
    habits: Any
    known_callers: Any
    known_facts: Any
    rate_limits: RateLimits | None
    rate_windows: RateWindows | None
    _revisions: deque[Revision] | None
    _bytes: int

    __slots__ = (
        "_bytes",
        "_revisions",
        "clock",
        "default_proxies",
        "default_rate_limits",
        "edition",
        "faults",
        "habits",
        "id",
        "known_callers",
        "known_facts",
        "life",
        "made_from",
        "rate_limits",
        "rate_windows",
        "revision",
        "seed",
        "snapshots",
        "state",
        "token_expiry_status",
        "token_secret",
        "used",
    )

    def __init__(
        self,
        id: str,
        seed: State,
        edition: Edition,
        clock: WorldClock,
        token_secret: str,
        default_proxies: TrustedProxies = (),
        token_expiry_status: int = EXPIRY_STATUS,
        default_rate_limits: RateLimits | None = None,
    ) -> None:
        self.id = id
        self.edition = edition
        self.clock = clock
        self.token_secret = token_secret
        self.default_proxies = default_proxies
        self.default_rate_limits = default_rate_limits
        self.token_expiry_status = token_expiry_status
        self.seed = seed
        self.made_from = b""
        self.used = stopwatch()
        self.snapshots: dict[str, Snapshot] = {}
        self._begin()

    @property
    def profile(self) -> Profile:
        """The profile: which side is followed where contract and service differ."""
        return self.edition.profile

    @property
    def generation(self) -> Generation:
        """The generation of the service that the world stands in for."""
        return self.edition.generation

    @property
    def trusted_proxies(self) -> TrustedProxies:
        """The trusted proxies: those that the fixtures of its state name, or else the world's own."""
        stated = self.state.trusted_proxies
        return self.default_proxies if stated is None else stated

    def _begin(self) -> None:
        """Begin a new life of the world from its seed. Attributes not set here survive a reset."""
        self.state = self.seed
        self.revision = 0
        self.life = next(_LIVES)
        self.faults = None
        self.habits = None
        self.known_callers = None
        self.known_facts = None
        self.rate_windows = None
        self._heed_rate_limits()
        self._revisions, self._bytes = None, 0

    def _heed_rate_limits(self) -> None:
        """Put the rate limits of the state into force, or else the world's own. Windows that have begun go on."""
        stated = self.state.rate_limits
        limits = self.default_rate_limits if stated is None else stated
        self.rate_limits = limits if limits is not None and limits.limit_something else None
        if self.rate_limits is not None and self.rate_windows is None:
            self.rate_windows = RateWindows()

    def commit(
        self, state: State, request_id: str = "", size: int = 0, at: int | None = None, touched: Touched = None
    ) -> None:
        """Replace the state and add a revision; `at` is its time in milliseconds (default: now).

        `size` is the size of the request's body in bytes, `touched` what `Revision` says.
        """
        self.revision = number = self.revision + 1
        if at is None:
            at = self.clock.now()
        revisions = self._revisions
        if revisions is None:
            revisions = self._revisions = deque()
        # What `Revision(…)` does, less its call.
        revisions.append(tuple.__new__(Revision, (number, at, request_id, self.state, state, size, touched)))
        held = self._bytes + size
        while len(revisions) > KEPT_REVISIONS or (held > KEPT_BYTES and len(revisions) > 1):
            held -= revisions.popleft().size
        self._bytes = held
        self.state = state

    def note(self, state: State) -> None:
        """Replace the state without a revision, for changes that only count uses."""
        self.state = state

    def replace(self, state: State) -> None:
        """Replace the whole state: add a revision and forget all earlier ones."""
        self._revisions, self._bytes = None, 0
        self._restore(state)

    def take_snapshot(self, name: str) -> None:
        """Keep the state under that name; it replaces an older snapshot with the same name."""
        self.snapshots.pop(name, None)
        self.snapshots[name] = Snapshot(self.state, self.revision, self.life)

    def restore(self, snapshot: Snapshot) -> None:
        """Commit the state of a snapshot, with its rate limits."""
        same_life = snapshot.life == self.life
        self._restore(snapshot.state, self.touched_between(snapshot.revision, self.revision) if same_life else None)

    def _restore(self, state: State, touched: Touched = None) -> None:
        self.commit(state, touched=touched)
        self._heed_rate_limits()

    def reseed(self, seed: State) -> None:
        """Reset to another seed, which later resets use too."""
        self.seed = seed
        self.reset()

    def revisions(self) -> tuple[Revision, ...]:
        """Return the latest revisions, oldest first: at most KEPT_REVISIONS, with at most KEPT_BYTES of bodies."""
        return tuple(self._revisions or ())

    def state_at(self, revision: int) -> State | None:
        """Return the state after that revision (0: the seed); None if it is no longer kept."""
        if revision == self.revision:
            return self.state
        kept = self._revisions or ()
        index = revision + 1 - kept[0].number if kept else -1
        return kept[index].before if 0 <= index < len(kept) else None

    def touched_between(self, first: int, last: int) -> Collection[str] | None:
        """Return the ids of the identities that the revisions after `first` up to `last` may have changed.

        None if one of the revisions is no longer kept, or does not say it.
        """
        found: set[str] = set()
        number = 0
        for each in self._revisions or ():
            if first < each.number <= last:
                if each.touched is None:
                    return None
                found.update((each.touched,) if isinstance(each.touched, str) else each.touched)
                number += 1
        return found if number == last - first else None

    def as_it_was(self) -> "World":
        """Return a read-only world with the state before the latest revision."""
        before = self._revisions[-1].before if self._revisions else self.seed
        status = self.token_expiry_status
        past = World(self.id, before, self.edition, self.clock, self.token_secret, self.default_proxies, status)
        past.revision = max(0, self.revision - 1)
        past.rate_limits, past.rate_windows = self.rate_limits, self.rate_windows  # requests are counted in the present
        return past

    def reset(self) -> None:
        """Reset the clock and the state to those of a new world."""
        self.clock.reset()
        self._begin()
