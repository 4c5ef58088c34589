"""Facts about caller and identity, looked up once: they hold until the world's identities or organizations change."""

from mockserver.api.caller import Caller
from mockserver.api.world_facts import WorldFacts
from mockserver.infisical.state import State
from mockserver.worlds.world import World

_KEPT = 512


_Key = tuple[str, str, int, bool]


class KnownFacts:
    """The facts that were asked for in a state, by identity and caller. They hold as long as these two."""

    __slots__ = ("facts", "identities", "organizations")

    def __init__(self, state: State) -> None:
        self.identities = state.identities
        self.organizations = state.organizations
        self.facts: dict[_Key, WorldFacts] = {}

    def keep(self, key: _Key, found: WorldFacts) -> WorldFacts:
        """Keep these facts, and return them."""
        if len(self.facts) >= _KEPT:
            self.facts.clear()
        self.facts[key] = found
        return found


def facts_about(
    identity_id: str, caller: Caller, world: World, *, named_as_stored: bool = True, by_project: bool = True
) -> WorldFacts:
    """Return the facts about that identity for that caller, in the world as it stands. They are for one request.

    `named_as_stored` says whether the request names it without capitals, as the records do. With `by_project`, the
    project that manages the identity decides what the caller may do.
    """
    state = world.state
    if not named_as_stored:
        return WorldFacts(state, caller, identity_id, named_as_stored=False, by_project=by_project)
    known: KnownFacts | None = world.known_facts
    if known is None or known.identities is not state.identities or known.organizations is not state.organizations:
        known = world.known_facts = KnownFacts(state)
    # Facts keep their caller's identity, so no other object has its `id` while they are here.
    key = identity_id, caller.organization_id, id(caller.identity), by_project
    found = known.facts.get(key)
    if found is None:
        return known.keep(key, WorldFacts(state, caller, identity_id, by_project=by_project))
    found.state = state
    return found
