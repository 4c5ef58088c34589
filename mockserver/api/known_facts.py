"""Facts about caller and identity, looked up once: they hold until the world's identities or organizations change."""

from mockserver.api.caller import Caller
from mockserver.api.world_facts import WorldFacts
from mockserver.infisical.state import State
from mockserver.worlds.world import World

_KEPT = 512


class KnownFacts:
    """The facts that were asked for in a state, by identity and caller."""

    __slots__ = ("_facts", "_identities", "_organizations")

    def __init__(self, state: State) -> None:
        self._identities = state.identities
        self._organizations = state.organizations
        self._facts: dict[tuple[str, str, int, bool], WorldFacts] = {}

    def hold_in(self, state: State) -> bool:
        """Return whether the state has the same identities and organizations."""
        return self._identities is state.identities and self._organizations is state.organizations

    def about(self, identity_id: str, caller: Caller, state: State, *, by_project: bool) -> WorldFacts:
        """Return the facts about that identity for that caller."""
        # Facts keep their caller's identity, so no other object has its `id` while they are here.
        key = identity_id, caller.organization_id, id(caller.identity), by_project
        found = self._facts.get(key)
        if found is None:
            found = WorldFacts(state, caller, identity_id, by_project=by_project)
            if len(self._facts) >= _KEPT:
                self._facts.clear()
            self._facts[key] = found
        else:
            found.state = state
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
    if known is None or not known.hold_in(state):
        known = world.known_facts = KnownFacts(state)
    return known.about(identity_id, caller, state, by_project=by_project)
