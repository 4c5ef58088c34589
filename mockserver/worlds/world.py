"""One isolated world: a state that is replaced, never edited, and the seed it goes back to.

A commit is one assignment with no `await` before it since the state was read, so it can be neither torn nor lost.
"""

from mockserver.clock import Clock
from mockserver.profiles import Profile
from mockserver.state import State


class World:
    """A name, a profile, a clock, and the state as it stands. `revision` counts the commits since the seed.

    `token_secret` is the HS256 key of the access tokens that the world issues and takes.
    """

    def __init__(self, id: str, seed: State, profile: Profile, clock: Clock, token_secret: str) -> None:
        self.id = id
        self.profile = profile
        self.clock = clock
        self.token_secret = token_secret
        self.seed = seed
        self.state = seed
        self.revision = 0

    def commit(self, state: State) -> None:
        """Puts `state` in place of the present one."""
        self.state = state
        self.revision += 1

    def reset(self) -> None:
        """Takes the seed again: nothing is cleared piece by piece, so nothing can be forgotten."""
        self.state = self.seed
        self.revision = 0
